"""What each phrase and each category is worth: calls that only they catch, false alarms that only they cause."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from livewatch.events import Level, Match
from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import ALARMS, MUST_REACH, Rate, hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.rejudge import rejudge


@dataclass(slots=True)
class Worth:
    """Of one phrase, or of all phrases of one category. One that is not needed may still be one of two that are."""

    hits: int = 0
    """Times heard"""
    false_hits: int = 0
    """Of these, in ordinary calls"""
    calls: Counter[Label] = field(default_factory=Counter)
    """Calls in which it was heard, by what they were"""
    only: list[str] = field(default_factory=list)
    """Ids of calls that reach the level they must, and without it would not"""
    alarms: dict[Level, int] = field(default_factory=lambda: dict.fromkeys(ALARMS, 0))
    """Ordinary calls that reach a level, and without it would not"""

    def to_json(self, ordinary_hours: float) -> dict[str, Any]:
        """Give what `phrases` and `categories` have in common."""
        cost = {f"{level}": Rate(count, ordinary_hours).to_json() for level, count in self.alarms.items()}
        true_hits = self.hits - self.false_hits
        return {
            "true_hits": true_hits,
            "false_hits": self.false_hits,
            "only_this_caught": self.only,
            "cost_an_hour": cost,
        }


@dataclass(frozen=True, slots=True)
class Worths:
    """By what the matches are told apart."""

    phrases: dict[str, Worth]
    categories: dict[str, Worth]
    never_heard: tuple[str, ...]
    """Phrases of the book that no call has, in the order of the book"""
    hours: float
    """Of ordinary calls"""

    def categories_json(self) -> list[dict[str, Any]]:
        """Give `categories`, those of most hits first."""
        return [
            {
                "category": name,
                "hits": worth.hits,
                "calls": worth.calls.total(),
                **{f"{label}_calls": worth.calls[label] for label in Label},
                "ordinary_hits_per_hour": Rate(worth.false_hits, self.hours).to_json(),
                **worth.to_json(self.hours),
            }
            for name, worth in sorted(self.categories.items(), key=lambda item: (-item[1].hits, item[0]))
        ]


def weigh(results: Sequence[CallResult], rules: JudgeRules, book: Iterable[str] = ()) -> Worths:
    """Weigh all that was heard in `results` by judging each call again without it; `book` are the ids of all phrases.

    What the other phrases find is taken as it is (see `rejudge`).
    """
    phrases = _by(lambda match: match.phrase, results, rules)
    categories = _by(lambda match: match.category, results, rules)
    never = tuple(name for name in book if name not in phrases)
    return Worths(phrases, categories, never, hours(one for one in results if one.call.label is Label.ORDINARY))


def _by(kind: Callable[[Match], str], results: Sequence[CallResult], rules: JudgeRules) -> dict[str, Worth]:
    worths: dict[str, Worth] = defaultdict(Worth)
    for result in results:
        label = result.call.label
        groups: dict[str, set[str]] = defaultdict(set)
        for match in result.matches:
            groups[kind(match)].add(match.phrase)
            worths[kind(match)].hits += 1
            worths[kind(match)].false_hits += label is Label.ORDINARY
        for name, of_kind in groups.items():
            worths[name].calls[label] += 1
            if result.level is not Level.NONE:
                _compare(worths[name], result, rejudge(result, rules, without=of_kind).level)
    return dict(worths)


def _compare(worth: Worth, result: CallResult, left: Level) -> None:
    """Note what becomes of a call that reaches only the level `left`."""
    must = MUST_REACH.get(result.call.label)
    if must is not None and result.level.rank >= must.rank > left.rank:
        worth.only.append(result.call.id)
    if result.call.label is Label.ORDINARY:
        for level in ALARMS:
            worth.alarms[level] += result.level.rank >= level.rank > left.rank
