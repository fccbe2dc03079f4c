"""What the first bytes of a file say before anything decodes it: what it is, and whether all of it is there."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from livewatch.audio.wav import WavCutError, WavError, WavHeader, read_header
from livewatch.errors import AudioError

_HEAD = 4096
"""Bytes looked at to tell what a file is."""

_MAGIC = (
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"FORM", "AIFF"),
    (0, b".snd", "AU"),
    (0, b"caff", "CAF"),
    (0, b"ID3", "MP3"),
    (0, b"#!AMR", "AMR"),
    (4, b"ftyp", "M4A/MP4/3GP"),
    (0, b"\x1a\x45\xdf\xa3", "WebM"),
    (0, b"\x30\x26\xb2\x75", "WMA"),
)

_NOT_SOUND = (
    (b"PK\x03\x04", "is a zip archive", "Unpack it first, then give livewatch what was inside."),
    (b"\x1f\x8b", "is a gzip archive", "Unpack it first: gunzip FILE"),
    (b"%PDF", "is a PDF document", ""),
)


_WAV_CODECS = frozenset({1, 2, 3, 6, 7, 0x10, 0x11, 0x14, 0x31, 0x40, 0x50, 0x55})
"""Format tags that libsndfile reads: PCM, ADPCM, float, G.711, G.721, GSM 6.10, MPEG."""


@dataclass(frozen=True, slots=True)
class FileHeader:
    """What is known of a file without decoding it."""

    kind: str
    """WAV, FLAC, Ogg, MP3…; empty when the first bytes are of no kind known here"""
    wav: WavHeader | None = None
    """Of a WAV file whose header could be read"""
    unfinished: bool = False
    """WAV with sound behind a header that says there is none: the recorder stopped before it could fill it in"""
    unknown_codec: int = 0
    """Microsoft's format tag of a WAV file whose codec libsndfile does not know, else 0"""
    cut: str = ""
    """How the sentence about the file goes on when its end is missing; empty when nothing is known to be missing"""


