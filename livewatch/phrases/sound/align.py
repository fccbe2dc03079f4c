"""How well a wording fits phones that were heard: the way through its graph, and the place, that cost least.

Smith and Waterman's local alignment (1981), of a graph against a row: what was heard before and after costs nothing,
every phone of the wording earns what it may cost at most. A wording fits when its best way earns more than it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from livewatch.phrases.sound.phones import LENGTH, SUBSTITUTION
from livewatch.phrases.sound.wording import ANYTHING, START, SoundedWording

EARNED: Final = 50
"""What a phone of the wording earns, in hundredths of its `LENGTH`: what costs more than half of all can never fit"""
GAP_COST: Final = 8
"""What each phone in a gap costs"""
_MOST_OF_A_WORD: Final = 0.6
"""Of what hearing nothing of a word costs: beyond, it was not said"""
_LEAST_WORD: Final = 130
"""Cost of hearing nothing of a word that is long enough for that: three phones"""
_GAP_PHONES: Final = 16
"""Phones that a gap may cover: three words"""

Row = npt.NDArray[np.int64]


class Fit(NamedTuple):
    """A wording laid on what was heard."""

    score: int
    """What it earns less what it costs, > 0, in the unit of `phones.LENGTH`"""
    distance: float
    """Cost as a share of the cost of hearing nothing of this way: 0 = the very phones"""
    first: int
    """Index of the first phone heard that it covers"""
    last: int
    """Index of the last one"""
    words: tuple[str | None, ...]
    """The way: words as listed, None for a gap that covers something"""
    gaps: tuple[tuple[int, int], ...]
    """For each None: the first phone heard there and the one after the last"""


def align(wording: SoundedWording, heard: Sequence[int]) -> Fit | None:
    """Return the best fit, if it earns more than it costs and leaves out no word. About 8 µs for each state."""
    table = _Table(wording, np.asarray(heard, np.intp))
    state, place, score = table.best()
    return table.way_to(state, place) if score > 0 else None


class _Table:
    """By state and place in what was heard: cost minus earnings of the best way there."""

    def __init__(self, wording: SoundedWording, heard: npt.NDArray[np.intp]) -> None:
        self._wording = wording
        self._extra = LENGTH[heard].astype(np.int64)
        self._wrong = SUBSTITUTION[:, heard].astype(np.int64)
        self._start: Row = np.zeros(len(heard) + 1, np.int64)
        running = np.concatenate([[0], np.cumsum(self._extra)])
        self._rows: list[Row] = []
        for phone, before in zip(wording.phones, wording.before, strict=True):
            reached = self._row(before[0])
            for state in before[1:]:
                reached = np.minimum(reached, self._row(state))
            if phone == ANYTHING:
                self._rows.append(_gap(reached))
                continue
            lost = int(LENGTH[phone])
            earned = lost * EARNED // 100
            row = reached + (lost - earned)
            np.minimum(row[1:], reached[:-1] + self._wrong[phone] - earned, out=row[1:])
            row -= running
            np.minimum.accumulate(row, out=row)
            row += running
            self._rows.append(row)

    def best(self) -> tuple[int, int, int]:
        """Return the last state and the last place of the best way, and its score; 0 where there is none."""
        if not self._wording.ends:
            return START, 0, 0
        state = min(self._wording.ends, key=lambda one: self._rows[one].min())
        return state, int(self._rows[state].argmin()), -int(self._rows[state].min())

    def way_to(self, state: int, place: int) -> Fit | None:
        """Follow the steps back that led to `state` at `place`; None where a whole word of the way was not heard."""
        last, score = place, -int(self._rows[state][place])
        cost = whole = 0
        words: list[str | None] = []
        gaps: list[tuple[int, int]] = []
        of_word = length_of_word = 0
        while state != START:
            phone = self._wording.phones[state]
            if phone == ANYTHING:
                begin, state = self._gap_before(state, place)
                if begin < place:
                    words.append(None)
                    gaps.append((begin, place))
                place = begin
                continue
            step = self._step_before(state, place)
            if step is None:  # a phone too many
                place -= 1
                cost += int(self._extra[place])
                of_word += int(self._extra[place])
                continue
            previous, place, paid = step
            lost = int(LENGTH[phone])
            cost, whole = cost + paid, whole + lost
            of_word, length_of_word = of_word + paid, length_of_word + lost
            if self._wording.begins[state]:
                if length_of_word >= _LEAST_WORD and of_word > _MOST_OF_A_WORD * length_of_word:
                    return None
                words.append(self._wording.words[state])
                of_word = length_of_word = 0
            state = previous
        return Fit(score, cost / whole, place, last - 1, tuple(reversed(words)), tuple(reversed(gaps)))

    def _row(self, state: int) -> Row:
        return self._start if state == START else self._rows[state]

    def _step_before(self, state: int, place: int) -> tuple[int, int, int] | None:
        """Return the state and place before, and what the step cost; None for a phone too many."""
        phone = self._wording.phones[state]
        value, lost = int(self._rows[state][place]), int(LENGTH[phone])
        earned = lost * EARNED // 100
        for one in self._wording.before[state]:
            row = self._row(one)
            if place and row[place - 1] + self._wrong[phone][place - 1] - earned == value:
                return one, place - 1, int(self._wrong[phone][place - 1])
            if row[place] + lost - earned == value:
                return one, place, lost
        return None

    def _gap_before(self, state: int, place: int) -> tuple[int, int]:
        """Return where a gap began, and the state before it."""
        value = int(self._rows[state][place])
        return next(
            (place - size, one)
            for size in range(min(_GAP_PHONES, place + 1))
            for one in self._wording.before[state]
            if self._row(one)[place - size] + size * GAP_COST == value
        )


def _gap(reached: Row) -> Row:
    """Let up to `_GAP_PHONES` phones pass, by doubling."""
    row, size = reached, 1
    while size < _GAP_PHONES:
        later = row.copy()
        np.minimum(later[size:], row[:-size] + size * GAP_COST, out=later[size:])
        row, size = later, 2 * size
    return row
