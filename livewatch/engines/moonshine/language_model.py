"""How likely people on the telephone are to say a word after two others.

The network knows little of what is said in calls: over a bad line it writes "pay me by car with me" where "by card with
me" fits the sound nearly as well. A word trigram of telephone talk (interpolated Kneser-Ney; Chen and Goodman, "An
Empirical Study of Smoothing Techniques for Language Modeling", 1998) is asked beside it where readings are compared
(`livewatch.engines.moonshine.beam`). It was counted in calls written for livewatch, half of them harmless
(`livewatch tune language-model`), so it leans towards no kind of call.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from livewatch.engines.moonshine.tokens import bare

UNKNOWN, NUMBER, BEGIN = 0, 1, 2
"""Numbers of what is no word: one that the model does not know, one written in digits, the beginning of a sentence"""
FIRST_WORD: Final = 3
"""Number of the first word"""

State = tuple[int, int]
"""Numbers of the last two words"""
START: Final[State] = (UNKNOWN, BEGIN)
"""At the beginning of a sentence"""

_UNKNOWN_WORDS: Final = 60_000
"""Words that share what is left for unknown ones"""
_STEPS: Final = 16
"""Steps of a natural logarithm in which shares are kept: one byte, down to e^-15.9; what is less is kept as that"""
_NEVER: Final = 255
"""What stands for a share of 0"""
_KEPT: Final = 20_000
"""Answers kept ready; of one utterance there are some hundreds"""


Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """Runs of two or three words that are likelier than their last word makes them."""

    keys: npt.NDArray[np.int64]
    """(n,), ascending: number of what stands before * `Counted.size` + number of the last word. What stands before is a
    word in the table of pairs, a row of that table in the table of triples"""
    share: Floats
    """(n,), 0..1: discounted share of the last word in all that was counted behind the others"""

    def row(self, key: int) -> int:
        """Row of `key`, or -1."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else -1


@dataclass(frozen=True, slots=True)
class Counted:
    """All that a model consists of. A probability is the share in a table, and the rest of it times that of less."""

    words: tuple[str, ...]
    """As `bare` writes them; word i has number `FIRST_WORD` + i"""
    share: Floats
    """(size,): of each number in all words; of `UNKNOWN`, what all unknown words have together"""
    rest: Floats
    """(size,): what is left behind each for words with which it is no pair"""
    pairs: Table
    pair_rest: Floats
    """(pairs,): what is left behind each for words with which it is no triple"""
    triples: Table

    @property
    def size(self) -> int:
        """Numbers of words there are."""
        return len(self.share)


class LanguageModel:
    """Sessions may share one: what it remembers of its answers changes none."""

    def __init__(self, counted: Counted) -> None:
        self._counted = counted
        self._numbers = {word: FIRST_WORD + index for index, word in enumerate(counted.words)}
        self._unknown = float(counted.share[UNKNOWN]) / _UNKNOWN_WORDS
        self._answers: dict[tuple[State, str], tuple[float, int, State]] = {}

    def after(self, state: State, written: str) -> tuple[float, int, State]:
        """Say how likely `written` is to follow, and what follows it stands after.

        `written` is a word as the recogniser writes it, with capitals and punctuation. Returns the natural logarithm
        of its probability, how many words were weighed (numbers in digits are not: any is as likely as another; parts
        with a hyphen between are words of their own), and the state behind it.
        """
        known = self._answers.get((state, written))
        if known is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            known = self._answers[state, written] = self._after(state, written)
        return known

    def _after(self, state: State, written: str) -> tuple[float, int, State]:
        total, weighed = 0.0, 0
        for word in words_of(written):
            number = NUMBER if word is None else self._numbers.get(word, UNKNOWN)
            if number != NUMBER:
                total += math.log(self._probability(state, number))
                weighed += 1
            state = (state[1], number)
        return total, weighed, START if ends_sentence(written) else state

    def _probability(self, state: State, number: int) -> float:
        counted = self._counted
        before, last = state
        probability = self._unknown if number == UNKNOWN else float(counted.share[number])
        probability *= float(counted.rest[last])
        pair = counted.pairs.row(last * counted.size + number)
        if pair >= 0:
            probability += float(counted.pairs.share[pair])
        context = counted.pairs.row(before * counted.size + last)
        if context >= 0:
            probability *= float(counted.pair_rest[context])
            triple = counted.triples.row(context * counted.size + number)
            if triple >= 0:
                probability += float(counted.triples.share[triple])
        return probability


def words_of(written: str) -> Iterator[str | None]:
    """Yield the words in one written word, as the model knows them; None for a number in digits."""
    for part in written.replace("-", " ").split():
        word = bare(part)
        if word:
            yield None if any(map(str.isdigit, word)) else word


def ends_sentence(written: str) -> bool:
    """Whether what follows begins a sentence."""
    return written.endswith((".", "?", "!"))


def load() -> LanguageModel:
    """Return the packaged model of English."""
    data = files("livewatch.engines.moonshine") / "data" / "talk-en.npz"
    with data.open("rb") as stream, np.load(stream) as file:
        pairs, triples = (
            Table(np.cumsum(file[name + "_keys"], dtype=np.int64), _shares(file[name + "_share"]))
            for name in ("pair", "triple")
        )
        words = tuple(file["words"].tobytes().decode().split("\n"))
        share, rest, pair_rest = (_shares(file[name]) for name in ("share", "rest", "pair_rest"))
    return LanguageModel(Counted(words, share, rest, pairs, pair_rest, triples))


def packed(counted: Counted, about: str) -> bytes:
    """Return the file that `load` reads. `about` says where it comes from."""
    arrays: dict[str, Any] = {
        "about": np.frombuffer(about.encode(), np.uint8),
        "words": np.frombuffer("\n".join(counted.words).encode(), np.uint8),
        "share": _logarithms(counted.share),
        "rest": _logarithms(counted.rest),
        "pair_rest": _logarithms(counted.pair_rest),
    }
    for name, table in (("pair", counted.pairs), ("triple", counted.triples)):
        # Differences are small and pack well.
        arrays[name + "_keys"] = np.diff(table.keys, prepend=0).astype(np.uint32)
        arrays[name + "_share"] = _logarithms(table.share)
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _logarithms(shares: Floats) -> npt.NDArray[np.uint8]:
    with np.errstate(divide="ignore"):
        logarithms = np.clip(np.round(-np.log(shares) * _STEPS), 0, _NEVER - 1)
    return np.where(shares > 0, logarithms, _NEVER).astype(np.uint8)


def _shares(logarithms: npt.NDArray[np.uint8]) -> Floats:
    shares = np.exp(np.arange(256) / -_STEPS)
    shares[_NEVER] = 0.0
    return shares[logarithms]
