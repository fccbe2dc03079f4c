"""Vosk: a small streaming recogniser (Kaldi). Fed through the speech gate, its JSON never leaves this module."""

from __future__ import annotations

import importlib
import json
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, NoReturn, Protocol

import numpy as np

from livewatch.engines.vosk_clock import Clock
from livewatch.engines.vosk_model import HINT, check_folder
from livewatch.errors import EngineError, ModelError
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Samples, Side, Word

FRAME = SAMPLE_RATE // 50
"""Samples per decision of the speech gate: 20 ms"""
STEP = SAMPLE_RATE // 5
"""Samples per feed: Vosk decodes in steps of 0.2 s and looks for the end of an utterance after each feed"""
PRE_ROLL = 20
"""Frames kept while nothing is fed: 0.4 s, of which at least 0.3 s lie before an onset"""
ONSET = 4
"""Speech frames among them that start the feeding"""
TAIL = 110
"""Silent frames fed after speech before we end the utterance ourselves: 2.2 s. Vosk itself waits 0.5 to 2 s"""
SHORT_TAIL = 30
"""The same where less than `LEAST` was speech: a click, a breath"""
LEAST = 15
"""Speech frames that an utterance must have to be believed: 0.3 s. Kaldi hears "the" in noise"""
RECYCLE = 300 * SAMPLE_RATE
"""Samples fed before the recogniser is made anew at the end of an utterance: Kaldi's memory grows"""
SLOWEST = 6 * SAMPLE_RATE // 10
"""Longest guess for a word whose time is not known yet: 0.6 s"""
UNTIMED_CONFIDENCE = 0.5
"""Of words too new for Vosk to have weighed them"""

SETTLED = 10
"""Silent frames after which the end of an utterance also ends the feeding: 0.2 s"""


class Recogniser(Protocol):
    """What is used of vosk.KaldiRecognizer."""

    def AcceptWaveform(self, data: bytes) -> int: ...  # noqa: D102, N802 - Vosk's names
    def PartialResult(self) -> str: ...  # noqa: D102, N802
    def Result(self) -> str: ...  # noqa: D102, N802
    def FinalResult(self) -> str: ...  # noqa: D102, N802
    def SetPartialWords(self, enable_partial_words: bool) -> None: ...  # noqa: D102, N802


def open_engine(model: Path) -> VoskEngine:
    """Load the Vosk model in the folder `model`. Raises `ModelError` or, when Vosk itself is missing, `EngineError`."""
    check_folder(model)
    try:
        vosk = import_vosk()
    except (ImportError, OSError, TypeError) as error:
        raise EngineError("engine-missing", f"Vosk cannot be loaded ({error}).", "Type: pip install vosk") from error
    vosk.SetLogLevel(-1)
    try:
        loaded = vosk.Model(str(model))
    except Exception as error:  # vosk raises plain Exception
        raise ModelError("model-damaged", f"Vosk refuses the model {model}: it is damaged.", HINT) from error

    def recogniser() -> Recogniser:
        made = vosk.KaldiRecognizer(loaded, SAMPLE_RATE)
        made.SetWords(True)
        return made

    return VoskEngine(model.resolve().name, recogniser)


def import_vosk() -> ModuleType:
    """Import the package, which pulls in an HTTP library; that would bind a socket to ::1 to see whether it can."""
    before, socket.has_ipv6 = socket.has_ipv6, False
    try:
        return importlib.import_module("vosk")
    finally:
        socket.has_ipv6 = before


class VoskEngine:
    """See `livewatch.engines.engine.Engine`."""

    name = "vosk"
    can_verify = False
    memory_s = 0.0

    def __init__(self, model: str, recogniser: Callable[[], Recogniser]) -> None:
        """`recogniser` makes a fresh recogniser on the loaded model, at 16 kHz, with words and times in its results."""
        self.model = model
        self._recogniser: Callable[[], Recogniser] | None = recogniser

    def open(self) -> VoskSession:
        """Begin a call. Raises `EngineError` after `close`."""
        if self._recogniser is None:
            raise EngineError("engine-closed", "The recogniser vosk has been closed.")
        return VoskSession(self._recogniser)

    def close(self) -> None:
        """Let go of the model; its memory is freed with the last session."""
        self._recogniser = None


class _Frame(NamedTuple):
    samples: Samples
    start: int
    speech: bool


