"""A live run: sound in from its tracks, the recogniser fed, events out to the sinks, calls begun and ended."""

from __future__ import annotations

import os
import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from livewatch.audio.level import FLOOR_DBFS
from livewatch.audio.microphone import Microphone, Wanted
from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    AudioChunk,
    CallEnded,
    CallStarted,
    Event,
    Hearing,
    HearingState,
    Hypothesis,
    Level,
    Notice,
    RiskUpdate,
    Side,
    seconds,
)
from livewatch.runner.feed import LONGEST
from livewatch.runner.recogniser import Message, Recogniser
from livewatch.runner.stop import Stop
from livewatch.runner.tap import BEHIND, CAUGHT_UP, TICK_S
from livewatch.runner.tracks import Tracks
from livewatch.runner.wire import Ready
from livewatch.settings import Settings
from livewatch.sinks.sink import Answer, Sink, Stamp

_ENDS_S = 600.0
"""Seconds without a word that end a call at danger: callers keep people on the line while they drive to a shop"""
_ECHO_S = 0.6
"""Seconds by which the near side is kept back, so that the caller's words are known before their echo is"""
_LAST_WORDS_S = 8.0
"""Seconds the recogniser is given for the end of the last call"""
_PAD = 5 * SAMPLE_RATE
"""Samples of silence put before a track that begins later than the other; what is longer counts as lost"""


