"""False alarms: which phrases make them, what would be lost without each, and what could excuse them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from livewatch.events import Level, Match
from livewatch.phrases.book import Book
from livewatch.phrases.phrase import Phrase
from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import MUST_REACH, Rate, hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.suggest.excuses import Excuse, Hits, common_in, find_excuses
from livewatch.tuning.suggest.wordings import EXAMPLES
from livewatch.tuning.work.rejudge import counted, rejudge


@dataclass(frozen=True, slots=True)
class Alarming:
    """A phrase that counted in false alarms."""

    phrase: str
    category: str
    points: float
    cautions: int
    """Ordinary calls it counted in that reached caution or more"""
    dangers: int
    """Of these, calls that reached danger"""
    alone: int
    """Of these, calls that would not have alarmed, or not so high, without it"""
    needed: int
    """Calls that are caught and would not be without it"""
    ordinary: Rate
    """Hits in ordinary calls"""
    scam_hits: int
    """Hits in scam and caution calls"""
    unless: tuple[Excuse, ...]
    examples: tuple[str, ...]
    """What was heard in false alarms"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `false_alarms`."""
        return {
            "phrase": self.phrase,
            "category": self.category,
            "points": self.points,
            "calls": self.cautions,
            "dangers": self.dangers,
            "alone": self.alone,
            "needed": self.needed,
            "ordinary": self.ordinary.to_json(),
            "scam_hits": self.scam_hits,
            "unless": [one.to_json() for one in self.unless],
            "examples": list(self.examples),
        }


def find_alarming(results: Sequence[CallResult], book: Book, rules: JudgeRules, *, least: int) -> list[Alarming]:
    """Return the phrases that counted in false alarms, those that make most alone first.

    `least`: ordinary calls that an exception must be found in.
    """
    ordinary = [result for result in results if result.call.label is Label.ORDINARY]
    others = [result for result in results if result.call.label is not Label.ORDINARY]
    alarms: dict[str, list[CallResult]] = defaultdict(list)
    for result in ordinary:
        if result.level is not Level.NONE:
            for name in counted(result, rules, result.level):
                alarms[name].append(result)
    known = {phrase.id: phrase for phrase in book.phrases}
    common = common_in(others, book) if alarms else frozenset()
    found = []
    for name, some in alarms.items():
        if name not in known:  # the gist is no phrase
            continue
        phrase = known[name]
        hits, true = _hits(phrase, ordinary), _hits(phrase, others)
        excuses = find_excuses(phrase, hits, true, book, common=common, least=least)
        found.append(
            _alarming(phrase, some, hits=hits, true=true, rules=rules, spent=hours(ordinary), excuses=tuple(excuses))
        )
    return sorted(found, key=lambda one: (-one.alone, -one.cautions, one.phrase))


def _hits(phrase: Phrase, results: Sequence[CallResult]) -> list[tuple[CallResult, Match]]:
    return [(result, match) for result in results for match in result.matches if match.phrase == phrase.id]


def _alarming(
    phrase: Phrase,
    alarms: Sequence[CallResult],
    *,
    hits: Hits,
    true: Hits,
    rules: JudgeRules,
    spent: float,
    excuses: tuple[Excuse, ...],
) -> Alarming:
    heard = [match.heard for _, match in _hits(phrase, alarms)]
    return Alarming(
        phrase.id,
        phrase.category,
        phrase.points,
        len(alarms),
        sum(result.level is Level.DANGER for result in alarms),
        sum(rejudge(result, rules, without=(phrase.id,)).level is not result.level for result in alarms),
        sum(_needs(result, phrase.id, rules) for result in {result.call.id: result for result, _ in true}.values()),
        Rate(len(hits), spent),
        len(true),
        excuses,
        tuple(dict.fromkeys(heard))[:EXAMPLES],
    )


def _needs(result: CallResult, phrase: str, rules: JudgeRules) -> bool:
    must = MUST_REACH[result.call.label].rank
    return result.level.rank >= must > rejudge(result, rules, without=(phrase,)).level.rank
