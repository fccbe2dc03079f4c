"""Decoding through PyAV (extra `formats`): what phones record, m4a, amr, 3gp, webm, wma and the sound of videos."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np

from livewatch.audio.decoder import ALLOWED_DEMUXERS, BLOCK_S, UnknownFormatError
from livewatch.audio.resample import Block
from livewatch.errors import AudioError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

_HAS_INDEX = ("mov,mp4", "matroska", "asf")
"""Formats whose duration is written in the file; for the others it is FFmpeg's guess from the bit rate."""


class AvDecoder:
    """A file that the FFmpeg inside PyAV knows."""

    def __init__(self, path: Path, name: str) -> None:
        """`name` begins the sentences of errors. Raises `UnknownFormatError` or `AudioError`."""
        self._name = name
        options = {"protocol_whitelist": "file", "format_whitelist": ALLOWED_DEMUXERS}
        try:
            # "file:" so that a name like "http:x" or "concat:a|b" is a name and nothing else.
            self._container = av.open(f"file:{path.absolute()}", options=options, metadata_errors="ignore")
        except (av.error.FFmpegError, ValueError, UnicodeError) as error:
            raise UnknownFormatError(str(error)) from error
        try:
            self._begin()
        except BaseException:
            self._container.close()
            raise

    def _begin(self) -> None:
        """Decode up to the first frame: only it knows the true rate (HE-AAC headers say half of it)."""
        if not self._container.streams.audio:
            raise AudioError("no_sound", f"{self._name} holds no sound track.")
        self._damaged = 0
        self._frames = self._decode()
        self._first = next(self._frames, None)
        if self._first is None:
            if self._damaged:
                raise UnknownFormatError("no packet could be decoded")
            raise AudioError("no_sound", f"{self._name} holds no sound: nothing follows its header.")
        self.rate = self._first.sample_rate
        self.channels = len(self._first.layout.channels)
        duration = self._container.duration
        self.frames: int | None = round(duration / av.time_base * self.rate) if duration and duration > 0 else None
        self._length_is_known = self._container.format.name.startswith(_HAS_INDEX)

    def blocks(self) -> Iterator[Block]:
        """See `Decoder`."""
        waiting, count, done = [], 0, 0
        for frame in self._all_frames():
            waiting.append(self._to_block(frame))
            count += len(waiting[-1])
            if count >= self.rate * BLOCK_S:
                yield np.concatenate(waiting)
                done += count
                waiting, count = [], 0
        if waiting:
            yield np.concatenate(waiting)
        done += count
        self._complain(done)

    def close(self) -> None:
        """See `Decoder`."""
        self._container.close()

    def _all_frames(self) -> Iterator[AudioFrame]:
        if self._first is not None:
            yield self._first
        yield from self._frames

    def _decode(self) -> Iterator[AudioFrame]:
        """Decode packet by packet; a damaged packet is counted and left out, as every player does."""
        packets = self._container.demux(self._container.streams.audio[0])
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self._damaged += 1
                return
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self._damaged += 1
                continue
            yield from (frame for frame in frames if isinstance(frame, av.AudioFrame))

    def _to_block(self, frame: AudioFrame) -> Block:
        channels = len(frame.layout.channels)
        if frame.sample_rate != self.rate:
            raise AudioError("damaged", f"{self._name} changes its rate on the way; it is read up to there.")
        try:
            values = frame.to_ndarray()
        except ValueError as error:  # s64, which no telephone and no recorder writes
            what = f"{self._name} holds samples of an unusual kind ({frame.format.name})"
            raise AudioError("codec", f"{what} that livewatch cannot read.") from error
        values = values.T if frame.format.is_planar else values.reshape(-1, channels)
        if values.dtype.kind == "u":
            values = (values.astype(np.float32) - 128) / 128
        elif values.dtype.kind == "i":
            values = values / np.float32(2.0 ** (8 * values.dtype.itemsize - 1))
        if channels != self.channels:  # a decoder may find out late that a track is stereo
            values = np.repeat(values.mean(axis=1, keepdims=True), self.channels, axis=1)
        return values.astype(np.float32, copy=False)

    def _complain(self, done: int) -> None:
        held = f"{done / self.rate:.1f} s"
        # Encoders pad the end and files cut by an editor may leave a little out: a second is forgiven.
        if self._length_is_known and self.frames is not None and self.frames - done > max(self.rate, self.frames // 50):
            promised = f"{self.frames / self.rate:.1f} s"
            raise AudioError("truncated", f"{self._name} is cut off: its header promises {promised}, it holds {held}.")
        if self._damaged:
            places = "one place; that" if self._damaged == 1 else f"{self._damaged:,} places; those"
            raise AudioError("damaged", f"{self._name} is damaged or cut off in {places} could not be read.")
