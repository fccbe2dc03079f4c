"""What could stand in `unless`: words near the hits of a phrase in ordinary calls, each tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from livewatch.events import Match
from livewatch.phrases.automaton import compile_wording
from livewatch.phrases.book import Book
from livewatch.phrases.context import WORDS_AFTER, WORDS_BEFORE
from livewatch.phrases.language import WordingError, parse
from livewatch.phrases.phrase import MAX_WORDINGS, Phrase
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.suggest.odds import Counts, log_odds
from livewatch.tuning.suggest.talk import Sentence, sentences
from livewatch.tuning.suggest.wordings import search

Hits = Sequence[tuple[CallResult, Match]]

_LENGTHS: Final = (1, 2)
"""Tokens of an exception"""
_TRIED: Final = 12
"""Tried for one phrase, those that stand near its ordinary hits most one-sidedly"""
_TOLD: Final = 3
_COMMON: Final = 0.05
"""Share of scam calls from which on a word is no exception"""


@dataclass(frozen=True, slots=True)
class Excuse:
    """A word or two that could stand in `unless`."""

    words: str
    ordinary: int
    """Hits in ordinary calls that it cancels"""
    scam: int
    """Hits in scam and caution calls that it cancels, too"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `unless`."""
        return {"words": self.words, "ordinary_hits_cancelled": self.ordinary, "scam_hits_cancelled": self.scam}


@dataclass(slots=True)
class _Near:
    """What stands within reach of `unless` of some hits."""

    counts: Counts = field(default_factory=Counts)
    calls: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By gram: ids of the calls"""
    texts: dict[str, str] = field(default_factory=dict)


def common_in(scams: Sequence[CallResult], book: Book) -> frozenset[str]:
    """Return what is said in so many of the calls `scams` that it would excuse them, too, sooner or later."""
    said: Counter[str] = Counter()
    for result in scams:
        spoken = [*sentences(result, book.normaliser)]
        said.update({gram for sentence in spoken for length in _LENGTHS for _, gram in sentence.grams(length)})
    return frozenset(gram for gram, calls in said.items() if calls > _COMMON * len(scams))


def find_excuses(
    phrase: Phrase, ordinary: Hits, scam: Hits, book: Book, *, common: Collection[str], least: int
) -> Iterator[Excuse]:
    """Yield words that cancel hits of `phrase` in at least `least` ordinary calls and fewer others, the best first.

    What is `common` in scams is none: "and" stands near two of six ordinary hits by chance.
    """
    near, near_scam = _near(ordinary, book), _near(scam, book)
    every = Counts()
    for counts in (near.counts, near_scam.counts):
        every.total += counts.total
        for gram, times in counts.grams.items():
            every.add(gram, times)
    scored = [
        (log_odds(gram, near.counts, near_scam.counts, every), gram)
        for gram, calls in near.calls.items()
        if len(calls) >= least and gram not in common
    ]
    variants: list[tuple[Phrase, str]] = []
    for _, gram in sorted(scored, reverse=True)[:_TRIED]:
        variant = _with_excuse(phrase, f"trial-{len(variants)}", near.texts[gram], book)
        if variant is not None:
            variants.append((variant, near.texts[gram]))
    if not variants:
        return
    phrases = [phrase, *(variant for variant, _ in variants)]
    heard = [search(phrases, [*{one.call.id: one for one, _ in hits}.values()], book) for hits in (ordinary, scam)]
    found: list[Excuse] = []
    for variant, words in variants:
        saved = heard[0][phrase.id] - heard[0][variant.id]
        spoiled = heard[1][phrase.id] - heard[1][variant.id]
        if len(saved) >= least and saved.total() > spoiled.total():
            found.append(Excuse(words, saved.total(), spoiled.total()))
    found.sort(key=lambda one: (one.scam - one.ordinary, len(one.words), one.words))
    yield from found[:_TOLD]


def _near(hits: Hits, book: Book) -> _Near:
    near = _Near()
    by_call: dict[str, list[tuple[CallResult, Match]]] = defaultdict(list)
    for hit in hits:
        by_call[hit[0].call.id].append(hit)
    for name, some in by_call.items():
        spoken = [*sentences(some[0][0], book.normaliser)]
        for _, match in some:
            for sentence in spoken:
                for length in _LENGTHS:
                    for first, gram in _around(sentence, match, length):
                        near.counts.total += 1
                        near.counts.add(gram, 1)
                        near.calls[gram].add(name)
                        near.texts.setdefault(gram, " ".join(sentence.texts[first : first + length]))
    return near


def _around(sentence: Sentence, match: Match, length: int) -> Iterator[tuple[int, str]]:
    """Yield the grams of a sentence that stand shortly before or after the match, and not in it."""
    inside = [number for number, start in enumerate(sentence.starts) if match.start <= start < match.end]
    if not inside:
        return
    for first, gram in sentence.grams(length):
        before, after = inside[0] - (first + length), first - inside[-1] - 1
        if 0 <= before <= WORDS_BEFORE or 0 <= after <= WORDS_AFTER:
            yield first, gram


def _with_excuse(phrase: Phrase, name: str, words: str, book: Book) -> Phrase | None:
    """Return `phrase` with one more exception; None where it cannot have it."""
    if words in phrase.unless or len(phrase.unless) >= MAX_WORDINGS:
        return None
    try:
        automaton = compile_wording(parse(words, single=True), book.normaliser, inflected=phrase.inflected)
    except WordingError:
        return None
    automata = {**phrase.automata, "unless": (*phrase.automata["unless"], automaton)}
    return replace(phrase, id=name, unless=(*phrase.unless, words), automata=automata)
