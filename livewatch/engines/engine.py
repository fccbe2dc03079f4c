"""The recogniser protocol: an `Engine` is loaded once, a `Session` holds one call's state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from livewatch.events import AudioChunk, Hypothesis


class Session(Protocol):
    """One call (or one side of it) being recognised. Used from one thread at a time."""

    def accept(self, chunk: AudioChunk) -> Iterable[Hypothesis]:
        """Take sound that the speech gate has marked (`chunk.speech` is set) and yield what is newly known.

        Chunks come in order; their sizes do not change the words. Silence yields nothing, except the final
        hypothesis of an utterance that it ends. Raises `EngineError` when the recogniser fails.
        """
        ...

    def finish(self) -> Iterable[Hypothesis]:
        """End of the call: yield the final hypothesis of what is still open. Later calls yield nothing."""
        ...

    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        """The second listen: how well `words` fit the sound of `span`, against what was recognised there.

        `span` is a pair of sample indices in the last `Engine.memory_s` seconds of the call. Returns a natural-log
        ratio: 0 fits as well as what was recognised, below about -10 it was not said, and -inf when the span is no
        longer in memory. Raises `EngineError` where `Engine.can_verify` is False.
        """
        ...


class Engine(Protocol):
    """A recogniser with its model loaded. Sessions are independent of each other."""

    name: str
    """moonshine, vosk or scripted"""
    model: str
    """Name of the model, for the events and the doctor"""
    can_verify: bool
    """Whether sessions can `score` given words against the sound"""
    memory_s: float
    """Seconds of sound that `score` can look back at; 0 where it cannot"""

    def open(self) -> Session:
        """A fresh session for one call, starting at sample 0."""
        ...

    def close(self) -> None:
        """Free the model. Sessions that are still open must not be used afterwards."""
        ...
