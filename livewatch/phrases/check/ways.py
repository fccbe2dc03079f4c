"""The word sequences a wording stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from livewatch.phrases.language import NOTHING, Edge, WordGraph, gap_words, outgoing
from livewatch.phrases.normalise import CLASSES

ANY_WORD: Final = "zzzz"
"""Stands for any word where a gap is spelt out; no phrase holds it"""

EXAMPLES: Final = {"<number>": "17", "<money>": "$500", "<code>": "482911"}
"""One thing of each class, as it is written"""


def count(graph: WordGraph) -> int:
    """Return how many word sequences the wording stands for, a gap counted once."""
    ways = {0: 1}
    for edge in sorted(graph.edges):
        ways[edge.end] = ways.get(edge.end, 0) + ways.get(edge.start, 0)
    return ways[graph.last]


def spelt(graph: WordGraph, most: int) -> Iterator[list[str]]:
    """Yield up to `most` of the sequences as written words; each gap once empty and once as wide as it may be."""
    edges = dict(outgoing(graph))
    waiting: list[tuple[int, list[str]]] = [(0, [])]
    while waiting and most > 0:
        node, words = waiting.pop()
        if node == graph.last:
            most -= 1
            yield words
            continue
        for edge in reversed(edges[node]):
            waiting += [(edge.end, [*words, *more]) for more in _spelt(edge)]


def _spelt(edge: Edge) -> list[list[str]]:
    if edge.label == NOTHING:
        return [[]]
    if between := gap_words(edge.label):
        return [[ANY_WORD] * between, []]
    return [[EXAMPLES[edge.label] if edge.label in CLASSES else edge.label]]
