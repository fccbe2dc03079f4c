"""Runs calls one after the other, stamps their events and hands them to the sinks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from livewatch.audio.source import Source
from livewatch.errors import LivewatchError
from livewatch.events import Alert, CallEnded, CallStarted, Event, Level, Notice, RiskUpdate
from livewatch.runner.feed import Fed
from livewatch.runner.stop import Stop
from livewatch.runner.tap import Tap, Ticker
from livewatch.sinks.progress import Tick
from livewatch.sinks.sink import Sink, Stamp
from livewatch.sinks.wording import FAILED


@dataclass(frozen=True, slots=True)
class Call:
    """A call that can be opened when its turn comes."""

    name: str
    """For error messages: the path as given"""
    open: Callable[[], Source]
    """Raises `LivewatchError` when there is nothing to read"""
    waits: bool = False
    """Whether reading may wait for ever (a pipe): it then happens in a thread, so that Ctrl-C is obeyed"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    failed: int
    """Calls that could not be read to their end"""
    alerts: int
    interrupted: bool
    """By Ctrl-C or SIGTERM"""


class Runner:
    """Runs calls through the pipeline and into the sinks."""

    def __init__(
        self,
        watch: Callable[[Source], Iterator[Event]],
        sinks: Sequence[Sink],
        *,
        paced: bool,
        stop: Stop,
        report: Callable[[str, Exception], None],
        tick: Callable[[Tick], None] | None = None,
    ) -> None:
        """Take the pipeline for one call and the sinks, which `run` closes.

        `paced` delivers recordings at their own pace. `report` is told of every call that fails, by name.
        """
        self._watch = watch
        self._sinks = sinks
        self._paced = paced
        self._stop = stop
        self._report = report
        self._tick = tick
        self._failed = 0
        self._alerts = 0

    def run(self, calls: Sequence[Call]) -> Outcome:
        """Run all calls; one that fails is reported and the next goes on.

        After a stop the call under way still gets its last words, its `CallEnded` and its files. Raises what a sink
        raises, except that a reader that has gone away (`BrokenPipeError`) ends the run quietly.
        """
        ticker = Ticker(self._tick, len(calls))
        try:
            for number, call in enumerate(calls):
                if self._stop.requested:
                    break
                ticker.call = number
                self._run(call, ticker)
        except _SinkStoppedError as stopped:
            if not isinstance(stopped.cause, BrokenPipeError):
                raise stopped.cause from None
        finally:
            for sink in self._sinks:
                with suppress(BrokenPipeError):
                    sink.close()
        return Outcome(self._failed, self._alerts, self._stop.requested)

    def _run(self, call: Call, ticker: Ticker) -> None:
        cpu = _cpu_s()
        tap: Tap | None = None
        so_far = _SoFar()
        try:
            source = call.open()
            if self._paced or call.waits:
                source = Fed(source, self._stop, paced=self._paced)
            tap = Tap(source, self._stop, ticker)
            with closing(self._watch(tap)) as events:  # type: ignore[type-var]  # `watch` is a generator
                for event in events:
                    self._emit_all([*tap.notices(ended=isinstance(event, CallEnded)), event], tap, so_far, cpu)
        except _SinkStoppedError:
            raise
        except Exception as error:  # one call's trouble, even a fault in livewatch, must not cost the others
            self._failed += 1
            self._report(call.name, error)
            if tap is not None:
                self._emit_all(so_far.failed(error, tap), tap, so_far, cpu)

    def _emit_all(self, events: Sequence[Event], tap: Tap, so_far: _SoFar, cpu: float) -> None:
        for event in events:
            so_far.note(event)
            self._alerts += isinstance(event, Alert)
            stamp = Stamp(tap.wall_s(), _cpu_s() - cpu)
            for sink in self._sinks:
                try:
                    sink.handle(event, stamp)
                except Exception as error:
                    raise _SinkStoppedError(error) from error


class _SinkStoppedError(Exception):
    """A sink cannot go on: unlike a call's trouble, this ends the run."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _SoFar:
    """What is known of a call, for the `CallEnded` that a failing pipeline no longer gives."""

    def __init__(self) -> None:
        self._ended: CallEnded | None = None
        self._open = False

    def note(self, event: Event) -> None:
        match event:
            case CallStarted():
                self._open, self._ended = True, CallEnded(event.call, 0, Level.NONE, 0, 0)
            case CallEnded():
                self._open = False
            case _ if self._ended is not None:
                level = event.level if isinstance(event, Alert | RiskUpdate) else Level.NONE
                self._ended = replace(
                    self._ended,
                    level=max(self._ended.level, level, key=lambda each: each.rank),
                    alerts=self._ended.alerts + isinstance(event, Alert),
                )

    def failed(self, error: Exception, tap: Tap) -> list[Event]:
        if self._ended is None or not self._open:
            return []
        message = error.message if isinstance(error, LivewatchError) else str(error)
        return [
            *tap.notices(ended=True),
            Notice(tap.heard, FAILED, message),
            replace(self._ended, at=tap.heard, lost=tap.lost),
        ]


def _cpu_s() -> float:
    """CPU seconds of this process and of the decoders it has started and waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
