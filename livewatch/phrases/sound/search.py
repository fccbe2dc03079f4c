"""Finding listed phrases in a row of phones, whatever the words were written as: edit distance, all phrases at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from livewatch.phrases.language import GAP, NOTHING, Edge, WordingError, outgoing, parse
from livewatch.phrases.normalise import CLASSES
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.phones import LENGTH, SUBSTITUTION
from livewatch.phrases.sound.pronounce import Phones, Pronouncer

Costs = npt.NDArray[np.int32]
"""By phone of all phrases, one after the other: cost of the best hearing of the phrase up to there, shape (n,)"""

LEAST_POINTS: Final = 20.0
"""Decibans from which a phrase is worth looking for by sound: each proposal costs a second listen, 30 ms"""
_LEAST_PHONES: Final = 8
"""Shorter phrases sound like too much else"""
_MOST_SEQUENCES: Final = 3
"""Word sequences taken of one wording: what differs in a word or two from one that is taken sounds near to it anyway"""
_APART: Final = 20_000
"""More than any cost: keeps one phrase's running minimum out of the next"""


class Spoken(NamedTuple):
    """One way a phrase may be said."""

    phrase: Phrase
    words: tuple[str, ...]
    phones: Phones


class Near(NamedTuple):
    """A phrase that sounds like what was just heard."""

    spoken: Spoken
    distance: float
    """Cost as a share of the cost of hearing nothing of it: 0 = the very phones"""
    phones: int
    """How many of the last phones heard it covers"""


class SoundIndex:
    """All phrases worth it, as phones. Immutable; shared by all calls."""

    def __init__(self, phrases: Sequence[Phrase], pronouncer: Pronouncer) -> None:
        self.pronouncer = pronouncer
        unique: dict[tuple[str, Phones], Spoken] = {}
        for phrase in phrases:
            if phrase.points >= LEAST_POINTS:
                for words in (words for wording in phrase.say for words in sequences(wording)):
                    phones = tuple(code for word in words for code in pronouncer.word(word))
                    if len(phones) >= _LEAST_PHONES:
                        unique.setdefault((phrase.id, phones), Spoken(phrase, words, phones))
        self._spoken = list(unique.values())
        lengths = [len(spoken.phones) for spoken in self._spoken]
        codes = np.array([code for spoken in self._spoken for code in spoken.phones], np.intp)
        self._last = np.cumsum(lengths, dtype=np.intp) - 1
        """By phrase: place of its last phone"""
        self._first = self._last + 1 - np.array(lengths, np.intp)
        self._lost = LENGTH[codes]
        whole = np.cumsum(self._lost)
        before = whole[self._first] - self._lost[self._first] if lengths else np.zeros(0, np.int64)
        number = np.repeat(np.arange(len(lengths)), lengths)
        self._total = (whole[self._last] - before if lengths else np.zeros(0)).astype(np.int32)
        """By phrase: cost of hearing nothing of it"""
        self._offset = (whole - np.repeat(before, lengths) + number * _APART).astype(np.int32)
        self._wrong = np.ascontiguousarray(SUBSTITUTION[codes].T)
        """By phone heard: cost of hearing it for each phone of all phrases"""

    def __len__(self) -> int:
        return len(self._spoken)

    def start(self) -> Costs:
        """Nothing was heard yet."""
        return (self._offset % _APART).astype(np.int32)

    def step(self, costs: Costs, phone: int) -> Costs:
        """Hear one more phone. A phrase may begin anywhere. About 0.1 ms for 3,000 word sequences."""
        following = np.empty_like(costs)
        following[1:] = costs[:-1]
        following[self._first] = 0
        following += self._wrong[phone]
        np.minimum(following, costs + LENGTH[phone], out=following)
        following[self._first] = np.minimum(following[self._first], self._lost[self._first])
        following -= self._offset
        np.minimum.accumulate(following, out=following)
        following += self._offset
        return following

    def near(self, costs: Costs, heard: Sequence[int], most: float) -> Iterator[Near]:
        """Yield the phrases that end with the last of `heard` at a distance of `most` or less, each phrase once."""
        if not self._spoken:
            return
        ends = costs[self._last]
        best: dict[str, tuple[float, Spoken]] = {}
        for number in np.flatnonzero(ends <= most * self._total):
            spoken = self._spoken[number]
            distance = float(ends[number] / self._total[number])
            if spoken.phrase.id not in best or distance < best[spoken.phrase.id][0]:
                best[spoken.phrase.id] = (distance, spoken)
        for distance, spoken in best.values():
            yield Near(spoken, distance, _covered(spoken.phones, heard))


def sequences(wording: str) -> list[tuple[str, ...]]:
    """Return some word sequences of a wording, without what may be missing, gaps, and classes.

    The first takes the first of all alternatives, the next the second of all, so that few hold most of them.
    """
    try:
        edges = dict(outgoing(parse(wording, single=True)))
    except WordingError:
        return []
    found = (_way(edges, turn) for turn in range(_MOST_SEQUENCES))
    return [words for words in dict.fromkeys(found) if not any(word in CLASSES for word in words)]


def _way(edges: dict[int, list[Edge]], turn: int) -> tuple[str, ...]:
    node, words = 0, []
    while leaving := edges[node]:
        missing = [edge for edge in leaving if edge.label == NOTHING]
        edge = missing[0] if missing else leaving[turn % len(leaving)]
        if edge.label not in (NOTHING, GAP):
            words.append(edge.label)
        node = edge.end
    return tuple(words)


def _covered(phones: Phones, heard: Sequence[int]) -> int:
    """How many of the last of `heard` the cheapest hearing of `phones` takes: the same table, from the end."""
    row = [0]
    for phone in reversed(phones):
        row.append(row[-1] + int(LENGTH[phone]))
    best, covered = row[-1], 0
    for number, sound in enumerate(reversed(heard[-2 * len(phones) :]), 1):
        before, row[0] = row[0], row[0] + int(LENGTH[sound])
        for place, phone in enumerate(reversed(phones), 1):
            cost = min(
                before + int(SUBSTITUTION[phone, sound]),
                row[place] + int(LENGTH[sound]),
                row[place - 1] + int(LENGTH[phone]),
            )
            before, row[place] = row[place], cost
        if row[-1] < best:
            best, covered = row[-1], number
    return covered
