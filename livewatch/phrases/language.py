"""The phrase language: one wording -> a small graph of the words it stands for.

    words            compared without case, punctuation and inflection
    (a|b)            one of several, each one or more words
    [words]          may be missing; [a|b] works too
    *                up to three words of any kind
    <number> <money> <code>
    send near:5 cash either first, with up to five words of any kind between; each side may be several words

A graph, not a list of word sequences: "(read|tell|give|send) [to] me (the|that|your) (code|pin|number)" stands for
72 of them, and costs 15 edges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from livewatch.phrases.normalise import CLASSES

MAX_WORDS: Final = 12
"""Words and classes on the longest way through a wording"""
GAP_WORDS: Final = 3
"""Words of any kind that one `*` may stand for"""
MAX_GAPS: Final = 3
"""`*` on any way through a wording; `near:` counts as the `*` it takes to span as many words"""
MAX_NEAR: Final = GAP_WORDS * MAX_GAPS
"""Words between the two sides of `near:` at most"""
MAX_SEQUENCES: Final = 10_000
"""Word sequences one wording may stand for. They cost nothing to match, but nobody can see any more what they are."""
MAX_DEPTH: Final = 4
"""Brackets within brackets"""
MAX_LENGTH: Final = 500
"""Characters in one wording"""
GAP: Final = "*"
NOTHING: Final = ""
"""Label of an edge that takes no word"""

_SIGNS = re.compile(r"[()\[\]|*]|<[^<>]*>|[^\s()\[\]|*<>]+|[<>]")
_NEAR = re.compile(r"near:(\d*)", re.IGNORECASE)
_WORD = re.compile(r"[$£€]?[^\W_](?:[^\W_]|['’.,&/-])*[.,%]?")
_ELSEWHERE = {
    "within:": ("'within:' is no part of a wording", 'write within = "first 30 s" under the phrase'),
    "~": ("sound-alikes need no sign", "leave the ~ out: every phrase is looked for by its sound too"),
}
"""What people write here and need not, with what to do instead"""


class WordingError(ValueError):
    """A wording cannot be used. `suggestion` says what to write instead, and may be empty."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.suggestion = suggestion


class Edge(NamedTuple):
    """One step through a wording."""

    start: int
    label: str
    """A word as written, a class, a gap (`gap_words`) or NOTHING"""
    end: int
    """Greater than `start`: there are no loops"""


@dataclass(slots=True)
class WordGraph:
    """All ways through one wording: every path from node 0 to node `last`, words as written."""

    edges: list[Edge] = field(default_factory=list)
    last: int = 0

    def join(self, start: int, label: str) -> int:
        """Add an edge from `start` to a new node and return that node."""
        self.last += 1
        self.edges.append(Edge(start, label, self.last))
        return self.last


def gap_words(label: str) -> int:
    """How many words of any kind an edge may stand for; 0 when it is no gap."""
    return int(label[len(GAP) :]) if label.startswith(GAP) else 0


def parse(wording: str, *, single: bool = False) -> WordGraph:
    """Read a wording.

    Raises `WordingError` when it is not of the language, is beyond one of its limits, or may be a single word and
    `single` does not allow that (exceptions may be single words, phrases may not).
    """
    if len(wording) > MAX_LENGTH:
        raise WordingError(f"the wording is longer than {MAX_LENGTH} characters", "split it into several wordings")
    graph = _Parser(wording).parse()
    _check(graph, single=single)
    return graph


class _Parser:
    """Recursive descent over one wording; every part is built from a given node and returns the node it ends at."""

    def __init__(self, wording: str) -> None:
        self._signs: list[str] = _SIGNS.findall(wording)
        self._position = 0
        self._graph = WordGraph()

    def parse(self) -> WordGraph:
        if not self._signs:
            raise WordingError("the wording is empty")
        end = self._sequence(0, depth=0)
        sign = self._peek()
        if sign == "|":
            raise WordingError("| stands outside of brackets", "write (this|that), or two wordings")
        if sign:
            raise WordingError(f'"{sign}" closes a bracket that was not opened', "remove it, or open the bracket")
        if end != self._graph.last:
            self._graph.join(end, NOTHING)
        return self._graph

    def _sequence(self, start: int, depth: int) -> int:
        """Everything up to (not including) |, a closing bracket or the end."""
        begin = self._position
        end = self._items(start, depth)
        sign = self._peek()
        return self._near(sign, (start, end), begin, depth) if _is_near(sign) else end

    def _items(self, start: int, depth: int) -> int:
        """The same, but for `near:`."""
        while (sign := self._peek()) and sign not in ")]|" and not _is_near(sign):
            self._position += 1
            start = self._bracket(sign, start, depth + 1) if sign in "([" else self._graph.join(start, _item(sign))
        return start

    def _near(self, sign: str, left: tuple[int, int], begin: int, depth: int) -> int:
        """Both orders of what stands from `begin` on, read as `left` already, and what follows the `sign`."""
        gap = _near_gap(sign)
        middle = self._position + 1
        self._position = middle
        between = self._graph.join(left[1], gap)
        left_first = self._items(between, depth)
        after = self._position
        if left[0] == left[1] or between == left_first:
            raise WordingError(f'"{sign}" needs words on both sides', "send near:5 cash")
        if _is_near(self._peek()):
            raise WordingError("a second near: stands beside the first", "put one of them into brackets")
        self._position = middle
        between = self._graph.join(self._items(left[0], depth), gap)
        self._position = begin
        right_first = self._items(between, depth)
        self._position = after
        target = self._graph.join(left_first, NOTHING)
        self._graph.edges.append(Edge(right_first, NOTHING, target))
        return target

    def _bracket(self, opening: str, start: int, depth: int) -> int:
        if depth > MAX_DEPTH:
            raise WordingError(f"brackets are nested more than {MAX_DEPTH} deep", "split it into several wordings")
        ends = [start] if opening == "[" else []
        while True:
            end = self._sequence(start, depth)
            if end == start:
                raise WordingError(
                    "nothing stands in a bracket, or on one side of a |", "write [a|b] when all may be missing"
                )
            ends.append(end)
            sign = self._peek()
            self._position += 1
            if sign != "|":
                break
        closing = ")" if opening == "(" else "]"
        if sign != closing:
            raise WordingError(f'"{opening}" is not closed', f'add the missing "{closing}"')
        target = self._graph.join(ends[0], NOTHING)
        self._graph.edges += [Edge(end, NOTHING, target) for end in ends[1:]]
        return target

    def _peek(self) -> str:
        return self._signs[self._position] if self._position < len(self._signs) else ""


