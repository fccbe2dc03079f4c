"""A recording heard again without its sound: everything is said as the recogniser said it, revision by revision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from livewatch.errors import EngineError
from livewatch.events import AudioChunk, Hypothesis, Side
from livewatch.tuning.cache.heard import Heard, asked


class NotHeardError(Exception):
    """The second listen is asked something that it was not asked before: only the recording has the answer."""


class CachedEngine:
    """Says once more what a recogniser said of one recording. Satisfies `Engine`; needs no sound, only its length."""

    def __init__(self, heard: Heard) -> None:
        self.name = heard.engine
        self.model = heard.model
        self.can_verify = heard.can_verify
        self.memory_s = heard.memory_s
        self._heard = heard
        self._place = _Place()

    def open(self) -> CachedSession:
        """See `Engine`."""
        return CachedSession(self._heard, self._place_of)

    def close(self) -> None:
        """Nothing is held."""

    def _place_of(self, track: Side) -> _Place:
        """Sessions of the tracks of one call go through the record together; another call begins anew."""
        if track in self._place.tracks:
            self._place = _Place()
        self._place.tracks.add(track)
        return self._place


class CachedSession:
    """One track of the record. Satisfies `Session`."""

    def __init__(self, heard: Heard, place_of: Callable[[Side], _Place]) -> None:
        self._heard = heard
        self._place_of = place_of
        self._place: _Place | None = None
        self._track: Side = "any"
        self._numbers: list[int] = []
        """Places of this track in the record"""
        self._count = 0
        self._at = 0
        self._finished = False

    def accept(self, chunk: AudioChunk) -> Iterator[Hypothesis]:
        """Say what was said up to the end of `chunk`, and not before the other track has said what came earlier."""
        if self._finished:
            return
        if self._place is None:
            self._track, self._place = chunk.side, self._place_of(chunk.side)
            self._numbers = [number for number, one in enumerate(self._heard.said) if one[0] == chunk.side]
        self._at = chunk.end
        while self._due() and self._numbers[self._count] == self._place.next:
            yield self._say(self._place)

    def finish(self) -> Iterator[Hypothesis]:
        """Say what is left of the sound that was delivered."""
        self._finished = True
        while self._place is not None and self._due():
            yield self._say(self._place)

    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        """Answer as before. Raises `NotHeardError` where this was not asked at this moment."""
        if not self._heard.can_verify:
            raise EngineError("engine-cannot", f"The recogniser {self._heard.engine} has no second listen.")
        score = self._heard.scores.get(asked(self._track, self._count, words, span))
        if score is None:
            raise NotHeardError
        return score

    def _due(self) -> bool:
        return self._count < len(self._numbers) and self._heard.said[self._numbers[self._count]][1].at <= self._at

    def _say(self, place: _Place) -> Hypothesis:
        number = self._numbers[self._count]
        self._count += 1
        place.next = number + 1
        return self._heard.said[number][1]


@dataclass(slots=True)
class _Place:
    """How far the record was read."""

    next: int = 0
    tracks: set[Side] = field(default_factory=set)
    """Those whose sessions read in it"""


class SilentSource:
    """The sound under a record, in pieces that end where something was said: all comes in its order. See `Source`."""

    def __init__(self, name: str, heard: Heard) -> None:
        self.name = name
        self.duration: int | None = heard.audio
        self._heard = heard

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield silence that counts as speech: no speech gate looks at it."""
        ends: dict[Side, int] = {}
        last: Side = "any"
        for last, hypothesis in self._heard.said:
            yield _silence(ends, last, hypothesis.at)
        yield _silence(ends, last, self._heard.audio)


def _silence(ends: dict[Side, int], track: Side, end: int) -> AudioChunk:
    start = ends.get(track, 0)
    ends[track] = end = max(start, end)
    return AudioChunk(np.broadcast_to(np.int16(0), (end - start,)), start, speech=True, side=track)  # takes no memory
