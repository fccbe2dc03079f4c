"""Sound from a pipe: raw samples, or a WAV stream."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from livewatch.audio.limits import Caller, check_format
from livewatch.audio.pcm import SAMPLE_FORMATS, ByteStream, PcmReader, SampleFormat
from livewatch.audio.resample import Resampler, to_chunks
from livewatch.audio.wav import WavError, read_header
from livewatch.errors import AudioError, UsageError
from livewatch.events import SAMPLE_RATE, AudioChunk

_NAME = "Standard input"

_COMPRESSED = {b"fLaC": "FLAC", b"OggS": "Ogg", b"ID3\x03": "MP3", b"ID3\x04": "MP3", b"#!AM": "AMR"}


class StdinSource:
    """A pipe that is read as it fills, a tenth of a second at a time. Satisfies `Source`; its length is not known."""

    name = "-"
    duration: int | None = None

    def __init__(
        self,
        stream: BinaryIO,
        *,
        rate: int = SAMPLE_RATE,
        sample_format: str = "s16le",
        channels: int = 1,
        caller: Caller = "mix",
    ) -> None:
        """`rate` in hertz, `sample_format` one of `SAMPLE_FORMATS`; a WAV header in the stream overrules all three.

        `stream` may give fewer bytes than asked for. It is not closed. Raises `UsageError`.
        """
        if sample_format not in SAMPLE_FORMATS:
            known = ", ".join(SAMPLE_FORMATS)
            raise UsageError("format", f"There is no sample format {sample_format!r}.", f"Choose one of: {known}.")
        self._form = SAMPLE_FORMATS[sample_format]
        self._rate, self._channels = rate, channels
        self._caller: Caller = caller
        self._stream = stream
        self.problems: list[str] = []
        """Sentences for people about sound that is missing; complete once the source has been read"""

    def __iter__(self) -> Iterator[AudioChunk]:
        """Read to the end of the pipe. Raises `AudioError` when it holds no sound or is no sound."""
        self._prepare()
        head = _read(self._stream, 4)
        limit = None
        form, rate, channels = self._form, self._rate, self._channels
        if head in (b"RIFF", b"RF64"):
            form, rate, channels, limit = self._read_wav(head)
            head = b""
        elif head in _COMPRESSED:
            raise AudioError(
                "codec",
                f"{_NAME} is {_COMPRESSED[head]}; only raw samples and WAV can be read from a pipe.",
                "Save it to a file and give that, or decode it first: ffmpeg -i IN -f wav - | livewatch replay -",
            )
        check_format(_NAME, rate, channels, self._caller)
        reader = PcmReader(self._stream, form, channels, rate // 10, head=head, limit=limit)
        resampler = Resampler(rate, channels, self._caller)
        try:
            yield from to_chunks(reader, resampler, self._caller)
        except OSError as error:
            raise AudioError("unreadable", f"{_NAME} could not be read on: {error.strerror or error}.") from error
        if resampler.taken == 0:
            raise AudioError("empty", f"{_NAME} ended before any sound came.", "Does the program before | run?")
        self._report(reader, resampler, rate)

    def _prepare(self) -> None:
        if self._stream.isatty():
            raise AudioError(
                "terminal",
                f"{_NAME} is the keyboard, not a pipe with sound.",
                "For example: arecord -f S16_LE -r 16000 -t raw | livewatch replay -",
            )
        # A stream in memory has no descriptor, and Windows before Python 3.12 no such call.
        with contextlib.suppress(OSError, AttributeError):
            # Whoever shares the pipe may have left it non-blocking; then "nothing yet" would look like the end.
            os.set_blocking(self._stream.fileno(), True)

    def _read_wav(self, head: bytes) -> tuple[SampleFormat, int, int, int | None]:
        try:
            header = read_header(_Rewound(head, self._stream))
        except WavError as error:
            raise AudioError("cut_header", f"{_NAME} {error}.") from None
        check_format(_NAME, header.rate, header.channels, self._caller)
        form = header.sample_format
        if form is None:
            raise AudioError(
                "codec",
                f"{_NAME} is WAV with sound format 0x{header.codec:04x}; a pipe must hold PCM, float or G.711.",
                "Save it to a file and give that.",
            )
        return form, header.rate, header.channels, header.known_bytes

    def _report(self, reader: PcmReader, resampler: Resampler, rate: int) -> None:
        if reader.missing_bytes:
            self.problems.append(f"{_NAME} ended {reader.missing_bytes:,} bytes before its WAV header said.")
        if reader.odd_bytes:
            self.problems.append(f"{_NAME} ended in the middle of a sample; is the format right? (--format, --rate)")
        if resampler.unreal:
            what = f"{resampler.unreal:,} samples that are no numbers; they were taken as silence"
            self.problems.append(f"{_NAME} held {what}.")


class _Rewound:
    """A stream whose first bytes, read already, come once more."""

    def __init__(self, head: bytes, stream: ByteStream) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        first, self._head = self._head[:size], self._head[size:]
        return first or self._stream.read(size)


def _read(stream: ByteStream, count: int) -> bytes:
    """Read `count` bytes, fewer only at the end of the stream."""
    data = b""
    while len(data) < count and (more := stream.read(count - len(data))):
        data += more
    return data
