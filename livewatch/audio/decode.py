"""Which decoder reads a file: libsndfile first (always there, fast), then PyAV, then the ffmpeg program."""

from __future__ import annotations

import shutil
from pathlib import Path

from livewatch.audio.decode_ffmpeg import FfmpegDecoder
from livewatch.audio.decode_pcm import PcmFileDecoder, headerless
from livewatch.audio.decode_soundfile import SoundfileDecoder
from livewatch.audio.decoder import Decoder, UnknownFormatError
from livewatch.audio.header import FileHeader
from livewatch.errors import AudioError

_FORMATS_HINT = 'Type: pip install "livewatch[formats]"  (or install ffmpeg), then try again.'

_AGAIN = "Get the recording again from where it was made."

_SOUNDFILE_KINDS = ("WAV", "FLAC", "AIFF", "AU", "CAF", "MP3")
"""Kinds that libsndfile knows in full: when it refuses one, another decoder would not help. (Ogg may hold Speex.)"""


def open_decoder(path: Path, name: str, header: FileHeader) -> Decoder:
    """Open `path`, whose `header` was read before. `name` begins the sentences of errors. Raises `AudioError`."""
    plain = None if header.kind else headerless(path)
    if plain is not None:
        return PcmFileDecoder(path, *plain)
    if not header.kind and path.suffix.lower() in (".raw", ".pcm"):
        raise AudioError(
            "headerless",
            f"{name} is raw samples without a header, so its rate and its format must be told.",
            "For example: livewatch replay - --rate 8000 --format s16le < FILE",
        )
    wav = header.wav
    if header.unfinished and wav is not None and wav.sample_format is not None:
        return PcmFileDecoder(path, wav.sample_format, wav.rate, wav.channels, wav.sound_at)
    try:
        return SoundfileDecoder(path, name)
    except UnknownFormatError:
        return _open_other(path, name, header)


def _open_other(path: Path, name: str, header: FileHeader) -> Decoder:
    """Ask PyAV, or ffmpeg where PyAV is not installed."""
    try:
        from livewatch.audio.decode_av import AvDecoder  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        return _open_with_ffmpeg(path, name, header)
    try:
        return AvDecoder(path, name)
    except UnknownFormatError as error:
        raise _unreadable(name, header) from error


def _open_with_ffmpeg(path: Path, name: str, header: FileHeader) -> Decoder:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise _decoder_missing(name, header)
    try:
        return FfmpegDecoder(path, name, ffmpeg, shutil.which("ffprobe"))
    except UnknownFormatError as error:
        if "matches no streams" in str(error):
            raise AudioError("no_sound", f"{name} holds no sound track.") from error
        raise _unreadable(name, header) from error


def _unreadable(name: str, header: FileHeader) -> AudioError:
    """No decoder that is here can read it."""
    if header.unknown_codec:
        return AudioError(
            "codec",
            f"{name} holds sound in format 0x{header.unknown_codec:04x}, which no decoder here knows.",
            "Have the program that made it save it as ordinary WAV (PCM).",
        )
    if header.kind:
        return AudioError("damaged", f"{name} begins like {header.kind} but is damaged and cannot be read.", _AGAIN)
    return AudioError("not_a_recording", f"{name} is not a recording, or one of a kind that no decoder here knows.")


def _decoder_missing(name: str, header: FileHeader) -> AudioError:
    """Neither PyAV nor ffmpeg is here: say whether one of them would help."""
    if header.unknown_codec:
        what = f"holds sound in format 0x{header.unknown_codec:04x}"
    elif header.kind in _SOUNDFILE_KINDS:
        return _unreadable(name, header)
    else:
        what = f"is of the kind {header.kind}" if header.kind else "is of an unusual kind"
    return AudioError("decoder_missing", f"{name} {what}, which livewatch cannot read by itself.", _FORMATS_HINT)
