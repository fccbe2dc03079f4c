"""The header of a WAV stream, read forwards only, so that it works on a pipe."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from livewatch.audio.pcm import SAMPLE_FORMATS, ByteStream, SampleFormat

PLACEHOLDER = 0x7FFF_0000
"""Bytes. A data size from here on means "not known yet": ffmpeg writes 0xFFFFFFFF into a pipe, sox about 0x7FFFFFFF."""

MAX_CHUNK = 1 << 20
"""Bytes of a chunk before the sound that are stepped over. Notes and pictures are smaller; damaged sizes are not."""

_EXTENSIBLE = 0xFFFE


class WavError(Exception):
    """The header cannot be used; the text is the cause, as the end of a sentence about the file."""


class WavCutError(WavError):
    """The file ended before its header did."""


@dataclass(frozen=True, slots=True)
class WavHeader:
    """What a WAV header says."""

    codec: int
    """Microsoft's format tag: 1 PCM, 3 float, 6 A-law, 7 mu-law…"""
    channels: int
    """As written, unchecked"""
    rate: int
    """Hertz, as written, unchecked"""
    bits: int
    """Per sample value, as written"""
    frame_bytes: int
    """Bytes of one frame (or one block of a compressed codec), as written"""
    byte_rate: int
    """Bytes a second, as written; compressed codecs need it to turn bytes into time"""
    sound_at: int
    """Bytes before the first sound byte"""
    sound_bytes: int
    """As written: 0 or >= PLACEHOLDER when the recorder did not know"""

    @property
    def known_bytes(self) -> int | None:
        """`sound_bytes`, or None when the recorder did not know."""
        return self.sound_bytes if 0 < self.sound_bytes < PLACEHOLDER else None

    @property
    def sample_format(self) -> SampleFormat | None:
        """How samples are written, None for compressed codecs and unusual widths."""
        names = {(1, 8): "u8", (1, 16): "s16le", (1, 24): "s24le", (1, 32): "s32le", (3, 32): "f32le"}
        names |= {(3, 64): "f64le", (6, 8): "alaw", (7, 8): "mulaw"}
        form = SAMPLE_FORMATS.get(names.get((self.codec, self.bits), ""))
        return form if form is not None and self.frame_bytes == form.width * self.channels else None


def read_header(stream: ByteStream) -> WavHeader:
    """Read up to the first sound byte. `stream` stands at its beginning; only `read` is used. Raises `WavError`."""
    riff = _exactly(stream, 12)
    if riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
        raise WavError("does not begin like a WAV file")
    at, fmt = 12, b""
    while True:
        name, size = struct.unpack("<4sI", _exactly(stream, 8))
        at += 8
        if name == b"data":
            break
        if size > MAX_CHUNK:
            raise WavError("has a damaged header")
        body = _exactly(stream, size + size % 2)  # chunks are padded to even lengths
        at += len(body)
        if name == b"fmt ":
            fmt = body
    if len(fmt) < 16:
        raise WavError("has a header without the rate and the channels")
    codec, channels, rate, byte_rate, frame_bytes, bits = struct.unpack("<HHIIHH", fmt[:16])
    if codec == _EXTENSIBLE and len(fmt) >= 26:
        codec = struct.unpack("<H", fmt[24:26])[0]
    return WavHeader(codec, channels, rate, bits, frame_bytes, byte_rate, at, size)


def _exactly(stream: ByteStream, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = stream.read(count - len(data))
        if not more:
            raise WavCutError("was cut off inside its header, before any sound")
        data += more
    return data
