"""Wordings for missed scams: the marks that are worth a phrase, tried in all calls as phrases are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from livewatch.phrases.book import Book
from livewatch.phrases.check.estimate import everyday
from livewatch.phrases.language import WordingError, parse
from livewatch.phrases.phrase import Phrase, read_phrase
from livewatch.phrases.reading import Entry
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import Rate, hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.suggest.marks import Mark, group_of
from livewatch.tuning.suggest.odds import least_points
from livewatch.tuning.suggest.talk import hypotheses

EXAMPLES: Final = 2
"""Quotations for each, of different campaigns"""
_TRIED: Final = 200
"""Marks, the best first, that are searched in the calls with all that cancels phrases"""
_FOR_A_CAMPAIGN: Final = 3
"""Wordings told for one missed campaign: more would say the same sentence in other cuts"""


@dataclass(frozen=True, slots=True)
class Wording:
    """One word, or a wording of the phrase language, that marks missed scams."""

    text: str
    z: float
    """Log-odds against ordinary calls, in standard errors"""
    missed: tuple[str, ...]
    """Missed campaigns that say it: its support"""
    campaigns: int
    """All campaigns of scam calls that say it"""
    ordinary: Rate
    """Hits in ordinary calls, as phrases are found (single words: as said)"""
    ordinary_calls: int
    """Ordinary calls with a hit"""
    points: float
    """Decibans it is worth at the least, by these calls; 0 for single words, which are no phrases"""
    examples: tuple[str, ...]
    """Where missed calls say it, as said"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `words` or `wordings`."""
        return {
            "text": self.text,
            "z": round(self.z, 3),
            "missed_campaigns": list(self.missed),
            "campaigns": self.campaigns,
            "ordinary": self.ordinary.to_json(),
            "ordinary_calls": self.ordinary_calls,
            "points": self.points,
            "examples": list(self.examples),
        }


def single_words(marks: Sequence[Mark], results: Sequence[CallResult], book: Book, most: int) -> list[Wording]:
    """Return the single words among `marks`: material to read, since one word alone is no phrase."""
    some = [mark for mark in marks if mark.length == 1 and not _everyday(mark.text, book)][:most]
    return [_wording(mark, mark.said, results, points=False) for mark in some]


def wordings(marks: Sequence[Mark], results: Sequence[CallResult], book: Book, most: int) -> list[Wording]:
    """Return wordings that are worth points by all `results`, or not said in ordinary calls, at most `most`.

    First what could win most: what a wording is worth, times the missed campaigns that say it. They are searched as
    phrases are, so a wording that only stands where it is denied or told about has no hits.
    """
    phrases = {}
    for mark in [mark for mark in marks if mark.length > 1 and not _everyday(mark.text, book)][:_TRIED]:
        phrase = trial_phrase(f"trial-{len(phrases)}", mark.text, book)
        if phrase is not None:
            phrases[phrase.id] = (phrase, mark)
    saying = {name for _, mark in phrases.values() for name in mark.said}
    heard = search([phrase for phrase, _ in phrases.values()], [one for one in results if one.call.id in saying], book)
    found = [_wording(mark, heard[name], results, points=True) for name, (_, mark) in phrases.items()]
    found.sort(key=lambda one: (-one.points * len(one.missed), -one.z))
    return _thinned([one for one in found if one.points >= 1 or not one.ordinary_calls], most)


def trial_phrase(name: str, text: str, book: Book) -> Phrase | None:
    """Return a phrase of this one wording; None where the language does not allow it."""
    values = {"id": name, "category": "other", "say": [text], "why": "On trial.", "points": 0}
    return read_phrase(Entry("trial", 1, values), {}, None, book.normaliser)[0]


def search(phrases: Sequence[Phrase], results: Sequence[CallResult], book: Book) -> dict[str, Counter[str]]:
    """Search what was said in `results` for `phrases`; return their hits by id, then by call."""
    trial = Book(phrases, book.normaliser, book.context)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        spotter = trial.spotter()
        for hypothesis in hypotheses(result):
            for match in spotter.accept(hypothesis):
                found[match.phrase][result.call.id] += 1
    return found


def _everyday(text: str, book: Book) -> bool:
    """Whether it is said with everyday words only: how rare such words seem here says little about other calls."""
    try:
        return bool(everyday(parse(text, single=True), book.normaliser))
    except WordingError:
        return False


def _wording(mark: Mark, said: Counter[str], results: Sequence[CallResult], *, points: bool) -> Wording:
    ordinary = [result for result in results if result.call.label is Label.ORDINARY]
    scams = [result for result in results if result.call.label is Label.SCAM]
    saying = {group_of(result.call) for result in scams if said[result.call.id]}
    groups = {group_of(result.call) for result in scams}
    hits = [said[result.call.id] for result in ordinary if said[result.call.id]]
    worth = least_points(len(saying), len(groups), len(hits), len(ordinary)) if points else 0.0
    return Wording(
        mark.text,
        mark.z,
        tuple(mark.missed),
        len(saying),
        Rate(sum(hits), hours(ordinary)),
        len(hits),
        float(max(0, int(worth))),
        tuple([*mark.missed.values()][:EXAMPLES]),
    )


def _thinned(found: Sequence[Wording], most: int) -> list[Wording]:
    """Leave out what better ones say: the same words for the same campaigns, and a campaign's fourth wording."""
    kept: list[Wording] = []
    told: Counter[str] = Counter()
    for one in found:
        again = any(_alike(one.text, other.text) and {*one.missed} <= {*other.missed} for other in kept)
        if again or all(told[group] >= _FOR_A_CAMPAIGN for group in one.missed):
            continue
        kept.append(one)
        told.update(one.missed)
    return kept[:most]


def _alike(one: str, other: str) -> bool:
    return not {*one.split()}.isdisjoint(other.split())
