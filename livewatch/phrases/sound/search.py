"""Finding listed phrases in a row of phones, whatever the words were written as: all wordings at once.

The recurrence of `livewatch.phrases.sound.align`, for the graphs of all wordings side by side and one phone heard at a
time. What a wording earns minus what it costs is its score, in the unit of `phones.LENGTH`; chance rarely gives more
than `ear.LEAST_SCORE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.align import EARNED, GAP_COST, Fit, align
from livewatch.phrases.sound.phones import LENGTH, SUBSTITUTION
from livewatch.phrases.sound.pronounce import Pronouncer
from livewatch.phrases.sound.wording import ANYTHING, START, sounded

LEAST_POINTS: Final = 7.0
"""Decibans from which a phrase is worth looking for by sound"""
_LEAST_COST: Final = 450
"""Wordings that cost less to miss altogether sound like too much else: eight phones of the usual kinds"""
_LOST_AT_ONCE: Final = 2
"""Phones of one word that may be lost in a row"""
_TRIED: Final = 6
"""Wordings that are aligned at one word's end, the best first: 0.7 ms each"""
_FAR: Final = 1 << 13
"""More than any cost"""

Costs = npt.NDArray[np.int16]


class Heard(NamedTuple):
    """Where all wordings stand after some phones."""

    costs: Costs
    """By state of all wordings: cost minus earnings of the best way there"""
    junctions: Costs
    """By junction: the least of the states that end there"""


class Near(NamedTuple):
    """A phrase that sounds like what was just heard."""

    phrase: Phrase
    fit: Fit


class SoundIndex:
    """All phrases worth it, as phones. Immutable; shared by all calls."""

    def __init__(self, phrases: Iterable[Phrase], pronouncer: Pronouncer) -> None:
        wordings = [
            sounded(phrase, wording, pronouncer)
            for phrase in phrases
            if phrase.points >= LEAST_POINTS
            for wording in phrase.say
        ]
        self._wordings = [one for one in wordings if one.shortest >= _LEAST_COST]
        self._lay_out()

    def __len__(self) -> int:
        return len(self._wordings)

    def _lay_out(self) -> None:
        """Put the states of all wordings one after the other, with junctions between words."""
        codes: list[int] = []
        first: list[int] = []
        junction_of_first: list[int] = []
        junctions: dict[tuple[int, ...], int] = {}
        ends: list[int] = []
        self._owner: list[int] = []
        for number, wording in enumerate(self._wordings):
            base = len(codes)
            codes += wording.phones
            for state, before in enumerate(wording.before):
                if wording.begins[state]:
                    key = tuple(base + one if one != START else START for one in before)
                    first.append(base + state)
                    junction_of_first.append(junctions.setdefault(key, len(junctions)))
            ends += [base + state for state in wording.ends]
            self._owner += [number] * len(wording.ends)
        phones = np.array(codes, np.intp)
        gap = phones == ANYTHING
        lost = np.where(gap, 0, LENGTH[phones])
        earned = np.where(gap, 0, lost * EARNED // 100)
        self._gaps = np.flatnonzero(gap)
        self._first = np.array(first, np.intp)
        self._from = np.array(junction_of_first, np.intp)
        self._lost = (lost - earned).astype(np.int16)
        self._within = self._lost.copy()
        self._within[self._first] = _FAR
        wrong = np.where(gap, GAP_COST, SUBSTITUTION[phones].T) - earned
        self._wrong = wrong.astype(np.int16)
        states = [state for key in junctions for state in key]
        self._states = np.array([state if state != START else len(codes) for state in states], np.intp)
        self._starts = np.cumsum([0, *(len(key) for key in junctions)], dtype=np.intp)[:-1]
        self._ends = np.array(ends, np.intp)
        self._size = len(codes)

    def start(self) -> Heard:
        """Nothing was heard yet."""
        costs = np.full(self._size, _FAR, np.int16)
        return Heard(costs, self._join(costs))

    def step(self, heard: Heard, phone: int) -> Heard:
        """Hear one more phone. A phrase may begin anywhere."""
        before, junctions = heard
        costs = np.empty_like(before)
        costs[1:] = before[:-1]
        costs[self._first] = junctions[self._from]
        costs += self._wrong[phone]
        stays = before + np.int16(LENGTH[phone])
        stays[self._gaps] = before[self._gaps] + np.int16(GAP_COST)
        np.minimum(costs, stays, out=costs)
        np.minimum(costs, np.int16(_FAR), out=costs)
        self._lose(costs)
        junctions = self._join(costs)
        costs[self._first] = np.minimum(costs[self._first], junctions[self._from] + self._lost[self._first])
        self._lose(costs)
        return Heard(costs, self._join(costs))

    def near(self, heard: Heard, phones: Sequence[int], least: int, wanted: Callable[[Phrase], bool]) -> Iterator[Near]:
        """Yield each `wanted` phrase that ends about here, in `phones`, with a score of `least` or more, once."""
        ends = heard.costs[self._ends]
        places = np.flatnonzero(ends <= -least)
        best: dict[str, Near] = {}
        for place in places[np.argsort(ends[places], kind="stable")][:_TRIED]:
            wording = self._wordings[self._owner[place]]
            fit = align(wording, phones) if wanted(wording.phrase) else None
            known = best.get(wording.phrase.id)
            if fit is not None and fit.score >= max(least, known.fit.score + 1 if known else 0):
                best[wording.phrase.id] = Near(wording.phrase, fit)
        yield from best.values()

    def _lose(self, costs: Costs) -> None:
        """Let phones of words be lost."""
        for _ in range(_LOST_AT_ONCE):
            np.minimum(costs[1:], costs[:-1] + self._within[1:], out=costs[1:])

    def _join(self, costs: Costs) -> Costs:
        """Return the least of the states that end at each junction; where a wording may begin, 0 at most."""
        if not self._size:
            return costs
        return np.minimum.reduceat(np.append(costs, np.int16(0))[self._states], self._starts)
