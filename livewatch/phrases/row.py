"""A row of words that grows and is rewritten at its end, as tokens: only what may have changed is read again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from livewatch.phrases.normalise import Normaliser, Token

_AHEAD: Final = 3
"""Words behind a token that decide what it is: the rest of a join, a sum's "and five", "dollars" """


class TokenRow:
    """Not for use by two threads at once."""

    def __init__(self, normaliser: Normaliser) -> None:
        self._normaliser = normaliser
        self._words: list[str] = []
        self._breaks: frozenset[int] = frozenset()
        self.tokens: list[Token] = []
        """Those of the last row, as `Normaliser.tokens` gives them"""

    def read(self, words: Sequence[str], breaks: Collection[int] = ()) -> int:
        """Take the whole row anew; return how many of the first tokens are the same as before, whatever comes next.

        `breaks` as in `Normaliser.tokens`.
        """
        new = [*words]
        broken = frozenset(breaks)
        tokens = self.tokens
        same = 0 if broken != self._breaks else _same(self._words, new)
        self._words, self._breaks = new, broken
        while tokens and tokens[-1].last + _AHEAD >= same:
            del tokens[-1]
        if tokens:  # fillers behind it may still end its sentence
            begin = tokens.pop().first
            while tokens and tokens[-1].last >= begin:
                begin = tokens.pop().first
        else:
            begin = 0
        kept = len(tokens)
        tokens += self._normaliser.tokens(new, broken, begin)
        return kept


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many leading words are equal."""
    most = min(len(one), len(other))
    if one[:most] == other[:most]:
        return most
    return next(place for place in range(most) if one[place] != other[place])
