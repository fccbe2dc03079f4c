"""Watches one labelled call after the other, through the very pipeline of `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from msgspec import structs

from livewatch.assembly import Kit
from livewatch.audio.source import Source
from livewatch.engines.scripted import ScriptedEngine
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE, AudioChunk
from livewatch.phrases.gist import Gist
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult, collect

_STEP = 10 * SAMPLE_RATE
"""Samples of silence under a text at a time; a stopped run is noticed that often"""


class CallWatcher:
    """Watches calls with the same recogniser, phrase book and rules. Satisfies `executor.Watcher`."""

    def __init__(self, settings: Settings, gist: Gist | None = None) -> None:
        """Load the phrase book; the recogniser waits for the first recording. Raises `PhraseError`.

        `gist` takes the place of the packaged one.
        """
        self._settings = settings
        self._gist = gist
        # Kits of their own for text and for sound: text alone must not load a recogniser.
        self._text_kit = Kit(
            structs.replace(settings, engine=structs.replace(settings.engine, name="scripted")), live=False, gist=gist
        )
        self._sound_kit: Kit | LivewatchError | None = None
        self.problems = tuple(
            Problem(f"{problem.file}:{problem.line}", "phrase-list", problem.message, problem.suggestion)
            for problem in self._text_kit.book_problems
        )
        """Lines of the phrase lists that cannot be used"""

    def __call__(self, call: LabelledCall, stopped: Callable[[], bool]) -> CallResult | Problem:
        """Watch `call` to its end. Whatever goes wrong becomes a `Problem` that names it."""
        try:
            return (
                self._watch_text(call, stopped) if call.audio is None else self._watch_sound(call.audio, call, stopped)
            )
        except _StoppedError:
            return Problem(call.place, "stopped", "The run was stopped during this call.")
        except LivewatchError as error:
            return Problem(call.place, error.code, error.message, error.hint)
        except Exception as error:  # even a fault in livewatch must not cost the other calls
            said = f"The call {call.id!r} failed unexpectedly ({type(error).__name__}: {error})."
            return Problem(call.place, "unexpected", said, "Please report it.")

    def _watch_text(self, call: LabelledCall, stopped: Callable[[], bool]) -> CallResult:
        engine = ScriptedEngine.from_turns(call.turns)
        return collect(call, self._text_kit.watch(_Stoppable(_Silence(call.id, engine.duration), stopped), engine))

    def _watch_sound(self, path: Path, call: LabelledCall, stopped: Callable[[], bool]) -> CallResult:
        kit = self._open_sound_kit()
        source = kit.open(path)
        result = collect(call, kit.watch(_Stoppable(source, stopped)))
        return replace(result, damage=tuple(getattr(source, "problems", ())))  # only recordings can be damaged

    def _open_sound_kit(self) -> Kit:
        """Open the recogniser, once; what went wrong then goes wrong again for every call, but at once."""
        if self._sound_kit is None:
            try:
                self._sound_kit = Kit(self._settings, live=False, gist=self._gist)
            except LivewatchError as error:
                self._sound_kit = error
        if isinstance(self._sound_kit, LivewatchError):
            raise self._sound_kit
        return self._sound_kit


class _StoppedError(Exception):
    """The run was stopped."""


class _Stoppable:
    """A source that gives up soon after the run was stopped. Satisfies `Source`."""

    def __init__(self, source: Source, stopped: Callable[[], bool]) -> None:
        self.name = source.name
        self.duration = source.duration
        self._source = source
        self._stopped = stopped

    def __iter__(self) -> Iterator[AudioChunk]:
        for chunk in self._source:
            if self._stopped():
                raise _StoppedError
            yield chunk


class _Silence:
    """The sound under a text: `duration` samples of nothing, all of it marked as speech. Satisfies `Source`."""

    def __init__(self, name: str, duration: int) -> None:
        self.name = name
        self.duration: int | None = duration
        self._size = duration

    def __iter__(self) -> Iterator[AudioChunk]:
        for start in range(0, self._size, _STEP):
            size = min(_STEP, self._size - start)
            yield AudioChunk(np.broadcast_to(np.int16(0), (size,)), start, speech=True)  # takes no memory
