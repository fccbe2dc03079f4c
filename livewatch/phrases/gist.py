"""The gist: how much the words of the last two minutes, taken together, are those of known scam calls.

Phrases say what a caller wants; most of a call is said in other words. Every word, every pair of neighbours and every
pair with one word between has a weight, fitted from labelled calls (`livewatch tune fit`, logistic regression); the
weights of those heard in the last `WINDOW` tokens add up. A strong gist supports what phrases have found, and the
strongest warns alone (see `livewatch.risk.judge`). Where they do not speak for a scam they take points off the phrases
said among them: a retold scam, a family's gate code.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from livewatch.events import Hypothesis, Match, Word
from livewatch.phrases.normalise import CLASSES, Normaliser, Token
from livewatch.phrases.row import TokenRow

PHRASE: Final = "gist"
"""Id of the phrase that stands for the gist in matches; also its category"""
WINDOW: Final = 300
"""Tokens that count together, about two minutes of talk. By cross-validation with 720 written scams and 700 harmless
calls full of risky words: with 40, 80 and 300 tokens the gist alone finds 47, 60 and 59 % of the first at 2 % of the
second, and 54, 66 and 69 % of real robocalls"""
STEP: Final = 3.0
"""Decibans by which the gist must grow to be told again"""
AGAINST: Final = -35.0
"""Decibans that words around a phrase can lack at most: no phrase makes up for more (see `livewatch.risk.judge`)"""
_SUPPORT: Final = 14.0
"""Decibans of the words around a phrase that support it in full; what lacks is told with the match. Of 720 scams of
tests/written/kept-* 664 are found with 0 to 14, 663 with 18, 659 with 22; of 830 harmless calls 54, 50, 44, 43 and 38
are called dangerous with 0, 5, 14, 18 and 22, where each that lacks takes one off every phrase"""
_TOLD: Final = 5
"""Words quoted at most"""
_WHY: Final = "Much of what is said is said in scam calls, and hardly ever in others."


@dataclass(frozen=True, slots=True)
class Gist:
    """The weights of one or more languages."""

    weights: Mapping[str, float]
    """Decibans by token key, or by pair as `grams` writes it; what is not listed weighs nothing"""
    offset: float
    """Decibans that a window of unknown words is worth, < 0"""

    def points(self, tokens: Sequence[str]) -> float:
        """Decibans of one window of keys, at most `WINDOW`."""
        return self.offset + sum(self.weights.get(one, 0.0) for one in grams(tokens))


NO_GIST: Final = Gist({}, 0.0)


def load_gist(languages: Sequence[str]) -> Gist:
    """Return the packaged weights of `languages`; of a language without any, nothing."""
    weights: dict[str, float] = {}
    offset = 0.0
    for language in languages:
        file = files("livewatch.phrases") / "data" / f"gist-{language}.tsv"
        if file.is_file():
            for line in file.read_text("utf-8").splitlines():
                if line and not line.startswith("#"):
                    gram, weight = line.split("\t")
                    weights.setdefault(gram, float(weight))
            offset = weights.pop("", 0.0)
    return Gist(weights, offset)


def keys(tokens: Sequence[Token]) -> list[str]:
    """What the gist knows tokens by: their class (a number, a sum, a code), else their stem."""
    return [next((key for key in token.keys if key in CLASSES), token.keys[0]) for token in tokens]


def grams(window: Sequence[str]) -> set[str]:
    """What is weighed of a window, each once: its words, and the pairs of each with the next and the next but one."""
    return {*window, *map(_next, window, window[1:]), *map(_next_but_one, window, window[2:])}


def _next(one: str, other: str) -> str:
    return f"{one} {other}"


def _next_but_one(one: str, other: str) -> str:
    return f"{one} ~ {other}"


class GistMeter:
    """The gist of one side of a call while it is being said. Not for use by two threads at once."""

    def __init__(self, gist: Gist, normaliser: Normaliser) -> None:
        self._gist = gist
        self._normaliser = normaliser
        self._settled = _Window(gist)
        """Up to the end of the last final utterance"""
        self._row = TokenRow(normaliser)
        """Stable words of the open utterance"""
        self._open = _Window(gist)
        """Up to the last of its tokens that cannot change any more, `_kept` of them"""
        self._kept = 0
        self._utterance = -1
        self._best = 0.0
        """Decibans last told"""
        self._points = gist.offset
        """Decibans of the window that ends with the last stable word"""

    @property
    def against(self) -> float:
        """Decibans, `AGAINST`..0, that the words of the window lack to support a phrase in full."""
        return max(AGAINST, min(0.0, self._points - self._gist.offset - _SUPPORT))

    def accept(self, hypothesis: Hypothesis) -> Iterator[Match]:
        """Take the next hypothesis; yield a match when the gist of its stable words is stronger than before.

        What an open utterance adds is forgotten when it is revised: the highest point over final words is the same
        whatever came before them.
        """
        words = hypothesis.words[: hypothesis.stable]
        if not words or not self._gist.weights:
            return
        if hypothesis.utterance != self._utterance:
            self._row, self._utterance = TokenRow(self._normaliser), hypothesis.utterance
            self._begin()
        kept = self._row.read([word.text for word in words])
        if kept < self._kept:
            self._begin()
        tokens = self._row.tokens
        for token, key in zip(tokens[self._kept : kept], keys(tokens[self._kept : kept]), strict=True):
            self._open.add(key, words[token.first : token.last + 1])
        self._kept = kept
        window = self._open.copy()
        best: Match | None = None
        for token, key in zip(tokens[kept:], keys(tokens[kept:]), strict=True):
            points = window.add(key, words[token.first : token.last + 1])
            if points >= self._best + STEP:
                self._best = points
                best = self._match(window, points, hypothesis)
        self._points = window.points
        if hypothesis.final:
            self._settled = window
        if best is not None:
            yield best

    def _begin(self) -> None:
        self._open, self._kept = self._settled.copy(), 0

    def _match(self, window: _Window, points: float, hypothesis: Hypothesis) -> Match:
        telling = window.telling()
        return Match(
            phrase=PHRASE,
            category=PHRASE,
            heard=" … ".join(" ".join(word.text for word in words) for words in telling),
            start=telling[0][0].start,
            end=telling[-1][-1].end,
            points=round(points, 1),
            how="near",
            at=hypothesis.at,
            why=_WHY,
            side=hypothesis.side,
            provisional=not hypothesis.final,
        )


class _Window:
    """The last tokens with the sum of their weights."""

    def __init__(self, gist: Gist) -> None:
        self._gist = gist
        self._tokens: deque[tuple[str, Sequence[Word]]] = deque()
        self._counts: Counter[str] = Counter()
        self._sum = gist.offset

    def copy(self) -> _Window:
        other = _Window(self._gist)
        other._tokens = self._tokens.copy()
        other._counts = self._counts.copy()
        other._sum = self._sum
        return other

    def add(self, key: str, words: Sequence[Word]) -> float:
        """Add one token; return the decibans of the window that ends with it."""
        tokens = self._tokens
        self._count(key, 1)
        if tokens:
            self._count(_next(tokens[-1][0], key), 1)
        if len(tokens) > 1:
            self._count(_next_but_one(tokens[-2][0], key), 1)
        tokens.append((key, words))
        if len(tokens) > WINDOW:
            gone = tokens.popleft()[0]
            self._count(gone, -1)
            self._count(_next(gone, tokens[0][0]), -1)
            self._count(_next_but_one(gone, tokens[1][0]), -1)
        return self._sum

    @property
    def points(self) -> float:
        """Decibans of the window."""
        return self._sum

    def telling(self) -> list[Sequence[Word]]:
        """The words that weigh most, in the order they were said."""
        weights = self._gist.weights
        weigh = {key: weights.get(key, 0.0) for key, _ in self._tokens}
        heaviest = sorted(weigh, key=lambda key: -weigh[key])[:_TOLD]
        heaviest = [key for key in heaviest if weigh[key] > 0] or heaviest[:1]
        first: dict[str, Sequence[Word]] = {}
        for key, words in self._tokens:
            if key in heaviest and words:
                first.setdefault(key, words)
        return list(first.values())

    def _count(self, gram: str, change: int) -> None:
        weight = self._gist.weights.get(gram)
        if weight is None:
            return
        before = self._counts[gram]
        self._counts[gram] = before + change
        if before == 0 and change > 0:
            self._sum += weight
        elif before + change == 0:
            del self._counts[gram]
            self._sum -= weight
