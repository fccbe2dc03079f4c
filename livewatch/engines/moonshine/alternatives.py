"""What else may have been said where the network doubts its own words.

The network writes the likeliest token, then the likeliest after that, and cannot go back: over a bad line the first
wrong word often brings wrong words after it ("must-bimpy your card number" for "must give me your card number").
Where it was unsure, its next likeliest tokens are tried: each is set in, the rest is written anew behind it, and the
two readings are compared by their probability, given the sound. That is an n-best list made by branching off one path,
instead of a beam that has to be kept for every word; clear speech costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from livewatch.engines.moonshine.decoding import END, Branches
from livewatch.engines.moonshine.memory import Heard
from livewatch.engines.moonshine.model import Model
from livewatch.engines.moonshine.tokens import Piece, Tokens
from livewatch.events import SAMPLE_RATE, Alternative

_DOUBTED: Final = 0.5
"""Confidence below which a word is doubted"""
_BEHIND: Final = 4.0
"""How much less likely (natural logarithm) than the token written one may be to be tried"""
_PLACES: Final = 3
"""Tokens tried in one place at most"""
_LEAST_LOG_RATIO: Final = -6.5
"""Of a reading that is worth telling; see `livewatch.engines.second_listen`"""
_MOST_CLOSED, _MOST_OPEN = 24, 4
"""Readings tried of a closed utterance and, each time it is read, of an open one: 8 ms each"""
_HEARD_AFTER: Final = (SAMPLE_RATE * 4 // 10, SAMPLE_RATE * 12 // 10)
"""An open utterance is tried when so much sound has come after the doubted word, and again with so much: the words
after it decide, too"""
_MORE_TOKENS: Final = 6
"""Tokens that another reading may have more"""


class _Branch(NamedTuple):
    behind: float
    place: int
    token: int


class Alternatives:
    """One call's. Not for use by two threads at once."""

    def __init__(self, model: Model, tokens: Tokens) -> None:
        self._model = model
        self._tokens = tokens
        self._tried: set[tuple[int, tuple[int, ...], int]] = set()
        """Of the open utterance: how many of `_HEARD_AFTER` had come, the tokens before the place, and the one tried"""

    def of_open(self, heard: Heard) -> Iterator[Alternative]:
        """Yield what else the end of an open utterance may be, where that was not looked at yet."""
        tokens = heard.reading.tokens
        new: list[_Branch] = []
        branches = self._branches(heard, heard.end - _HEARD_AFTER[0])
        if branches is None:
            return
        for branch in self._doubts(heard, branches, heard.end - _HEARD_AFTER[0]):
            word = next(
                word for piece, word in zip(heard.pieces, heard.words, strict=True) if branch.place <= piece.last
            )
            late = sum(heard.end - word.end >= after for after in _HEARD_AFTER)
            key = (late, tokens[: branch.place], branch.token)
            if key not in self._tried:
                self._tried.add(key)
                new.append(branch)
        yield from self._follow(heard, branches, new[:_MOST_OPEN])

    def of_closed(self, heard: Heard) -> Iterator[Alternative]:
        """Yield what else an utterance may be that is complete."""
        self._tried.clear()
        branches = self._branches(heard, heard.end)
        if branches is not None:
            yield from self._follow(heard, branches, self._doubts(heard, branches, heard.end)[:_MOST_CLOSED])

    def _branches(self, heard: Heard, until: int) -> Branches | None:
        if heard.encoding is None or not any(_doubted(heard, index, until) for index in range(len(heard.words))):
            return None
        return Branches(self._model, heard.encoding, heard.reading, _PLACES + 1)

    def _doubts(self, heard: Heard, branches: Branches, until: int) -> list[_Branch]:
        """List what is worth trying up to sample index `until`, the likeliest first."""
        tokens = heard.reading.tokens
        found: list[_Branch] = []
        for index, piece in enumerate(heard.pieces):
            if not _doubted(heard, index, until):
                continue
            for place in range(piece.first, piece.last + 1):
                for token, behind in zip(branches.tokens[place], branches.behind[place], strict=True):
                    if behind <= _BEHIND and self._another(int(token), tokens[place], first=place == piece.first):
                        found.append(_Branch(float(behind), place, int(token)))
        return sorted(found)

    def _another(self, token: int, own: int, *, first: bool) -> bool:
        """Whether `token` is another word, or another part of one, than `own`."""
        if token in (own, END) or (first and not self._tokens.begins_word(token)):
            return False
        return _bare(self._tokens.text(token)) != _bare(self._tokens.text(own))

    def _follow(self, heard: Heard, branches: Branches, chosen: Sequence[_Branch]) -> Iterator[Alternative]:
        best: dict[tuple[int, int, tuple[str, ...]], float] = {}
        limit = len(heard.reading.tokens) + _MORE_TOKENS
        for branch in chosen:
            tokens, logprob = branches.follow(branch.place, branch.token, limit)
            ratio = logprob - branches.total
            found = _difference(heard.pieces, self._tokens.words(tokens))
            if found is not None and ratio >= _LEAST_LOG_RATIO:
                best[found] = max(ratio, best.get(found, -math.inf))
        for (first, end, words), ratio in best.items():
            yield Alternative(first, end, words, round(ratio, 2))


def _doubted(heard: Heard, index: int, until: int) -> bool:
    word = heard.words[index]
    return word.confidence < _DOUBTED and word.end <= until and heard.pieces[index].first >= heard.repeated


def _difference(own: Sequence[Piece], other: Sequence[Piece]) -> tuple[int, int, tuple[str, ...]] | None:
    """Which words of `own` are others in `other`, and which; None where none were put there."""
    left = 0
    while left < min(len(own), len(other)) and _bare(own[left].text) == _bare(other[left].text):
        left += 1
    right = 0
    while right < min(len(own), len(other)) - left and _bare(own[-1 - right].text) == _bare(other[-1 - right].text):
        right += 1
    words = tuple(piece.text for piece in other[left : len(other) - right])
    return (left, len(own) - right, words) if words else None


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
