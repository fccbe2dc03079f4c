"""A wording made ready for matching: its words normalised, its choices and gaps as states of one automaton."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from livewatch.phrases.language import (
    GAP_WORDS,
    MAX_GAPS,
    MAX_WORDS,
    NOTHING,
    Edge,
    WordGraph,
    WordingError,
    gap_words,
    outgoing,
)
from livewatch.phrases.normalise import CLASSES, Normaliser

MAX_SPAN: Final = 2 * MAX_WORDS + MAX_GAPS * GAP_WORDS
"""Tokens a match can span at most: a written word is at most two ("don't")"""
ANY: Final = "*"
"""Key of an edge that any token takes"""

_LONGEST_RUN = 4
"""Written words that may become one token: "one two three four", "log me in\""""


@dataclass(slots=True)
class Automaton:
    """States are numbers from 0; a token takes every edge whose key is among its keys, and those with the key ANY."""

    edges: list[dict[str, set[int]]] = field(default_factory=list)
    """By state: key -> next states"""
    free: list[set[int]] = field(default_factory=list)
    """By state: the states reached without a token"""
    final: int = 0
    """The state in which the wording has been said"""

    def new(self) -> int:
        """Add a state."""
        self.edges.append({})
        self.free.append(set())
        return len(self.edges) - 1

    def link(self, start: int, keys: Sequence[str], end: int) -> None:
        """Lead from `start` to `end` by one token for each of `keys` in turn; by nothing when there are none."""
        if not keys:
            self.free[start].add(end)
            return
        for key in keys[:-1]:
            middle = self.new()
            self.edges[start].setdefault(key, set()).add(middle)
            start = middle
        self.edges[start].setdefault(keys[-1], set()).add(end)

    def closed(self, state: int) -> frozenset[int]:
        """`state` and all that is reached from it without a token."""
        if not self.free[state]:
            return frozenset((state,))
        seen, waiting = {state}, [state]
        while waiting:
            for following in self.free[waiting.pop()]:
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return frozenset(seen)


def compile_wording(graph: WordGraph, normaliser: Normaliser, *, inflected: bool) -> Automaton:
    """Return the automaton of a parsed wording; its first state is 0.

    Words that normalise to one token together ("gift card", "six hundred") get an edge together, also across brackets.
    Raises `WordingError` when nothing but fillers can be said.
    """
    automaton = Automaton()
    for _ in range(graph.last + 1):
        automaton.new()
    automaton.final = graph.last
    edges = dict(outgoing(graph))
    for node, leaving in edges.items():
        for edge in leaving:
            if edge.label == NOTHING:
                automaton.link(node, (), edge.end)
            elif between := gap_words(edge.label):
                _link_gap(automaton, node, edge.end, between)
            elif edge.label in CLASSES:
                automaton.link(node, (edge.label,), edge.end)
            else:
                _link_words(automaton, edges, edge, normaliser, 0 if inflected else 1)
    if automaton.final in automaton.closed(0):
        raise WordingError("only fillers are left of the wording", "use words that carry meaning")
    return automaton


def _link_words(
    automaton: Automaton, edges: dict[int, list[Edge]], first: Edge, normaliser: Normaliser, form: int
) -> None:
    """Link the word of `first`, and every run of words from it on that becomes one token or none.

    `form` is the key by which words are compared: 0 the stem, 1 the very word.
    """
    alone = (first.label,)
    automaton.link(first.start, [token.keys[form] for token in normaliser.run(alone)], first.end)
    waiting: list[tuple[tuple[str, ...], int]] = [(alone, first.end)] if normaliser.may_go_on(alone) else []
    while waiting:
        words, at = waiting.pop()
        for edge in edges[at]:
            if edge.label == NOTHING:
                waiting.append((words, edge.end))
            elif edge.label not in CLASSES and not gap_words(edge.label):
                longer = (*words, edge.label)
                tokens = normaliser.run(longer)
                if len(tokens) <= 1:
                    automaton.link(first.start, [token.keys[form] for token in tokens], edge.end)
                if len(longer) < _LONGEST_RUN and normaliser.may_go_on(longer):
                    waiting.append((longer, edge.end))


def _link_gap(automaton: Automaton, start: int, end: int, words: int) -> None:
    automaton.link(start, (), end)
    for _ in range(words):
        skipped = automaton.new()
        automaton.link(start, (ANY,), skipped)
        automaton.link(skipped, (), end)
        start = skipped
