"""Events of a live run on their way to the sinks: in order, stamped, none before a call has been shown to start."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hypothesis, Level, Notice, RiskUpdate
from livewatch.sinks.sink import Sink, Stamp


class Teller:
    """Used from the runner's thread."""

    def __init__(self, sinks: Sequence[Sink], cpu_s: Callable[[], float]) -> None:
        """`sinks` may grow until the first event; `cpu_s` gives the CPU seconds of all our processes."""
        self._sinks = sinks
        self._cpu_s = cpu_s
        self._cpu_begun = 0.0
        self._begun: deque[float] = deque()
        """When the first sample came, by call; the first is the call whose events come now"""
        self._early: list[Notice] = []
        """What there is to say before a call has been shown to start, which is the first event of every call"""
        self.known = False
        """Whether the caller of this call is known: no more warnings"""
        self.level = Level.NONE
        self.words_at: float | None = None
        """When words were last recognised in this call"""
        self.started, self.ended = 0, 0
        """Calls whose start, and whose end, has been shown"""

    def begun(self, at: float) -> None:
        """The first sample of a call came at `at`, or the call ended there without one."""
        self._begun.append(at)

    def tell_all(self, events: Iterable[Event]) -> None:
        """Tell one after the other. Raises what a sink raises."""
        for event in events:
            self.tell(event)

    def tell(self, event: Event) -> None:
        """Hand the event to the sinks. Raises what a sink raises."""
        match event:
            case Notice() if self.started == self.ended:
                self._early.append(event)
                return
            case CallStarted():
                self.started += 1
                self._cpu_begun = self._cpu_s()
                self.words_at = None  # those that came so far belong to the call before
            case Hypothesis(words=(_, *_)):
                self.words_at = time.monotonic()
            case RiskUpdate() | Alert() if self.known:
                return
            case RiskUpdate():
                self.level = event.level
        stamp = Stamp(self._wall_s(), max(0.0, self._cpu_s() - self._cpu_begun))
        for sink in self._sinks:
            sink.handle(event, stamp)
        if isinstance(event, CallStarted):
            early, self._early = self._early, []
            self.tell_all(early)
        if isinstance(event, CallEnded):
            self.ended += 1
            self.level, self.known = Level.NONE, False
            if self._begun:
                self._begun.popleft()

    def close(self) -> None:
        """End the sinks."""
        for sink in self._sinks:
            with suppress(BrokenPipeError):
                sink.close()

    def _wall_s(self) -> float:
        return max(0.0, time.monotonic() - self._begun[0]) if self._begun else 0.0
