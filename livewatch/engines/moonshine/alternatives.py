"""What else may have been said where the network doubts its own words.

A complete utterance in which a word is doubted is read once more by a beam (`livewatch.engines.moonshine.beam`), which
finds better readings and, beside the best one, others. In one that goes on that would have to be done again and again:
there the next likeliest tokens of doubted words are tried, each is set in, the rest is written anew behind it, and the
two readings are compared by their probability, given the sound. Clear speech costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from livewatch.engines.moonshine.beam import Beam, Variant
from livewatch.engines.moonshine.decoding import END, Branches, Reading
from livewatch.engines.moonshine.language_model import LanguageModel
from livewatch.engines.moonshine.memory import Heard
from livewatch.engines.moonshine.model import Model
from livewatch.engines.moonshine.tokens import Piece, Tokens, bare
from livewatch.engines.second_listen import LEAST_LOG_RATIO
from livewatch.events import SAMPLE_RATE, Alternative

_DOUBTED: Final = 0.5
"""Confidence below which a word is doubted"""
_BEHIND: Final = 3.0
"""How much less likely (natural logarithm) than the token written one may be to be tried"""
_IN_ONE_PLACE: Final = 3
"""Tokens tried there, besides the written one"""
_MOST: Final = 12
"""Readings tried of an open utterance each time it is looked at: 28 ms each, mostly for words that have to be written
anew. With 4 the password of a clip in noise is not found in time, its word being the fifth"""
_PACE: Final = SAMPLE_RATE * 6 // 10
"""Sound between two looks at an open utterance"""
_HEARD_AFTER: Final = SAMPLE_RATE * 3 // 10
"""Sound that must have come after a doubted word of an open utterance: the words after it decide, too"""
_MORE_TOKENS: Final = 6
"""Tokens that another reading may have more"""


class _Branch(NamedTuple):
    behind: float
    place: int
    token: int


class Alternatives:
    """One call's. Not for use by two threads at once."""

    def __init__(self, model: Model, tokens: Tokens, language: LanguageModel) -> None:
        self._model = model
        self._tokens = tokens
        self._beam = Beam(model, tokens, language)
        self._looked_at = 0
        """Sample index: how far the open utterance had come when it was last looked at"""

    def of_open(self, heard: Heard) -> Iterator[Alternative]:
        """Yield what else the last seconds of an open utterance may be, at a slow pace."""
        if heard.end - self._looked_at >= _PACE:
            self._looked_at = heard.end
            yield from self.beside(heard, self._branched(heard))

    def of_closed(self, heard: Heard) -> tuple[Reading, list[Variant]]:
        """Return the best reading of a complete utterance, and what may have been said instead of it."""
        self._looked_at = heard.end
        if heard.encoding is None or not _doubted(heard, heard.end):
            return heard.reading, []
        limit = len(heard.reading.tokens) + _MORE_TOKENS
        return self._beam.read(heard, heard.encoding, limit) or (heard.reading, [])

    def beside(self, heard: Heard, variants: Iterable[Variant]) -> Iterator[Alternative]:
        """Yield how `variants` of the reading of `heard` differ from it, where they are likely enough."""
        best: dict[tuple[int, int, tuple[str, ...]], float] = {}
        for tokens, log_ratio in variants:
            found = _difference(heard.pieces, self._tokens.words(tokens))
            if found is not None and log_ratio >= LEAST_LOG_RATIO:
                best[found] = max(log_ratio, best.get(found, -math.inf))
        for (first, end, words), log_ratio in best.items():
            yield Alternative(first, end, words, round(log_ratio, 2))

    def _branched(self, heard: Heard) -> Iterator[Variant]:
        doubted = _doubted(heard, heard.end - _HEARD_AFTER)
        if heard.encoding is None or not doubted:
            return
        own = heard.reading.total
        branches = Branches(self._model, heard.encoding, heard.reading, _IN_ONE_PLACE + 1)
        limit = len(heard.reading.tokens) + _MORE_TOKENS
        tried = sorted(self._worth_trying(heard, branches, doubted))[:_MOST]
        places = [(branch.place, branch.token) for branch in tried]
        for reading in branches.follow(places, limit, own + LEAST_LOG_RATIO):
            yield Variant(reading.tokens, reading.total - own)

    def _worth_trying(self, heard: Heard, branches: Branches, doubted: Sequence[Piece]) -> Iterator[_Branch]:
        tokens = heard.reading.tokens
        for piece in doubted:
            for place in range(piece.first, piece.last + 1):
                for token, behind in zip(branches.tokens[place], branches.behind[place], strict=True):
                    if behind <= _BEHIND and self._another(int(token), tokens[place], first=place == piece.first):
                        yield _Branch(float(behind), place, int(token))

    def _another(self, token: int, own: int, *, first: bool) -> bool:
        """Whether `token` is another word, or another part of one, than `own`."""
        if token in (own, END) or (first and not self._tokens.begins_word(token)):
            return False
        return bare(self._tokens.text(token)) != bare(self._tokens.text(own))


def _doubted(heard: Heard, until: int) -> list[Piece]:
    """List the words up to sample index `until` that the network doubts."""
    return [
        piece
        for piece, word in zip(heard.pieces, heard.words, strict=True)
        if word.confidence < _DOUBTED and word.end <= until and piece.first >= heard.repeated
    ]


def _difference(own: Sequence[Piece], other: Sequence[Piece]) -> tuple[int, int, tuple[str, ...]] | None:
    """Which words of `own` are others in `other`, and which; None where none were put there."""
    left = 0
    while left < min(len(own), len(other)) and bare(own[left].text) == bare(other[left].text):
        left += 1
    right = 0
    while right < min(len(own), len(other)) - left and bare(own[-1 - right].text) == bare(other[-1 - right].text):
        right += 1
    words = tuple(piece.text for piece in other[left : len(other) - right])
    return (left, len(own) - right, words) if words else None