class Listener:
    """Satisfies `Controls`. `run` does everything in the thread that calls it; the rest may be called from any."""

    def __init__(
        self,
        settings: Settings,
        wanted: Sequence[Wanted],
        sinks: Sequence[Sink],
        stop: Stop,
        ready: Callable[[Ready], None] = lambda ready: None,
    ) -> None:
        """`ready` is told what was loaded. Raises `UsageError` and `AudioError` when there is nothing to listen to."""
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._tracks = Tracks(wanted, lambda microphone, chunk: self._inbox.put(lambda: self._sound(microphone, chunk)))
        self._settings = settings
        self._sinks = sinks
        self._stop = stop
        self._tell_ready = ready
        self._both = len(self._tracks.microphones) > 1
        self._paused = False
        self._mute_until = 0.0
        self._known = False
        self._behind = False
        self._loading = True
        """Whether the recogniser has not yet worked through what was heard while it was loaded"""
        self._near: deque[tuple[float, AudioChunk]] = deque()
        """The near side's sound and when it came"""
        self._base: int | None = None
        """Sample index, on the clock of the tracks, of the first sample of the call; None before it"""
        self._seen: set[Side] = set()
        """Tracks of which something was heard in this call"""
        self._at = 0
        """Sample index within the call: what has been delivered"""
        self._begun: deque[float] = deque()
        """When the first sample came, by call; the first is the call whose events come now"""
        self._cpu_begun = 0.0
        self._level = Level.NONE
        self._words_at: float | None = None
        """When words were last recognised in this call"""
        self._started, self._ended, self._calls = 0, 0, 0
        """Calls whose start, and whose end, has been shown; calls begun"""
        self._early: list[Notice] = []
        """What there is to say before a call has been shown to start, which is the first event of every call"""

    @property
    def name(self) -> str:
        """What is listened to, for people."""
        return self._tracks.name

    def pause(self, on: bool) -> None:
        """See `Controls`."""
        self._inbox.put(lambda: self._pause(on))

    def known_caller(self) -> None:
        """See `Controls`."""
        self._inbox.put(self._know)

    def answered(self, answer: Answer) -> None:
        """See `Controls`."""
        self._inbox.put(self._next_call if answer == "hung_up" else self._dismiss)

    def new_call(self) -> None:
        """See `Controls`."""
        self._inbox.put(self._next_call)

    def mute_for(self, seconds: float) -> None:
        """See `Controls`."""
        until = time.monotonic() + seconds
        self._inbox.put(lambda: setattr(self, "_mute_until", max(self._mute_until, until)))

    def stop(self) -> None:
        """See `Controls`."""
        self._stop.requested = True

    def run(self) -> None:
        """Listen until stopped. Raises what a sink raises, and `EngineError` when the recogniser cannot be loaded."""
        self._recogniser = Recogniser(self._settings, len(self._tracks.microphones), self._receive)
        try:
            self._tracks.start()
            self._begin()
            due = 0.0
            while not self._stop.requested:
                self._work(TICK_S)
                if (now := time.monotonic()) >= due:
                    due = now + TICK_S
                    self._tick(now)
            self._finish()
        except BrokenPipeError:  # whoever read our output has gone
            pass
        finally:
            self._tracks.close()
            self._recogniser.close()
            for sink in self._sinks:
                with suppress(BrokenPipeError):
                    sink.close()

    def _receive(self, message: Message) -> None:
        self._inbox.put(lambda: self._emit_all(self._recogniser.receive(message)))

    def _work(self, wait_s: float) -> None:
        with suppress(queue.Empty):
            self._inbox.get(timeout=wait_s)()

    def _tick(self, now: float) -> None:
        self._recogniser.tend()
        self._send_near(now)
        self._emit_all([*self._tracks.tend(self._at), *self._lag(), self._hearing()])
        gap = _ENDS_S if self._level is Level.DANGER else self._settings.listen.call_ends_after_s
        if self._words_at is not None and now - self._words_at > gap:
            self._next_call()

    def _hearing(self) -> Hearing:
        hearing = self._tracks.hearing(self._at)
        recogniser = self._recogniser
        if self._paused:
            return Hearing(self._at, HearingState.PAUSED, FLOOR_DBFS)
        if recogniser.restarting and not hearing.message:
            message = "The recogniser had stopped; it is being started again, and hears the last seconds again."
            state = HearingState.NOT_HEARING if recogniser.ready is None else hearing.state
            return replace(hearing, state=state, message=message)
        if recogniser.ready is None and hearing.state is not HearingState.NOT_HEARING:
            return replace(hearing, state=HearingState.STARTING)
        if self._behind and not hearing.message:
            return replace(hearing, message=_late(recogniser.behind))
        return hearing

    def _lag(self) -> Iterable[Notice]:
        behind = self._recogniser.behind // len(self._tracks.microphones)
        self._loading = self._loading and behind < LONGEST and (self._recogniser.ready is None or behind > CAUGHT_UP)
        if self._loading:
            return
        if not self._behind and behind > BEHIND:
            self._behind = True
            yield Notice(self._at, "behind", _late(behind))
        elif self._behind and behind < CAUGHT_UP:
            self._behind = False
            yield Notice(self._at, "caught_up", "Recognition has caught up with the call.")

    def _sound(self, microphone: Microphone, chunk: AudioChunk) -> None:
        now = time.monotonic()
        if self._base is None:
            self._base = chunk.start
            self._begun.append(now - len(chunk.samples) / SAMPLE_RATE)
        start = chunk.start - self._base
        if chunk.side not in self._seen:
            self._seen.add(chunk.side)
            if start < 0:  # it was on its way when the call began
                chunk = replace(chunk, samples=chunk.samples[-start:], start=self._base)
                start = 0
            chunk = replace(chunk, lost=start if start > _PAD else 0)
            if 0 < start <= _PAD:
                self._deliver(now, AudioChunk(np.zeros(start, np.int16), 0, side=chunk.side))
        samples = chunk.samples
        if self._paused or now < self._mute_until:
            samples = np.zeros(len(samples), np.int16)
        self._at = max(self._at, start + len(samples))
        self._deliver(now, replace(chunk, samples=samples, start=start))

    def _deliver(self, now: float, chunk: AudioChunk) -> None:
        if self._both and chunk.side == "me":
            self._near.append((now, chunk))
        else:
            self._recogniser.hear(chunk)
        self._send_near(now)

    def _send_near(self, now: float) -> None:
        while self._near and now - self._near[0][0] >= _ECHO_S:
            self._recogniser.hear(self._near.popleft()[1])

    def _begin(self) -> None:
        self._calls += 1
        self._base, self._at = None, 0
        self._seen.clear()
        self._words_at = None
        self._recogniser.begin(self._tracks.name)

    def _next_call(self) -> None:
        self._end()
        self._begin()

    def _end(self) -> None:
        self._send_all_near()
        self._recogniser.end()
        if self._base is None:  # nothing was heard in it
            self._begun.append(time.monotonic())

    def _send_all_near(self) -> None:
        while self._near:
            self._recogniser.hear(self._near.popleft()[1])

    def _finish(self) -> None:
        """End the last call: its last words are still recognised and judged."""
        self._tracks.close()
        self._end()
        until = time.monotonic() + _LAST_WORDS_S
        while self._ended < self._calls and (left := until - time.monotonic()) > 0:
            self._work(min(left, TICK_S))
        if self._ended < self._started:
            self._emit(self._recogniser.ended(self._at))

    def _pause(self, on: bool) -> None:
        if on != self._paused:
            self._paused = on
            message = "Livewatch does not listen." if on else "Livewatch listens again."
            self._emit(Notice(self._at, "paused" if on else "resumed", message))

    def _know(self) -> None:
        self._known = True
        self._emit(Notice(self._at, "known_caller", "You know this caller: no more warnings in this call."))

    def _dismiss(self) -> None:
        self._recogniser.dismiss()

    def _emit_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self._emit(event)

    def _emit(self, event: Event) -> None:
        match event:
            case Notice() if self._started == self._ended:
                self._early.append(event)
                return
            case CallStarted():
                self._started += 1
                self._cpu_begun = self._cpu_s()
                if self._recogniser.ready is not None and not self._ended:
                    self._tell_ready(self._recogniser.ready)
            case Hypothesis(words=(_, *_)):
                self._words_at = time.monotonic()
            case RiskUpdate() | Alert() if self._known:
                return
            case RiskUpdate():
                self._level = event.level
        stamp = Stamp(self._wall_s(), max(0.0, self._cpu_s() - self._cpu_begun))
        for sink in self._sinks:
            sink.handle(event, stamp)
        if isinstance(event, CallStarted):
            early, self._early = self._early, []
            self._emit_all(early)
        if isinstance(event, CallEnded):
            self._ended += 1
            self._level, self._known = Level.NONE, False
            if self._begun:
                self._begun.popleft()

    def _wall_s(self) -> float:
        return max(0.0, time.monotonic() - self._begun[0]) if self._begun else 0.0

    def _cpu_s(self) -> float:
        """CPU seconds of all our processes."""
        times = os.times()
        return times.user + times.system + self._recogniser.cpu_s + self._tracks.cpu_s


def _late(behind: int) -> str:
    return f"Recognition is {seconds(behind):.0f} s behind the call: this computer is too busy."
