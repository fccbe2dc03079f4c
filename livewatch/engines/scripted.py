"""A recogniser that reads its words from a text: everything behind it can be run without sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from livewatch.engines.script import SIDES, Pace, Utterance, read_script
from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Side, Word

TICK = 3 * SAMPLE_RATE // 10
"""Samples between two partial hypotheses: 0.3 s"""


def open_engine(path: Path) -> ScriptedEngine:
    """Read the words from the text file `path` (see `read_script`). Raises `EngineError` with file, line and cure."""
    return ScriptedEngine(read_script(path), path.name)


class ScriptedEngine:
    """See `livewatch.engines.engine.Engine`. `duration` says how long a (silent) source must be for all to be said."""

    name = "scripted"
    can_verify = False
    memory_s = 0.0

    def __init__(self, utterances: Sequence[Utterance], model: str = "text") -> None:
        """`utterances` follow each other without overlap. Raises `EngineError` otherwise."""
        for one, other in pairwise(utterances):
            if other.words[0].start < one.end:
                raise EngineError(
                    "script-order", f"{other.words[0].text!r} is said before {one.words[-1].text!r} has ended."
                )
        self.utterances = tuple(utterances)
        self.model = model
        self.duration = self.utterances[-1].end if self.utterances else 0
        """Samples: the end of the last word"""

    @classmethod
    def from_turns(cls, turns: Sequence[tuple[str, str]], model: str = "text") -> ScriptedEngine:
        """From (speaker, text) pairs, 2.7 words a second without pauses. Long turns become several utterances.

        The speaker `caller` is the caller; `me`, `callee`, `user` and `receiver` are the person called; every other
        name may be either. Case does not matter. Turns without words are left out.
        """
        pace = Pace()
        for speaker, text in turns:
            pace.say(text, SIDES.get(speaker.strip().lower(), "any"))
        return cls(pace.utterances, model)

    @classmethod
    def from_text(cls, text: str, model: str = "text") -> ScriptedEngine:
        """From running text of nobody in particular."""
        return cls.from_turns([("", text)], model)

    def open(self) -> ScriptedSession:
        """Begin at the first word."""
        return ScriptedSession(self.utterances)

    def close(self) -> None:
        """Nothing to free."""


class ScriptedSession:
    """See `livewatch.engines.engine.Session`. `Hypothesis.at` is the moment itself, whatever the chunks' sizes."""

    def __init__(self, utterances: tuple[Utterance, ...]) -> None:
        self._utterances = utterances
        self._number = 0
        self._tick = 0
        self._shown: tuple[Word, ...] = ()
        self._at = 0
        self._side: Side = "any"
        self._finished = False

    def accept(self, chunk: AudioChunk) -> Iterator[Hypothesis]:
        """Say what is due up to the end of `chunk`; its sound is not looked at."""
        if self._finished:
            return
        self._at, self._side = chunk.end, chunk.side
        while self._number < len(self._utterances):
            utterance = self._utterances[self._number]
            at = min(utterance.words[0].start + (self._tick + 1) * TICK, utterance.end)
            if at > self._at:
                return
            self._tick += 1
            if at == utterance.end:
                yield self._hypothesis(utterance, utterance.words, at, final=True)
                self._next()
                continue
            words = tuple(word for word in utterance.words if word.end <= at)
            if words != self._shown:
                self._shown = words
                yield self._hypothesis(utterance, words, at, final=False)

    def finish(self) -> Iterator[Hypothesis]:
        """End of the call: the words of the open utterance that have ended."""
        if not self._finished and self._number < len(self._utterances):
            utterance = self._utterances[self._number]
            words = tuple(word for word in utterance.words if word.end <= self._at)
            if words or self._shown:
                yield self._hypothesis(utterance, words, self._at, final=True)
        self._finished = True

    def score(self, words: Sequence[str], span: tuple[int, int]) -> NoReturn:
        """There is no sound to listen to: raises `EngineError`."""
        raise EngineError(
            "engine-cannot", "The recogniser scripted has no second listen.", "Use --engine moonshine for it."
        )

    def _hypothesis(self, utterance: Utterance, words: tuple[Word, ...], at: int, *, final: bool) -> Hypothesis:
        stable = len(words) if final else max(0, len(words) - 1)
        side = self._side if utterance.side == "any" else utterance.side
        return Hypothesis(words, stable, final, self._number, at, side)

    def _next(self) -> None:
        self._number, self._tick, self._shown = self._number + 1, 0, ()
