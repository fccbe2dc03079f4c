"""A wording as a graph of phones: all the ways it may be said, each phone once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from livewatch.phrases.language import NOTHING, gap_words, outgoing, parse
from livewatch.phrases.normalise import CLASSES
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.phones import LENGTH
from livewatch.phrases.sound.pronounce import Pronouncer

START: Final = -1
"""Stands for the beginning among the states before a state"""
ANYTHING: Final = -1
"""Stands for the phone of a gap, whose words are any"""


@dataclass(frozen=True, slots=True)
class SoundedWording:
    """One wording of a phrase. States stand in an order in which each comes after those before it."""

    phrase: Phrase
    phones: tuple[int, ...]
    """By state: code of the phone, or `ANYTHING`"""
    before: tuple[tuple[int, ...], ...]
    """By state: the states it may follow, or `START`"""
    words: tuple[str, ...]
    """By state: the word it belongs to, in the list's spelling; "" for a gap"""
    begins: tuple[bool, ...]
    """By state: whether it is its word's first"""
    ends: tuple[int, ...]
    """The states with which the wording may end"""
    shortest: int
    """Cost of hearing nothing of the shortest way; 0 when there is none"""


def sounded(phrase: Phrase, wording: str, pronouncer: Pronouncer) -> SoundedWording:
    """Return the phones of `wording`. Ways through a number, a sum or a code are left out: they sound like anything."""
    phones: list[int] = []
    before: list[tuple[int, ...]] = []
    words: list[str] = []
    begins: list[bool] = []
    reached: dict[int, set[int]] = {0: {START}}
    costs: dict[int, int] = {0: 0}

    def add(phone: int, word: str, states: tuple[int, ...], *, first: bool) -> int:
        phones.append(phone)
        words.append(word)
        before.append(states)
        begins.append(first)
        return len(phones) - 1

    graph = parse(wording, single=True)
    for node, edges in outgoing(graph):
        states = tuple(sorted(reached.get(node, ())))
        for edge in edges:
            if not states or edge.label in CLASSES:
                continue
            ends, cost = set(states), costs[node]
            if gap_words(edge.label):
                ends.add(add(ANYTHING, "", states, first=True))
            elif edge.label != NOTHING:
                last = states
                for place, phone in enumerate(pronouncer.word(edge.label)):
                    last = (add(phone, edge.label, last, first=place == 0),)
                    cost += int(LENGTH[phone])
                ends = set(last)
            reached.setdefault(edge.end, set()).update(ends)
            costs[edge.end] = min(cost, costs.get(edge.end, cost))
    return SoundedWording(
        phrase,
        tuple(phones),
        tuple(before),
        tuple(words),
        tuple(begins),
        tuple(sorted(reached.get(graph.last, set()) - {START})),
        costs.get(graph.last, 0),
    )
