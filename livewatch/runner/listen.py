"""A live run: sound in from its tracks, the recogniser fed, events out to the sinks, calls begun and ended."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from livewatch.audio.level import FLOOR_DBFS
from livewatch.audio.wanted import Wanted
from livewatch.events import (
    SAMPLE_RATE,
    AudioChunk,
    CallStarted,
    Event,
    Hearing,
    HearingState,
    Level,
    Notice,
    seconds,
)
from livewatch.runner.call import CallSound
from livewatch.runner.feed import LONGEST
from livewatch.runner.keeper import Keeper
from livewatch.runner.recogniser import Message, Recogniser, RecogniserProcess
from livewatch.runner.stop import Stop
from livewatch.runner.tap import BEHIND, CAUGHT_UP, TICK_S
from livewatch.runner.tell import Teller
from livewatch.runner.tracks import Tracks
from livewatch.runner.wire import Ready
from livewatch.settings import Settings
from livewatch.sinks.sink import Answer, Sink

_ENDS_S = 600.0
"""Seconds without a word that end a call at danger: callers keep people on the line while they drive to a shop"""
_LAST_WORDS_S = 8.0
"""Seconds the recogniser is given for the end of the last call"""


class Listener:
    """Satisfies `Controls`. `run` does everything in the thread that calls it; the rest may be called from any."""

    def __init__(
        self,
        settings: Settings,
        wanted: Sequence[Wanted],
        sinks: Sequence[Sink],
        stop: Stop,
        ready: Callable[[Ready], None] = lambda ready: None,
        *,
        process: RecogniserProcess | None = None,
    ) -> None:
        """`ready` is told what was loaded. Raises `UsageError` and `AudioError` when there is nothing to listen to.

        The recogniser begins to load and the devices are opened at once, while a window is opened: each takes a second.
        What comes before `run` waits for it. `process`: the first of the recogniser's, if it was started before.
        """
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._tracks = Tracks(wanted, self._arrived)
        self._settings = settings
        self._stop = stop
        self._tell_ready = ready
        self._sound = CallSound(both=len(self._tracks.microphones) > 1)
        self._teller = Teller(sinks, self._cpu_s)
        self._behind = False
        self._loading = True
        """Whether the recogniser has not yet worked through what was heard while it was loaded"""
        self._calls = 0
        """Calls begun"""
        self._recogniser = Recogniser(settings, len(self._tracks.microphones), self._receive, process)
        self._keeper: Keeper | None = None
        if settings.listen.keep_sound:
            self._keeper = Keeper(
                Path(settings.listen.keep_sound),
                [each.wanted.side for each in self._tracks.microphones],
                settings.listen.keep_sound_days,
            )
        self._tracks.start()

    @property
    def kept(self) -> int:
        """Calls whose sound was kept."""
        return self._keeper.kept if self._keeper is not None else 0

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
        self._inbox.put(lambda: self._mute(until))

    def stop(self) -> None:
        """See `Controls`."""
        self._stop.requested = True

    def run(self) -> None:
        """Listen until stopped. Raises what a sink raises, and `EngineError` when the recogniser cannot be loaded."""
        try:
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
            if self._keeper is not None:
                self._keeper.close()
            self._teller.close()

    def _receive(self, message: Message) -> None:
        self._inbox.put(lambda: self._teller.tell_all(self._events(message)))

    def _events(self, message: Message) -> Iterator[Event]:
        for event in self._recogniser.receive(message):
            if isinstance(event, CallStarted) and not self._teller.started and self._recogniser.ready is not None:
                self._tell_ready(self._recogniser.ready)
            yield event

    def _work(self, wait_s: float) -> None:
        with suppress(queue.Empty):
            self._inbox.get(timeout=wait_s)()

    def _tick(self, now: float) -> None:
        self._recogniser.tend()
        for due in self._sound.due(now):
            self._pass_on(due)
        self._teller.tell_all([*self._tracks.tend(self._sound.at), *self._lag(), *self._keep(), self._hearing()])
        gap = _ENDS_S if self._teller.level is Level.DANGER else self._settings.listen.call_ends_after_s
        if self._teller.words_at is not None and now - self._teller.words_at > gap:
            self._next_call()

    def _keep(self) -> Iterable[Notice]:
        if self._keeper is None:
            return ()
        if self._teller.words_at is not None and self._teller.started == self._calls:
            self._keeper.words()
        return self._keeper.notices(self._sound.at)

    def _hearing(self) -> Hearing:
        hearing = self._heard()
        return hearing if self._keeper is None else replace(hearing, kept=self._keeper.said)

    def _heard(self) -> Hearing:
        hearing = self._tracks.hearing(self._sound.at)
        recogniser = self._recogniser
        if self._sound.paused:
            return Hearing(self._sound.at, HearingState.PAUSED, FLOOR_DBFS)
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
            yield Notice(self._sound.at, "behind", _late(behind))
        elif self._behind and behind < CAUGHT_UP:
            self._behind = False
            yield Notice(self._sound.at, "caught_up", "Recognition has caught up with the call.")

    def _arrived(self, chunk: AudioChunk) -> None:
        """Take sound from the thread of a track, with the moment at which it came."""
        now = time.monotonic()
        self._inbox.put(lambda: self._hear(chunk, now))

    def _hear(self, chunk: AudioChunk, now: float) -> None:
        if not self._sound.begun:
            self._teller.begun(now - len(chunk.samples) / SAMPLE_RATE)
        for each in self._sound.take(now, chunk):
            self._pass_on(each)

    def _pass_on(self, chunk: AudioChunk) -> None:
        """Hand sound of the call on, once, whatever happens to the recogniser."""
        self._recogniser.hear(chunk)
        if self._keeper is not None:
            self._keeper.hear(chunk)

    def _mute(self, until: float) -> None:
        self._sound.mute_until = max(self._sound.mute_until, until)

    def _begin(self) -> None:
        self._calls += 1
        self._sound.begin()
        self._teller.words_at = None
        self._recogniser.begin(self._tracks.name)
        if self._keeper is not None:
            self._keeper.begin()

    def _next_call(self) -> None:
        self._end()
        self._begin()

    def _end(self) -> None:
        for rest in self._sound.rest():
            self._pass_on(rest)
        self._recogniser.end()
        if self._keeper is not None:
            self._keeper.end()
        if not self._sound.begun:  # nothing was heard in it
            self._teller.begun(time.monotonic())

    def _finish(self) -> None:
        """End the last call: its last words are still recognised and judged."""
        self._tracks.close()
        self._end()
        until = time.monotonic() + _LAST_WORDS_S
        while self._teller.ended < self._calls and (left := until - time.monotonic()) > 0:
            self._work(min(left, TICK_S))
        if self._teller.ended < self._teller.started:
            self._teller.tell(self._recogniser.ended(self._sound.at))

    def _pause(self, on: bool) -> None:
        if on != self._sound.paused:
            self._sound.paused = on
            if self._keeper is not None:
                self._keeper.pause(on)
            message = "Livewatch does not listen." if on else "Livewatch listens again."
            self._teller.tell(Notice(self._sound.at, "paused" if on else "resumed", message))

    def _know(self) -> None:
        self._teller.known = True
        message = "You know this caller: no more warnings in this call."
        self._teller.tell(Notice(self._sound.at, "known_caller", message))

    def _dismiss(self) -> None:
        self._recogniser.dismiss()

    def _cpu_s(self) -> float:
        """CPU seconds of all our processes."""
        times = os.times()
        return times.user + times.system + self._recogniser.cpu_s + self._tracks.cpu_s


def _late(behind: int) -> str:
    return f"Recognition is {seconds(behind):.0f} s behind the call: this computer is too busy."
