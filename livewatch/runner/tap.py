"""What is measured where the sound comes in: when it began, how far it is, whether the recogniser falls behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from livewatch.audio.source import Source
from livewatch.events import SAMPLE_RATE, AudioChunk, Notice, seconds
from livewatch.runner.stop import Stop
from livewatch.sinks.progress import Tick

BEHIND, CAUGHT_UP = 2 * SAMPLE_RATE, SAMPLE_RATE // 2
"""Samples waiting at which people are told, and told that it is over"""
TICK_S = 0.1
"""Seconds between two ticks at least"""


class Ticker:
    """Tells somebody how far the run is, a few times a second."""

    def __init__(self, tell: Callable[[Tick], None] | None, calls: int) -> None:
        self._tell = tell
        self._calls = calls
        self._began: float | None = None
        self._last = 0.0
        self.call = 0
        """Which call, from 0"""

    def delivered(self, samples: int) -> None:
        """So many samples of the call have been delivered."""
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        if self._tell is not None and now - self._last >= TICK_S:
            self._last = now
            self._tell(Tick(self.call, self._calls, samples, now - self._began))


class Tap:
    """A source, watched while it is read: when it began, how far it is, whether the reader falls behind."""

    def __init__(self, source: Source, stop: Stop, ticker: Ticker) -> None:
        self.name = source.name
        self.duration = source.duration
        self._source = source
        self._stop = stop
        self._ticker = ticker
        self._began: float | None = None
        self._delivered = 0
        self.heard = 0
        """Samples handed on"""
        self.lost = 0
        """Samples lost before that"""
        self._behind = False
        self._notices: list[Notice] = []

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield the source's chunks; after a stop the call simply ends here, so that what was heard is still judged."""
        for chunk in self._source:
            if self._stop.requested:
                return
            if self._began is None:
                self._began = getattr(self._source, "began", None) or time.monotonic()
            self._delivered = chunk.end + chunk.waiting
            self.heard, self.lost = chunk.end, self.lost + chunk.lost
            self._lag(chunk)
            self._ticker.delivered(self._delivered)
            yield chunk

    def wall_s(self) -> float:
        """Seconds since the first sample was delivered; 0 before."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    def notices(self, *, ended: bool) -> list[Notice]:
        """Take what there is to say since the last time; at the end also what was wrong with the recording."""
        said, self._notices = self._notices, []
        if ended:
            said += [Notice(self._delivered, "damaged", problem) for problem in getattr(self._source, "problems", ())]
        return said

    def _lag(self, chunk: AudioChunk) -> None:
        if not self._behind and chunk.waiting > BEHIND:
            self._behind = True
            message = f"Recognition is {seconds(chunk.waiting):.1f} s behind the call."
            self._notices.append(Notice(chunk.start, "behind", message))
        elif self._behind and chunk.waiting < CAUGHT_UP:
            self._behind = False
            self._notices.append(Notice(chunk.start, "caught_up", "Recognition has caught up with the call."))
