"""Watches one labelled call after the other, through the very pipeline of `replay`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from msgspec import structs

from livewatch.assembly import Kit, load_book
from livewatch.audio.source import Source
from livewatch.engines.engine import Engine
from livewatch.engines.scripted import ScriptedEngine
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE, AudioChunk
from livewatch.phrases.book import LoadedBook
from livewatch.phrases.gist import Gist
from livewatch.phrases.speech import load_speech
from livewatch.settings import Settings
from livewatch.tuning.cache.again import CachedEngine, NotHeardError, SilentSource
from livewatch.tuning.cache.calls import CallCache
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.neighbours import Overhearing
from livewatch.tuning.cache.noting import NotingEngine
from livewatch.tuning.cache.sounds import OverheardBook
from livewatch.tuning.cache.spotted import named, nameless
from livewatch.tuning.corpus.manifest import LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult, collect

_STEP = 10 * SAMPLE_RATE
"""Samples of silence under a text at a time; a stopped run is noticed that often"""


class CallWatcher:
    """Watches calls with the same recogniser, phrase book and rules. Satisfies `executor.Watcher`.

    With the cache enabled, a recording that was heard before is not heard again, and every result brings along what is
    to be kept of it (`CallResult.keep`): whoever gathers the results writes it down.
    """

    def __init__(self, settings: Settings, gist: Gist | None = None, loaded: LoadedBook | None = None) -> None:
        """Load the phrase book; the recogniser waits for the first recording. Raises `PhraseError`.

        `gist` takes the place of the packaged one, `loaded` that of the lists and the gist.
        """
        self._settings = settings
        loaded = loaded or load_book(settings, gist)
        self.problems = tuple(
            Problem(f"{problem.file}:{problem.line}", "phrase-list", problem.message, problem.suggestion)
            for problem in loaded.problems
        )
        """Lines of the phrase lists that cannot be used"""
        self.book = tuple(phrase.id for phrase in loaded.book.phrases)
        """Ids of all phrases that are listened for"""
        self._overhearing: Overhearing | None = None
        self._overheard: OverheardBook | None = None
        self.cache: CallCache | None = None
        """What is known of calls; None where the settings want none"""
        if settings.cache.enabled:
            self._overhearing = Overhearing(load_speech(settings.phrases.languages))
            self._overheard = OverheardBook(loaded.book, self._overhearing)
            loaded = replace(loaded, book=self._overheard)
            self.cache = CallCache(settings, loaded.book)
        self._loaded = loaded
        # Kits of their own for text and for sound: text alone must not load a recogniser.
        text = structs.replace(settings, engine=structs.replace(settings.engine, name="scripted"))
        self._text_kit = Kit(text, live=False, loaded=loaded)
        self._sound_kit: Kit | LivewatchError | None = None

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
        source = _Stoppable(_Silence(call.id, engine.duration), stopped)
        return self._noted(self._watch(self._text_kit, call, source, engine), self._key(call), None)

    def _watch_sound(self, path: Path, call: LabelledCall, stopped: Callable[[], bool]) -> CallResult:
        key = self._key(call)
        before = self.cache.heard(key) if self.cache is not None and key is not None else None
        if before is not None:
            with suppress(NotHeardError):  # something new was to be listened to twice: that takes the recording
                source = _Stoppable(SilentSource(str(path), before), stopped)
                result = self._watch(self._text_kit, call, source, CachedEngine(before))
                return self._noted(replace(result, damage=named(before.damage, call)), key, None)
        kit = self._open_sound_kit()
        recording = kit.open(path)
        engine = None if kit.engine.name == "scripted" else NotingEngine(kit.engine)
        result = self._watch(kit, call, _Stoppable(recording, stopped), engine)
        damage = tuple(getattr(recording, "problems", ()))  # only recordings can be damaged
        result = replace(result, damage=damage)
        if engine is None or self.cache is None or (hearing := self.cache.hearing()) is None:
            return result
        if hearing.engine != engine.name:  # another one stands in: what it hears must not go under this one's name
            return result
        heard = engine.heard(result.audio, nameless(damage, call))
        return self._noted(result, key, heard if before is None else heard.joined(before))

    def _watch(self, kit: Kit, call: LabelledCall, source: Source, engine: Engine | None) -> CallResult:
        if self._overhearing is not None and self._overheard is not None:
            self._overhearing.begin()
            self._overheard.thought_of.clear()
        return collect(call, kit.watch(source, engine))

    def _key(self, call: LabelledCall) -> bytes | None:
        """Return what the cache knows `call` by."""
        return None if self.cache is None else self.cache.keys([call])[0]

    def _noted(self, result: CallResult, key: bytes | None, heard: Heard | None) -> CallResult:
        """Add to `result` what is to be kept of it."""
        if self.cache is None or self._overhearing is None or self._overheard is None or key is None:
            return result
        found = self._overhearing.neighbours(), self._overheard.thought_of
        return replace(result, keep=self.cache.entries(key, result, *found, heard))

    def _open_sound_kit(self) -> Kit:
        """Open the recogniser, once; what went wrong then goes wrong again for every call, but at once."""
        if self._sound_kit is None:
            try:
                self._sound_kit = Kit(self._settings, live=False, loaded=self._loaded)
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
