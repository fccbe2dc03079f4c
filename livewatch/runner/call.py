"""The sound of one call after the other, as the recogniser is given it: the tracks' clock turned into the call's."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from livewatch.events import SAMPLE_RATE, AudioChunk, Side

_ECHO_S = 0.6
"""Seconds by which the near side is kept back, so that the caller's words are known before their echo is"""
_PAD = 5 * SAMPLE_RATE
"""Samples of silence put before a track that begins later than the other; what is longer counts as lost"""


class CallSound:
    """Has no clock: every `now` is in seconds that never go back. Used from one thread."""

    def __init__(self, *, both: bool) -> None:
        """`both`: there is a track for each side."""
        self._both = both
        self._near: deque[tuple[float, AudioChunk]] = deque()
        """The near side's sound and when it came"""
        self._base: int | None = None
        """Sample index, on the clock of the tracks, of the first sample of the call; None before it"""
        self._seen: set[Side] = set()
        """Tracks of which something was heard in this call"""
        self.paused = False
        self.mute_until = 0.0
        """When livewatch's own tone or voice is over"""
        self.at = 0
        """Sample index within the call: what has been delivered"""

    @property
    def begun(self) -> bool:
        """Whether anything has been heard in this call."""
        return self._base is not None

    def begin(self) -> None:
        """What comes from now on belongs to a new call."""
        self._base, self.at = None, 0
        self._seen.clear()

    def take(self, now: float, chunk: AudioChunk) -> Iterator[AudioChunk]:
        """Take what a track has heard; yield what the recogniser is to hear now."""
        if self._base is None:
            self._base = chunk.start
        start = chunk.start - self._base
        if chunk.side not in self._seen:
            self._seen.add(chunk.side)
            if start < 0:  # it was on its way when the call began
                chunk = replace(chunk, samples=chunk.samples[-start:], start=self._base)
                start = 0
            chunk = replace(chunk, lost=start if start > _PAD else 0)
            if 0 < start <= _PAD:
                yield from self._deliver(now, AudioChunk(np.zeros(start, np.int16), 0, side=chunk.side))
        samples = chunk.samples
        if self.paused or now < self.mute_until:
            samples = np.zeros(len(samples), np.int16)
        self.at = max(self.at, start + len(samples))
        yield from self._deliver(now, replace(chunk, samples=samples, start=start))

    def due(self, now: float) -> Iterator[AudioChunk]:
        """Yield what was kept back long enough."""
        while self._near and now - self._near[0][0] >= _ECHO_S:
            yield self._near.popleft()[1]

    def rest(self) -> Iterator[AudioChunk]:
        """Yield all that was kept back: the call is over."""
        while self._near:
            yield self._near.popleft()[1]

    def _deliver(self, now: float, chunk: AudioChunk) -> Iterator[AudioChunk]:
        if self._both and chunk.side == "me":
            self._near.append((now, chunk))
        else:
            yield chunk
        yield from self.due(now)
