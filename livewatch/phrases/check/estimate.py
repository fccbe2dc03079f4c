"""How often a wording is probably said in ordinary talk, from how common its words are (`wordfreq`).

The rate of a sequence of n words is taken as 10^A · Π p(word)^B · K^(n-1): words of a phrase come together more often
than chance. A, B and K were fitted (2026-11-23) to how often 6,000 sequences of 2 to 5 words, drawn from transcripts of
scam calls, occur in 651,542 words of 1,283 ordinary calls. Of the sequences that occur three times or more there, 8 of
10 are estimated within a factor of ten.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from itertools import islice
from typing import Final

from livewatch.phrases.check.ways import spelt
from livewatch.phrases.language import NOTHING, WordGraph, gap_words
from livewatch.phrases.normalise import CLASSES, CODE, MONEY, NUMBER, Normaliser
from livewatch.phrases.stem import stem

WORDS_PER_HOUR: Final = 2.7 * 3600
"""The pace at which texts are watched (`engines.script`)"""
DOUBT: Final = 10
"""How many times more or less it may be, in 8 of 10 cases"""

_A: Final = 10**-0.9
_B: Final = 0.8
_K: Final = 10**0.9
_SHARES: Final = {NUMBER: 0.0134, MONEY: 0.0016, CODE: 0.0007}
"""Share of the words of the same ordinary calls"""
_EVERYDAY: Final = 10**-3.2
"""Share from which on a word is an everyday one; some 150 words are"""
_UNKNOWN: Final = 1e-8
"""Share of words that wordfreq does not know: it lists what is said once in a hundred million words"""


def hits_per_hour(graph: WordGraph, normaliser: Normaliser) -> float:
    """Estimate how often any of the wording's sequences is said in an hour of ordinary talk."""
    after_word = [0.0] * (graph.last + 1)
    after_gap = [0.0] * (graph.last + 1)
    after_gap[0] = 1.0
    for edge in sorted(graph.edges):
        start, end = edge.start, edge.end
        if edge.label == NOTHING:
            after_word[end] += after_word[start]
            after_gap[end] += after_gap[start]
        elif between := gap_words(edge.label):
            after_word[end] += after_word[start]
            after_gap[end] += between * after_word[start] + (1 + between) * after_gap[start]
        else:
            after_word[end] += (after_word[start] * _K + after_gap[start]) * _weight(edge.label, normaliser)
    return _A * (after_word[graph.last] + after_gap[graph.last]) * WORDS_PER_HOUR


def unknown(graph: WordGraph, normaliser: Normaliser, joined: Collection[str]) -> list[str]:
    """Return the words of the wording that people do not write, so that no recogniser is likely to.

    `joined` are words that are put together from several ("anydesk"): those are known by their parts.
    """
    labels = dict.fromkeys(
        edge.label for edge in graph.edges if edge.label not in (NOTHING, *CLASSES) and not gap_words(edge.label)
    )
    return [
        label
        for label in labels
        if any(
            token.text.isalpha() and len(token.text) > 1 and token.text not in joined and not _share(token.text)
            for token in normaliser.tokens([label])
        )
    ]


def everyday(graph: WordGraph, normaliser: Normaliser) -> str:
    """Find a way of saying the wording in at most three words, all of them among the commonest; empty if there is none.

    How often such words are said together cannot be told from each of them: "right now" is said 25 times as often as
    estimated.
    """
    for words in spelt(graph, 256):
        if len(words) > 6:
            continue
        tokens = normaliser.tokens(words)
        if len(tokens) <= 3 and all(_share(token.text) >= _EVERYDAY for token in tokens):
            return " ".join(words)
    return ""


def _weight(label: str, normaliser: Normaliser) -> float:
    if label in _SHARES:
        return _SHARES[label] ** _B
    weight = 1.0
    for place, token in enumerate(normaliser.tokens([label])):
        share = _SHARES[NUMBER] / 10 if NUMBER in token.keys else max(_forms().get(token.keys[0], 0.0), _UNKNOWN)
        weight *= share**_B * (_K if place else 1.0)
    return weight


def _share(word: str) -> float:
    return _words().get(word, 0.0)


@cache
def _words() -> dict[str, float]:
    """Return every word with its share of all words."""
    from wordfreq import get_frequency_dict  # noqa: PLC0415 - 0.2 s that only the checker needs

    return get_frequency_dict("en", "large")


@cache
def _forms() -> dict[str, float]:
    """Return by stem the share of all words that have it, over the 80,000 most common words."""
    shares: dict[str, float] = {}
    for word, share in islice(_words().items(), 80_000):  # the commonest come first
        shares[stem(word)] = shares.get(stem(word), 0.0) + share
    return shares
