"""Any rate and any channels to mono int16 at 16 kHz, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import soxr

from livewatch.audio.limits import Caller, side_of
from livewatch.events import SAMPLE_RATE, AudioChunk, Samples

Block: TypeAlias = npt.NDArray[np.float32]
"""Sound as decoded: shape (n, channels), full scale -1..1; may hold larger values, NaN and infinities."""

CHUNK = SAMPLE_RATE // 10
"""Samples in a chunk, at most. Short, because a paced replay cannot answer sooner than its chunks come."""


class Resampler:
    """Streaming conversion of one track. Whatever the block sizes, the samples that come out are the same.

    Band limited: a tone above 8 kHz is at least 100 dB down (measured at 44.1 and 48 kHz), where dropping samples would
    fold it into the speech band. 16 kHz passes unchanged, so int16 sound comes out bit for bit. Sound comes out up to
    120 ms (8 kHz) or 40 ms (48 kHz) of signal later than it went in; its sample index is right.
    """

    def __init__(self, rate: int, channels: int, caller: Caller = "mix") -> None:
        """`rate` in hertz; `channels` of the blocks to come; `caller` the channel to take. Both checked before."""
        self._channel = {"left": 0, "right": 1, "mix": None}[caller] if channels > 1 else 0
        # HQ costs the same as MQ here (0.3 ms of CPU per second of 44.1 kHz sound) and has the sharper filter.
        self._stream = None if rate == SAMPLE_RATE else soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32", "HQ")
        self.taken = 0
        """Sample values taken in, of all channels that are watched"""
        self.unreal = 0
        """How many of them were NaN or infinite; they were taken as 0"""

    def push(self, block: Block) -> Samples:
        """Take `block`, shape (n, channels) with any n; return what is ready, shape (m,), m may be 0."""
        if self._channel is not None:
            block = block[:, self._channel : self._channel + 1]
        self.taken += block.size
        real = np.isfinite(block)
        if not real.all():
            self.unreal += block.size - int(np.count_nonzero(real))
            block = np.where(real, block, np.float32(0))
        # A dot product: NumPy's mean over such short rows takes 0.40 ms for half a second of stereo, this 0.02 ms.
        mono = block[:, 0] if block.shape[1] == 1 else block @ np.full(block.shape[1], 1 / block.shape[1], np.float32)
        # Clipped before the filter as well: 1e38, which a float file may hold, would leave it as NaN.
        mono = np.clip(mono, -1, 1)
        return _to_int16(mono if self._stream is None else self._stream.resample_chunk(mono))

    def finish(self) -> Samples:
        """Return the last samples that the filter still holds. Nothing may be pushed afterwards."""
        if self._stream is None:
            return np.zeros(0, np.int16)
        return _to_int16(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))


def to_chunks(blocks: Iterable[Block], resampler: Resampler, caller: Caller) -> Iterator[AudioChunk]:
    """Chunks of at most `CHUNK` samples, gapless from sample 0.

    When `blocks` fails, what the resampler still holds is yielded before the error goes on.
    """
    side, start = side_of(caller), 0

    def cut(samples: Samples) -> Iterator[AudioChunk]:
        nonlocal start
        for first in range(0, len(samples), CHUNK):
            chunk = AudioChunk(samples[first : first + CHUNK], start, side=side)
            start = chunk.end
            yield chunk

    failure: Exception | None = None
    try:
        for block in blocks:
            yield from cut(resampler.push(block))
    except Exception as error:  # the good sound before it must come out first
        failure = error
    yield from cut(resampler.finish())
    if failure is not None:
        raise failure


def _to_int16(samples: npt.NDArray[np.float32]) -> Samples:
    # 32768 is exact for sound that was int16 before; +1.0 is one step too high for int16 and the filter overshoots.
    return np.clip(np.rint(samples * np.float32(32_768)), -32_768, 32_767).astype(np.int16)
