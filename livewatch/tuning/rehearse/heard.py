"""Which of the words that came back stand for the phrase, where speech went on after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"[$£€]?\d[\d.,]*\d|[^\W_]+(?:['’.-][^\W_]+)*")


def words_of(text: str) -> list[str]:
    """Return the words of `text` as phrase lists write them: lower case, no punctuation around them."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def before(phrase: Sequence[str], tail: Sequence[str], heard: Sequence[str]) -> list[str]:
    """Return the part of `heard` that came back before `tail`.

    The cut is where the tail fits best, word by word, where a mis-heard word costs less the more letters are right; of
    several such cuts, the one that leaves about as many letters as the phrase has.
    """
    costs = _costs([*reversed(tail)], [*reversed(heard)])
    letters = len("".join(phrase))
    cuts = [
        (round(costs[len(heard) - cut], 6), abs(letters - len("".join(heard[:cut]))), cut)
        for cut in range(len(heard) + 1)
    ]
    return [*heard[: min(cuts)[2]]]


def _costs(said: Sequence[str], heard: Sequence[str]) -> list[float]:
    """Return what it costs to make `said` out of the first 0, 1, 2… words of `heard`."""
    row = [float(place) for place in range(len(heard) + 1)]
    for word in said:
        above, row = row, [row[0] + 1]
        for place, other in enumerate(heard, 1):
            change = 0.0 if word == other else 1.5 * (1 - SequenceMatcher(None, word, other).ratio())
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + change))
    return row
