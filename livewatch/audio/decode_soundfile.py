"""Decoding through libsndfile: WAV in all its codecs, FLAC, Ogg Vorbis and Opus, MP3, AIFF, AU, CAF, .gsm and .vox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import soundfile

from livewatch.audio.decoder import BLOCK_S, UnknownFormatError
from livewatch.audio.resample import Block
from livewatch.errors import AudioError
from livewatch.events import seconds


class _ForwardFile(soundfile.SoundFile):
    """Reads forwards and never seeks by itself.

    soundfile seeks after each read of a file that can seek. In MP3 that throws away the bits that a frame borrows from
    the ones before: read in blocks, up to 95 % of the samples came out changed (soundfile 0.14, libsndfile 1.2.2). It
    also stops at libsndfile's estimate of an MP3's length, which may be short.
    """

    def seekable(self) -> bool:
        return False


class SoundfileDecoder:
    """A file that libsndfile knows."""

    def __init__(self, path: Path, name: str) -> None:
        """`name` begins the sentences of errors. Raises `UnknownFormatError` when another decoder should be asked."""
        # Bytes, because names that are not valid UTF-8 are lawful; absolute, because "-" would mean standard input.
        whole = path.absolute()
        try:
            # The cast is for soundfile's annotations, which forgot bytes.
            spelling = str(whole) if os.name == "nt" else cast("str", os.fsencode(whole))
            self._file = _ForwardFile(spelling)
        except (soundfile.SoundFileError, ValueError, TypeError) as error:
            raise UnknownFormatError(getattr(error, "error_string", str(error))) from error
        self._name = name
        self.rate: int = self._file.samplerate
        self.channels: int = self._file.channels
        # libsndfile says 2^63-1 when it does not know.
        self.frames: int | None = self._file.frames if self._file.frames < 1 << 62 else None

    def blocks(self) -> Iterator[Block]:
        """See `Decoder`."""
        step, finest = int(self.rate * BLOCK_S), self.rate // 50
        done = 0
        while True:
            try:
                block = self._file.read(step, dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                if step == finest or not self._back_to(done):
                    at = seconds(done * 16_000 // self.rate)
                    raise AudioError("damaged", f"{self._name} is damaged or cut off {at:.1f} s in.") from error
                step = finest  # what is good of the failed block is got in small steps
                continue
            if len(block) == 0:
                return
            done += len(block)
            yield np.asarray(block, np.float32)

    def close(self) -> None:
        """See `Decoder`."""
        self._file.close()

    def _back_to(self, frame: int) -> bool:
        try:
            return self._file.seek(frame) == frame
        except soundfile.SoundFileError:
            return False
