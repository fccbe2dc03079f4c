"""A sentence on the telephone: band, level, noise and coding of a real line, in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import soundfile

from livewatch.audio.resample import Block, Resampler, to_chunks
from livewatch.audio.telephone import LINE_RATE, Sound, at_level, band, edges, encode, room
from livewatch.events import SAMPLE_RATE, AudioChunk

LEVEL_DBFS = -20.0
"""RMS of the speech, as in the samples and the benchmarks"""
SNR_DB = 25.0
"""Speech over room noise: a telephone on a desk"""
_PAUSE_S = 0.6
"""Seconds of room noise before and after"""


class Line:
    """A spoken sentence as it comes out of a telephone. Satisfies `Source`."""

    def __init__(self, name: str, spoken: Sound, seed: int) -> None:
        """`spoken` at 16 kHz; the same `seed` gives the same noise."""
        first, last = edges(spoken)
        silence = np.zeros(round(_PAUSE_S * SAMPLE_RATE))
        sent = band(np.concatenate([silence, spoken[first:last], silence]))
        noise = room(len(sent), 10 ** ((LEVEL_DBFS - SNR_DB) / 20), seed)
        coded = encode(at_level(sent, LEVEL_DBFS) + noise, "ulaw")
        self._sound: Block = np.asarray(soundfile.read(io.BytesIO(coded), always_2d=True)[0], np.float32)
        self.name = name
        self.duration: int | None = len(self._sound) * SAMPLE_RATE // LINE_RATE

    def __iter__(self) -> Iterator[AudioChunk]:
        yield from to_chunks([self._sound], Resampler(LINE_RATE, 1), "mix")
