"""Decoding of plain samples: headerless telephone files, and WAV files whose header was never completed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from livewatch.audio.decoder import BLOCK_S
from livewatch.audio.pcm import SAMPLE_FORMATS, PcmReader, SampleFormat
from livewatch.audio.resample import Block

_HEADERLESS = {
    ".ulaw": ("mulaw", 8_000),
    ".mulaw": ("mulaw", 8_000),
    ".ul": ("mulaw", 8_000),
    ".pcmu": ("mulaw", 8_000),
    ".alaw": ("alaw", 8_000),
    ".al": ("alaw", 8_000),
    ".pcma": ("alaw", 8_000),
    ".sln": ("s16le", 8_000),
    ".sln16": ("s16le", 16_000),
}
"""What telephone exchanges write without a header: Asterisk's `.ulaw`, `.alaw`, `.sln`. libsndfile knows `.gsm`."""


def headerless(path: Path) -> tuple[SampleFormat, int] | None:
    """Format and rate of a file that has no header, known by its ending only; None for any other ending."""
    known = _HEADERLESS.get(path.suffix.lower())
    return (SAMPLE_FORMATS[known[0]], known[1]) if known else None


class PcmFileDecoder:
    """Samples from byte `start` of a file to its end."""

    def __init__(self, path: Path, form: SampleFormat, rate: int, channels: int = 1, start: int = 0) -> None:
        self.rate = rate
        self.channels = channels
        self.frames: int | None = (path.stat().st_size - start) // (form.width * channels)
        self._file = path.open("rb")
        self._file.seek(start)
        self._reader = PcmReader(self._file, form, channels, int(rate * BLOCK_S))

    def blocks(self) -> Iterator[Block]:
        """See `Decoder`."""
        yield from self._reader

    def close(self) -> None:
        """See `Decoder`."""
        self._file.close()