@cache
def _is_near(sign: str) -> bool:
    return _NEAR.match(sign) is not None


def _near_gap(sign: str) -> str:
    written = _NEAR.fullmatch(sign)
    words = int(written[1] or 0) if written else 0
    if not 1 <= words <= MAX_NEAR:
        raise WordingError(f'"{sign}" does not say how many words', f"write near:1 to near:{MAX_NEAR}")
    return f"{GAP}{words}"


@cache  # lists say the same words again and again
def _item(sign: str) -> str:
    if sign == GAP:
        return f"{GAP}{GAP_WORDS}"
    if sign in CLASSES:
        return sign
    for mark, (message, instead) in _ELSEWHERE.items():
        if mark in sign.lower():
            raise WordingError(message, instead)
    if sign.startswith("<"):
        raise WordingError(f'"{sign}" is not a class', f"there are {', '.join(CLASSES)}")
    if sign.endswith("?") and len(sign) > 1:
        raise WordingError(f'"{sign}": ? does not mean optional here', f"write [{sign[:-1]}], and no punctuation")
    if not _WORD.fullmatch(sign):
        hint = "use words, ( | ), [ ], *, near: and <number> <money> <code> only"
        raise WordingError(f'"{sign}" is not a word', hint)
    return sign


class _Reached(NamedTuple):
    """What is known of the ways from the beginning of a wording to one node."""

    fewest: int
    """Words on the shortest way"""
    most: int
    """Words on the longest way"""
    gaps: int
    """Gaps on the way with the most of them"""
    ways: int
    """Number of ways"""
    after_gap: bool
    """Whether some way comes straight from a gap, or from the beginning"""
    after_word: bool
    """Whether some way comes straight from a word"""

    def step(self, label: str) -> _Reached:
        fewest, most, gaps, ways, _, _ = self
        if label == NOTHING:
            return self
        if between := gap_words(label):
            return _Reached(fewest, most, gaps - (-between // GAP_WORDS), ways, after_gap=True, after_word=False)
        words = 1 + label.strip("-.,").count("-")
        return _Reached(fewest + words, most + words, gaps, ways, after_gap=False, after_word=True)

    def merge(self, other: _Reached) -> _Reached:
        return _Reached(
            min(self.fewest, other.fewest),
            max(self.most, other.most),
            max(self.gaps, other.gaps),
            self.ways + other.ways,
            self.after_gap or other.after_gap,
            self.after_word or other.after_word,
        )


def _check(graph: WordGraph, *, single: bool) -> None:
    reached = {0: _Reached(0, 0, 0, 1, after_gap=True, after_word=False)}
    for edge in sorted(graph.edges):
        at = reached[edge.start]
        if gap_words(edge.label) and at.after_gap:
            raise WordingError(
                "a gap (*) follows the beginning or another gap", "one * stands for up to three words; remove it"
            )
        there = at.step(edge.label)
        reached[edge.end] = reached[edge.end].merge(there) if edge.end in reached else there
    end = reached[graph.last]
    if end.after_gap:
        raise WordingError("the wording ends with a gap (*) or may be empty", "leave the * out: any words may follow")
    if end.most > MAX_WORDS:
        raise WordingError(f"the wording has {end.most} words; {MAX_WORDS} are allowed", "leave out words or use *")
    if end.gaps > MAX_GAPS:
        raise WordingError(f"the wording has {end.gaps} gaps (*); {MAX_GAPS} are allowed", "split the wording")
    if end.ways > MAX_SEQUENCES:
        raise WordingError(
            f"the wording stands for {end.ways:,} word sequences; {MAX_SEQUENCES:,} are allowed",
            "split it into several wordings",
        )
    if end.fewest < 2 and not single:
        raise WordingError(
            "the wording can be a single word, which ordinary calls are full of",
            'add the words it comes with: "read me the code" instead of "code"',
        )


def outgoing(graph: WordGraph) -> Iterator[tuple[int, list[Edge]]]:
    """Yield every node with the edges that leave it, in order."""
    by_node: dict[int, list[Edge]] = {}
    for edge in graph.edges:
        by_node.setdefault(edge.start, []).append(edge)
    for node in range(graph.last + 1):
        yield node, by_node.get(node, [])
