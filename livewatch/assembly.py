"""Puts the parts together, once per process, as the settings say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from livewatch.audio.source import Source
from livewatch.audio.speech import SpeechGate
from livewatch.engines import scripted
from livewatch.engines.engine import Engine
from livewatch.engines.models import Installed, ModelStore
from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, AudioChunk, Event, Match
from livewatch.phrases.book import Book, LoadedBook, Problem
from livewatch.phrases.gist import Gist
from livewatch.phrases.sound import MOST_DISTANCE, STRICT_DISTANCE
from livewatch.pipeline import watch
from livewatch.risk.judge import Judge, load_rules
from livewatch.settings import EngineSettings, Settings


class Kit:
    """Everything that calls share: the recogniser, the phrase book, the rules. Used from one thread at a time."""

    def __init__(
        self, settings: Settings, *, live: bool, gist: Gist | None = None, loaded: LoadedBook | None = None
    ) -> None:
        """Load everything. Raises `EngineError`, `ModelError` and `PhraseError`.

        `live` looks at sentences while they are spoken, to warn early; else only at their end, which costs less.
        `gist` takes the place of the packaged one, `loaded` that of the lists and the gist.
        """
        with ThreadPoolExecutor(1) as other:  # half of opening a recogniser is done outside of Python, 0.3 s
            opening = other.submit(open_engine, settings.engine, live=live)
            loaded = loaded or load_book(settings, gist)
        self.book_problems: tuple[Problem, ...] = loaded.problems
        """Lines of the phrase lists that cannot be used"""
        self._settings = settings
        self.book = loaded.book
        """What is listened for"""
        risk = settings.risk
        self._rules = load_rules(caution_points=risk.caution_points, danger_points=risk.danger_points)
        self.engine, self.choice = opening.result()
        """The recogniser, and in a few words why it is this one ("" where it was asked for by name)"""

    def open(self, path: Path) -> Source:
        """Open a recording; with the scripted recogniser, a text. Raises `AudioError` or `EngineError`."""
        if self.engine.name == "scripted":
            return Script(path)
        from livewatch.audio.file import open_recording  # noqa: PLC0415 - decoders are not needed for text

        return open_recording(path, caller=self._settings.replay.caller)

    def judge(self) -> Judge:
        """Return a judge for one call."""
        return Judge(self._rules)

    def watch(
        self,
        source: Source,
        engine: Engine | None = None,
        judge: Judge | None = None,
        before: Iterable[Match] = (),
        book: Book | None = None,
    ) -> Iterator[Event]:
        """Watch one call, with fresh state; `engine` and `book` in place of the kit's own; others as in `pipeline`."""
        if engine is None:
            engine = scripted.open_engine(Path(source.name)) if self.engine.name == "scripted" else self.engine
        new_gate = partial(SpeechGate, self._settings.speech.aggressiveness)
        spotter = (book or self.book).spotter(self._by_sound(engine))
        return watch(source, engine, new_gate, spotter, judge or self.judge(), before=before)

    def _by_sound(self, engine: Engine) -> float | None:
        """How far phrases may be from what `engine` writes: little where nobody listens again, not at all in texts."""
        if engine.name == "scripted" or "en" not in self._settings.phrases.languages:
            return None
        return MOST_DISTANCE if engine.can_verify else STRICT_DISTANCE

    def close(self) -> None:
        """Free the recogniser."""
        self.engine.close()


def load_book(settings: Settings, gist: Gist | None = None) -> LoadedBook:
    """Read the phrase lists of the settings; `gist` takes the place of the packaged one. Raises `PhraseError`."""
    files = [Path(file) for file in settings.phrases.files]
    return Book.load(files, languages=settings.phrases.languages, gist=gist)


def open_engine(settings: EngineSettings, *, live: bool) -> tuple[Engine, str]:
    """Open the recogniser that the settings name, and say in a few words why it is this one ("" if named).

    `auto` takes Vosk where a Vosk model is installed, else Moonshine. What was asked for by name is never replaced.
    """
    if settings.name == "scripted":
        return scripted.ScriptedEngine([]), ""
    if settings.name == "moonshine":
        return _moonshine(settings, live=live), ""
    if settings.name == "vosk" or settings.vosk_model:
        return _vosk(_vosk_model(settings)), ""
    model = ModelStore().find("vosk")
    if model is None:
        return _moonshine(settings, live=live), "no Vosk model is installed"
    try:
        return _vosk(model.path), "its model is installed"
    except EngineError as error:
        return _moonshine(settings, live=live), f"Vosk cannot be used ({error.message})"


def _moonshine(settings: EngineSettings, *, live: bool) -> Engine:
    from livewatch.engines import moonshine  # noqa: PLC0415 - loads onnxruntime, 0.1 s

    return moonshine.open_engine(update_every_s=settings.update_every_s if live else None, threads=settings.threads)


def _vosk(model: Path) -> Engine:
    from livewatch.engines import vosk  # noqa: PLC0415 - only when it was asked for

    return vosk.open_engine(model)


def _vosk_model(settings: EngineSettings) -> Path:
    """Find the folder of the model to use. Raises `ModelError` saying how to get one."""
    store = ModelStore()
    if settings.vosk_model:
        folder = Path(settings.vosk_model).expanduser()
        return folder if folder.is_dir() else store.path(settings.vosk_model)
    found: Installed | None = store.find("vosk")
    if found is not None:
        return found.path
    return store.path(next(pin.name for pin in store.pins() if pin.engine == "vosk"))


class Script:
    """Silence as long as a script's words take: the sound under the scripted recogniser. Satisfies `Source`."""

    def __init__(self, path: Path) -> None:
        """Read the script. Raises `EngineError`."""
        self.name = str(path)
        self.duration: int | None = scripted.open_engine(path).duration

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield silence, a tenth of a second at a time."""
        step = SAMPLE_RATE // 10
        length = self.duration or 0
        for start in range(0, length, step):
            yield AudioChunk(np.zeros(min(step, length - start), np.int16), start)
