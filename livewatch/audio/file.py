"""Recordings of calls: one file as a source of sound."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from livewatch.audio.decode import open_decoder
from livewatch.audio.decoder import Decoder
from livewatch.audio.find import SUFFIXES, Found, find_recordings
from livewatch.audio.header import read_file_header
from livewatch.audio.limits import Caller, check_format
from livewatch.audio.names import quoted
from livewatch.audio.resample import Resampler, to_chunks
from livewatch.errors import AudioError
from livewatch.events import SAMPLE_RATE, AudioChunk

__all__ = ["SUFFIXES", "Caller", "FileSource", "Found", "find_recordings", "open_recording"]


def open_recording(path: Path, *, caller: Caller = "mix") -> FileSource:
    """Check that `path` is a recording that can be read, and return it ready to be iterated.

    `caller` chooses the channel of two-channel calls: the first (`left`), the second (`right`), or the average of all
    (`mix`). The file is closed again until it is iterated. Raises `AudioError`.
    """
    return FileSource(path, caller)


class FileSource:
    """One recording, streamed: memory does not depend on its length. Satisfies `Source`."""

    def __init__(self, path: Path, caller: Caller = "mix") -> None:
        """Read the header; raises `AudioError`."""
        self.name = str(path)
        """The path as given. Untrusted: show it through `livewatch.audio.names.quoted`"""
        self.problems: list[str] = []
        """Sentences for people about sound that is missing or damaged; complete once the source has been read"""
        self._path = path
        self._caller: Caller = caller
        self._quoted = quoted(path)
        with closing(self._open()) as decoder:
            frames, rate = decoder.frames, decoder.rate
        self.duration: int | None = None if frames is None else round(frames * SAMPLE_RATE / rate)
        """Samples; of a file that is cut off, what is there. MP3 without a length in its header: an estimate"""

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield all sound that can be read, then raise `AudioError` only if that was nothing at all."""
        self.problems.clear()
        with closing(self._open()) as decoder:
            resampler = Resampler(decoder.rate, decoder.channels, self._caller)
            failure: AudioError | None = None
            end = 0
            try:
                for chunk in to_chunks(decoder.blocks(), resampler, self._caller):
                    end = chunk.end
                    yield chunk
            except AudioError as error:
                failure = error
            except OSError as error:  # the disk, or the network share it is on
                failure = AudioError("unreadable", f"{self._quoted} could not be read on: {error.strerror or error}.")
        if end == 0:
            raise failure or AudioError("no_sound", f"{self._quoted} holds no sound: nothing follows its header.")
        if resampler.unreal == resampler.taken:
            raise AudioError("no_sound", f"{self._quoted} holds no sound: all its samples are NaN or infinite.")
        self._report(failure, resampler)

    def _report(self, failure: AudioError | None, resampler: Resampler) -> None:
        if self._header.cut:
            self.problems.append(f"{self._quoted} {self._header.cut}.")
        elif failure is not None:
            self.problems.append(failure.message)
        if self._header.unfinished:
            self.problems.append(f"{self._quoted} was never finished: its header gives no length. All of it was read.")
        if resampler.unreal:
            share = 100 * resampler.unreal / resampler.taken
            what = f"{resampler.unreal:,} samples ({share:.2g} %) that are no numbers; they were taken as silence"
            self.problems.append(f"{self._quoted} holds {what}.")

    def _open(self) -> Decoder:
        """Open the file anew. It may have changed since the last time, so everything is checked again."""
        try:
            _check_is_file(self._path, self._quoted)
            self._header = read_file_header(self._path, self._quoted)
            wav = self._header.wav
            if wav is not None:  # before any decoder, whose own words for this are "format not recognised"
                check_format(self._quoted, wav.rate, wav.channels, self._caller)
            decoder = open_decoder(self._path, self._quoted, self._header)
        except OSError as error:
            cause = error.strerror or str(error)
            hint = f"Look at its permissions: ls -l {self._quoted}" if isinstance(error, PermissionError) else ""
            raise AudioError("unreadable", f"{self._quoted} cannot be read: {cause}.", hint) from error
        try:
            check_format(self._quoted, decoder.rate, decoder.channels, self._caller)
        except AudioError:
            decoder.close()
            raise
        return decoder


def _check_is_file(path: Path, name: str) -> None:
    """Refuse what is not a plain file before it is opened: opening a pipe would wait for ever."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - follows links, as open does
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the name
        raise AudioError("missing", f"There is no file {name}.", "Check the spelling and the folder.") from None
    if stat.S_ISDIR(mode):
        raise AudioError("not_a_file", f"{name} is a folder, not a recording.")
    if not stat.S_ISREG(mode):
        raise AudioError(
            "not_a_file",
            f"{name} is a pipe or a device, not a recording.",
            "To read sound from a pipe: livewatch replay - < PIPE",
        )
