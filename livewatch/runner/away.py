"""Recordings watched on other computers: what happened comes back, to be shown where the run was started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from livewatch.assembly import Kit
from livewatch.errors import LivewatchError
from livewatch.events import CallEnded, CallStarted, Event
from livewatch.runner.run import Call, Runner
from livewatch.runner.stop import Stop
from livewatch.settings import Settings
from livewatch.sinks.progress import Tick
from livewatch.sinks.sink import Stamp


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording to be watched elsewhere. Satisfies `livewatch.tuning.work.executor.Task`."""

    id: str
    """The path as given: the name of the call"""
    audio: Path
    """Absolute, and the same on all computers"""
    duration_s: float | None = None
    """Not known yet"""
    words: int = 0
    """Of a text; this is none"""

    @property
    def place(self) -> str:
        """For problems: the path as given."""
        return self.id


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a run of one recording would have shown."""

    events: tuple[tuple[Event, Stamp], ...]
    """In order. The stamps are of the computer that watched"""
    errors: tuple[LivewatchError, ...]
    """Why the recording could not be watched to its end"""


class Recorder:
    """Watches one recording after the other, as `replay` does, and keeps what happens."""

    def __init__(self, settings: Settings) -> None:
        """Load the recogniser and the phrase book. Raises `EngineError`, `ModelError` and `PhraseError`."""
        self._kit = Kit(settings, live=False)

    def __call__(self, recording: Recording, stopped: Callable[[], bool]) -> Heard:
        """Watch `recording` to its end. Whatever goes wrong is in the result."""
        notes = _Notes(recording.id)
        stop = Stop()

        def look(_: Tick) -> None:
            stop.requested = stop.requested or stopped()

        call = Call(recording.id, partial(self._kit.open, recording.audio))
        Runner(self._kit.watch, [notes], paced=False, stop=stop, report=notes.failed, tick=look).run([call])
        return Heard(tuple(notes.events), tuple(notes.errors))


class _Notes:
    """Keeps the events of one call. Satisfies `Sink`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.events: list[tuple[Event, Stamp]] = []
        self.errors: list[LivewatchError] = []

    def handle(self, event: Event, stamp: Stamp) -> None:
        if isinstance(event, CallStarted | CallEnded):
            event = replace(event, call=self._name)  # not by the path that was needed to find it there
        self.events.append((event, stamp))

    def close(self) -> None:
        pass

    def failed(self, name: str, error: Exception) -> None:
        if not isinstance(error, LivewatchError):  # others may not survive the way back
            message = f"{name}: something unexpected went wrong ({type(error).__name__}: {error})."
            error = LivewatchError("unexpected", message, "Please report it.")
        self.errors.append(error)