def read_file_header(path: Path, name: str) -> FileHeader:
    """Look at the file's beginning (and, where cheap, its end). `name` begins the sentences of errors.

    Raises `AudioError` for what cannot be a recording: an empty file, text, an archive, a header that was cut off.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        size = path.stat().st_size
        if not head:
            raise AudioError("empty", f"{name} is empty (0 bytes).", "Get the recording again: the copy did not work.")
        kind = _kind_of(head)
        if not kind:
            _refuse_other_files(head, name)
            return FileHeader("MP3", cut=_mp3_cut(head, size)) if _is_mp3(head) else FileHeader("")
        file.seek(0)
        if kind == "WAV":
            return _wav(file, size, name)
        if kind.startswith("M4A"):
            return FileHeader(kind, cut=_mp4_cut(file, size, name))
        cut = {"Ogg": _ogg_cut, "AIFF": _aiff_cut}.get(kind)
        if cut is not None:
            return FileHeader(kind, cut=cut(file, size))
        return FileHeader(kind, cut=_mp3_cut(_after_id3(file), size) if kind == "MP3" else "")


def _kind_of(head: bytes) -> str:
    # RIFF holds other things too (AVI, WebP); a file of less than 12 bytes was on the way to be WAV.
    if head[:4] in (b"RIFF", b"RF64") and b"WAVE".startswith(head[8:12]):
        return "WAV"
    return next((kind for at, magic, kind in _MAGIC if head[at : at + len(magic)] == magic), "")


def _refuse_other_files(head: bytes, name: str) -> None:
    for magic, what, hint in _NOT_SOUND:
        if head.startswith(magic):
            raise AudioError("not_a_recording", f"{name} {what}, not a recording.", hint)
    text = head[:-4].decode("utf-8", "replace") if len(head) == _HEAD else head.decode("utf-8", "replace")
    readable = sum(sign.isprintable() or sign in "\t\r\n\f" for sign in text.replace("\ufffd", "\0"))
    if readable < 0.98 * len(text):
        return
    if any(mark in text[:1024].lower() for mark in ("<!doctype", "<html", "<?xml")):
        hint = "The download saved the page instead of the sound: open the link in a browser and save the recording."
        raise AudioError("not_a_recording", f"{name} is a web page, not a recording.", hint)
    raise AudioError("not_a_recording", f"{name} is a text file, not a recording, whatever it is called.")


def _wav(file: BinaryIO, size: int, name: str) -> FileHeader:
    try:
        header = read_header(file)
    except WavCutError as error:
        hint = "Get the recording again: the copy did not finish."
        raise AudioError("cut_header", f"{name} {error}.", hint) from None
    except WavError:  # libsndfile knows more kinds of WAV than the reader here
        return FileHeader("WAV")
    codec = 0 if header.codec in _WAV_CODECS else header.codec
    held = size - header.sound_at
    promised = header.known_bytes
    per_second = header.byte_rate
    # A tenth of a second is forgiven: recorders are known to be a few bytes out.
    if promised is not None and per_second and promised - held > per_second / 10:
        cut = f"is cut off: its header promises {promised / per_second:.1f} s, it holds {held / per_second:.1f} s"
        return FileHeader("WAV", header, unknown_codec=codec, cut=cut)
    unfinished = header.sound_bytes == 0 and held > 0 and not _is_chunk(file.read(8), held)
    return FileHeader("WAV", header, unfinished, codec)


def _is_chunk(head: bytes, held: int) -> bool:
    """Whether the bytes behind an empty data chunk are one more chunk, and not sound that nobody counted."""
    return len(head) < 8 or abs(struct.unpack("<I", head[4:])[0] + 8 - held) <= 1


def _mp4_cut(file: BinaryIO, size: int, name: str) -> str:
    """Walk the top-level boxes: without `moov`, the index, nothing can be decoded."""
    at, index, cut = 0, False, ""
    while at + 8 <= size and not cut:
        file.seek(at)
        head = file.read(16)
        length, box = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            length = struct.unpack(">Q", head[8:])[0]
        elif length == 0:
            length = size - at
        if length < 8:
            break
        index = index or box in (b"moov", b"moof")
        at += length
        cut = "is cut off: its end is missing" if at > size else ""
    if not index:
        raise AudioError(
            "unfinished",
            f"{name} was never finished: the recorder stopped before it wrote the index, or the copy was cut off.",
            "Copy it again; if the phone's own player cannot play it either, only a repair tool can bring it back.",
        )
    return cut


def _ogg_cut(file: BinaryIO, size: int) -> str:
    """Say whether the last page is all there.

    A missing end-of-stream mark proves nothing: some never set it.
    """
    tail = min(size, 1 << 17)  # twice the longest page
    file.seek(size - tail)
    data = file.read(tail)
    page = data.rfind(b"OggS")
    if page < 0:
        return ""
    segments = data[page + 26] if page + 26 < len(data) else 0
    table = data[page + 27 : page + 27 + segments]
    whole = len(table) == segments and page + 27 + segments + sum(table) <= len(data)
    return "" if whole and page + 27 <= len(data) else "is cut off: its end is missing"


def _aiff_cut(file: BinaryIO, size: int) -> str:
    head = file.read(8)
    promised = struct.unpack(">I", head[4:])[0] + 8 if len(head) == 8 else 0
    return "is cut off: its end is missing" if size < promised < 0xFFFF_0000 and promised - size > 1024 else ""


def _is_mp3(head: bytes) -> bool:
    """Whether it is an MPEG audio frame: eleven set bits, then no reserved version or layer."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 8 and head[1] & 6 != 0


def _after_id3(file: BinaryIO) -> bytes:
    """Read the first sound bytes behind the ID3 tag (titles, pictures)."""
    head = file.read(10)
    if len(head) < 10:
        return b""
    length = (head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127
    file.seek(10 + length)
    return file.read(_HEAD)


def _mp3_cut(head: bytes, size: int) -> str:
    """Compare with the byte count that encoders leave in the first frame ("Xing", or "Info" at a constant rate)."""
    at = max(head.find(b"Xing", 0, 200), head.find(b"Info", 0, 200))
    if at < 0 or len(head) < at + 16:
        return ""
    flags, _, promised = struct.unpack(">III", head[at + 4 : at + 16])
    if flags & 3 == 3 and promised > size and promised < 1 << 31:
        return f"is cut off: {100 * size / promised:.0f} % of it is there"
    return ""
