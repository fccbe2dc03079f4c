"""A recogniser at work, with somebody who writes down what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from livewatch.engines.engine import Engine, Session
from livewatch.events import AudioChunk, Hypothesis, Side
from livewatch.tuning.cache.heard import Asked, Heard, asked


class NotingEngine:
    """Hears one call through another recogniser. Satisfies `Engine`."""

    def __init__(self, engine: Engine) -> None:
        """`engine` stays the caller's: `close` does not close it."""
        self.name = engine.name
        self.model = engine.model
        self.can_verify = engine.can_verify
        self.memory_s = engine.memory_s
        self.said: list[tuple[Side, Hypothesis]] = []
        self.scores: dict[Asked, float] = {}
        self._engine = engine

    def open(self) -> _NotingSession:
        """See `Engine`."""
        return _NotingSession(self, self._engine.open())

    def close(self) -> None:
        """Nothing is held."""

    def heard(self, audio: int, damage: Sequence[str]) -> Heard:
        """Return what was written down of a call of `audio` samples; `damage` as in `Heard`."""
        return Heard(
            self.name,
            self.model,
            self.can_verify,
            self.memory_s,
            audio,
            tuple(damage),
            tuple(self.said),
            self.scores,
        )


class _NotingSession:
    """Satisfies `Session`."""

    def __init__(self, notes: NotingEngine, session: Session) -> None:
        self._notes = notes
        self._session = session
        self._track: Side = "any"
        self._count = 0

    def accept(self, chunk: AudioChunk) -> Iterator[Hypothesis]:
        """See `Session`."""
        self._track = chunk.side
        yield from self._note(self._session.accept(chunk))

    def finish(self) -> Iterator[Hypothesis]:
        """See `Session`."""
        yield from self._note(self._session.finish())

    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        """See `Session`."""
        score = self._session.score(words, span)
        self._notes.scores[asked(self._track, self._count, words, span)] = score
        return score

    def _note(self, hypotheses: Iterable[Hypothesis]) -> Iterator[Hypothesis]:
        for hypothesis in hypotheses:
            self._count += 1
            self._notes.said.append((self._track, hypothesis))
            yield hypothesis