class VoskSession:
    """See `livewatch.engines.engine.Session`.

    Speech is fed in steps of 0.2 s counted from the onset, whatever the sizes of the chunks; silence is fed until the
    utterance has ended, and then nothing is until the next onset. `Hypothesis.at` is the end of the 20 ms frame that
    completed the step.
    """

    def __init__(self, recogniser: Callable[[], Recogniser]) -> None:
        self._make = recogniser
        self._recogniser = recogniser()
        self._clock = Clock()
        self._waiting: deque[_Frame] = deque(maxlen=PRE_ROLL)
        self._step: list[Samples] = []
        self._pending = 0  # samples in _step
        self._feeding = False
        self._silent = 0  # frames since the last speech frame
        self._speech = 0  # speech frames of the open utterance
        self._onset = 0  # sample index of the first of them
        self._known: tuple[Word, ...] = ()
        self._stable = 0
        self._shown = False  # whether the open utterance has had a hypothesis
        self._number = 0
        self._at = 0
        self._side: Side = "any"
        self._finished = False

    def accept(self, chunk: AudioChunk) -> Iterator[Hypothesis]:
        """Take marked sound. Raises `EngineError` when Vosk fails."""
        if self._finished:
            return
        self._side = chunk.side
        for first in range(0, len(chunk.samples), FRAME):
            frame = _Frame(chunk.samples[first : first + FRAME], chunk.start + first, bool(chunk.speech))
            self._at = frame.start + len(frame.samples)
            yield from self._hear(frame)

    def finish(self) -> Iterator[Hypothesis]:
        """End of the call: the last utterance, if one is open."""
        if not self._finished and self._feeding:
            yield from self._close()
        self._finished = True

    def score(self, words: Sequence[str], span: tuple[int, int]) -> NoReturn:
        """Vosk cannot: raises `EngineError`."""
        raise EngineError(
            "engine-cannot", "The recogniser vosk has no second listen.", "Use --engine moonshine for it."
        )

    def _hear(self, frame: _Frame) -> Iterator[Hypothesis]:
        if self._feeding:
            yield from self._feed(frame)
        else:
            self._waiting.append(frame)
            if sum(waiting.speech for waiting in self._waiting) < ONSET:
                return
            self._feeding = True
            for waiting in self._waiting:
                yield from self._feed(waiting)
            self._waiting.clear()
        if self._feeding and self._silent >= (TAIL if self._speech >= LEAST else SHORT_TAIL):
            yield from self._close()

    def _feed(self, frame: _Frame) -> Iterator[Hypothesis]:
        if frame.speech and not self._speech:
            self._onset = frame.start
        self._silent = 0 if frame.speech else self._silent + 1
        self._speech += frame.speech
        self._clock.feed(frame.start, len(frame.samples))
        self._step.append(frame.samples)
        self._pending += len(frame.samples)
        if self._pending >= STEP:
            if self._decode():
                yield from self._end(self._recogniser.Result)
                self._feeding = self._silent < SETTLED
            else:
                yield from self._partial()

    def _decode(self) -> bool:
        """Feed what is pending; whether Vosk hears the end of an utterance."""
        data = np.concatenate(self._step).tobytes()
        self._step, self._pending = [], 0
        return bool(_guard(self._recogniser.AcceptWaveform, data))

    def _close(self) -> Iterator[Hypothesis]:
        """End the utterance ourselves."""
        if self._step:
            self._decode()
        yield from self._end(self._recogniser.FinalResult)
        self._feeding = False
        self._recycle()

    def _end(self, result: Callable[[], str]) -> Iterator[Hypothesis]:
        words = self._place(_ask(result).get("result", []))
        if self._speech >= LEAST and (words or self._shown):
            yield Hypothesis(words, len(words), True, self._number, self._at, self._side)
            self._number += 1
        self._known, self._stable, self._shown, self._speech = (), 0, False, 0
        self._clock.forget()
        if self._clock.fed >= RECYCLE:
            self._recycle()

    def _partial(self) -> Iterator[Hypothesis]:
        if self._speech < LEAST:
            return
        texts = str(_ask(self._recogniser.PartialResult).get("partial", "")).split()
        before = [word.text for word in self._known]
        stable = _agreed(before, texts)
        if texts == before and stable == self._stable:
            return
        if texts != before:
            self._known = self._time(texts)
        self._stable, self._shown = stable, True
        yield Hypothesis(self._known, stable, False, self._number, self._at, self._side)

    def _time(self, texts: list[str]) -> tuple[Word, ...]:
        """Give the words of Vosk's plain partial their times.

        Its timed partials come in bursts of 4 or 5 words (alphacep/vosk-api#1224), as only what is determinised, up to
        60 frames of 30 ms behind, has times. So the newest words get times that are right to about a step.
        """
        self._recogniser.SetPartialWords(True)
        timed = _ask(self._recogniser.PartialResult).get("partial_result", [])
        self._recogniser.SetPartialWords(False)
        words = list(self._place(timed[: _agreed([str(entry["word"]) for entry in timed], texts)]))
        kept = _agreed([word.text for word in self._known], texts)
        for word in self._known[len(words) : kept]:  # guessed before the words ahead of them were timed
            start = max(word.start, words[-1].end if words else 0)
            words.append(replace(word, start=start, end=max(start + 1, word.end)))
        fresh = texts[len(words) :]
        if not fresh:
            return tuple(words)
        floor = words[-1].end if words else self._onset
        end = max(self._at - self._silent * FRAME, floor + len(fresh))
        length = min(SLOWEST, (end - floor) // len(fresh))
        first = end - length * len(fresh)
        spans = ((first + i * length, first + (i + 1) * length) for i in range(len(fresh)))
        words.extend(Word(text, *span, UNTIMED_CONFIDENCE) for text, span in zip(fresh, spans, strict=True))
        return tuple(words)

    def _place(self, entries: list[dict[str, Any]]) -> tuple[Word, ...]:
        """Put Vosk's words, whose seconds count what it was fed, on the call's time line, without overlap."""
        words: list[Word] = []
        last = 0
        for entry in entries:
            start = max(last, self._clock.start(round(entry["start"] * SAMPLE_RATE)))
            last = max(start + 1, min(self._at, self._clock.end(round(entry["end"] * SAMPLE_RATE))))
            words.append(Word(str(entry["word"]), start, last, min(1.0, max(0.0, float(entry["conf"])))))
        return tuple(words)

    def _recycle(self) -> None:
        self._recogniser = self._make()
        self._clock = Clock()


def _agreed(one: list[str], other: list[str]) -> int:
    """Length of the common beginning."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _guard(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except Exception as error:  # vosk raises plain Exception
        raise EngineError("engine-failed", f"Vosk failed: {error}.", "Type: livewatch models check") from error


def _ask(call: Callable[[], str]) -> dict[str, Any]:
    answer = _guard(call)
    return _guard(json.loads, answer)
