"""Counts over many calls, each with its 95 % interval: recall, false alarms, seconds to the alert, phrases."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from livewatch.events import SAMPLE_RATE, Level
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.intervals import garwood, quantile, wilson
from livewatch.tuning.evaluate.results import CallResult

MUST_REACH = {Label.SCAM: Level.DANGER, Label.CAUTION: Level.CAUTION}
"""The level a call has to reach, at least, to count as caught"""

ALARMS = (Level.CAUTION, Level.DANGER)
"""The levels that interrupt people"""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, with its Wilson interval."""

    count: float
    """0..of; not whole where the shares of campaigns were added up"""
    of: int

    def to_json(self) -> dict[str, Any]:
        """Share and both ends of its interval in 0..1; the share is null when there was nothing to count."""
        low, high = wilson(self.count, self.of)
        share = self.count / self.of if self.of else None
        return {
            "count": _number(self.count),
            "of": self.of,
            "share": _number(share),
            "low": _number(low),
            "high": _number(high),
        }


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` events in `hours`, with its exact Poisson (Garwood) interval."""

    count: int
    hours: float

    def to_json(self) -> dict[str, Any]:
        """Events per hour and both ends of the interval; null where there were no hours."""
        low, high = garwood(self.count, self.hours)
        rate = self.count / self.hours if self.hours else None
        return {
            "count": self.count,
            "hours": round(self.hours, 4),
            "rate": _number(rate),
            "low": _number(low),
            "high": _number(high),
        }


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the start of the call to an alert."""

    seconds: tuple[float, ...]
    """One per call that was alerted"""
    of: int
    """All calls that should have been"""

    def to_json(self) -> dict[str, Any]:
        """Give the median and 95th percentile of the alerted calls; for `…_all_s` a miss takes forever (null)."""
        everyone = [*self.seconds, *[math.inf] * (self.of - len(self.seconds))]
        return {
            "alerted": len(self.seconds),
            "of": self.of,
            "median_s": quantile(self.seconds, 0.5),
            "p95_s": quantile(self.seconds, 0.95),
            "median_all_s": _number(quantile(everyone, 0.5)),
            "p95_all_s": _number(quantile(everyone, 0.95)),
        }


@dataclass(frozen=True, slots=True)
class Campaigns:
    """How the campaigns of a set were caught, each counting once whatever its number of calls."""

    mean: Share
    """The caught share of each campaign's calls, averaged over campaigns"""
    any: Share
    """Campaigns of which at least one call was caught"""
    all: Share
    """Campaigns of which every call was caught"""

    def to_json(self) -> dict[str, Any]:
        """Three shares."""
        return {"mean": self.mean.to_json(), "any": self.any.to_json(), "all": self.all.to_json()}


@dataclass(frozen=True, slots=True)
class Recall:
    """The calls of one set and label that should raise an alert."""

    set: str
    label: Label
    level: Level
    """What they must reach"""
    calls: Share
    campaigns: Campaigns
    warned: Share
    """Calls that reached caution or more"""
    first_alert: Times
    """To caution or more"""
    to_level: Times
    """To `level` or more"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `recall`."""
        return {
            "set": self.set,
            "label": self.label.value,
            "level": self.level.value,
            "calls": self.calls.to_json(),
            "campaigns": self.campaigns.to_json(),
            "caution_or_more": self.warned.to_json(),
            "first_alert": self.first_alert.to_json(),
            "to_level": self.to_level.to_json(),
        }


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """The ordinary calls of one set that reached `level` or more: at most one alarm per call and level."""

    set: str
    level: Level
    calls: Share
    per_hour: Rate

    def to_json(self) -> dict[str, Any]:
        """One entry of `false_alarms`."""
        return {
            "set": self.set,
            "level": self.level.value,
            "calls": self.calls.to_json(),
            "per_hour": self.per_hour.to_json(),
        }


@dataclass(frozen=True, slots=True)
class PhraseCount:
    """What one phrase did over all sets."""

    phrase: str
    category: str
    hits: int
    """Times it was heard"""
    calls: dict[Label, int]
    """Calls in which it was heard, by what they were"""
    per_hour: Rate
    """Hits in ordinary calls"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `phrases`."""
        return {
            "phrase": self.phrase,
            "category": self.category,
            "hits": self.hits,
            "calls": sum(self.calls.values()),
            **{f"{label}_calls": self.calls[label] for label in Label},
            "ordinary_hits_per_hour": self.per_hour.to_json(),
        }


def count_recall(results: Iterable[CallResult]) -> Iterator[Recall]:
    """One `Recall` for each set and label that has calls which should raise an alert, in the order of the sets."""
    groups: dict[tuple[str, Label], list[CallResult]] = defaultdict(list)
    for result in results:
        if result.call.label in MUST_REACH:
            groups[result.call.set, result.call.label].append(result)
    for (name, label), group in groups.items():
        level = MUST_REACH[label]
        yield Recall(
            name,
            label,
            level,
            _reached(group, level),
            _campaigns(group, level),
            _reached(group, Level.CAUTION),
            _times(group, Level.CAUTION),
            _times(group, level),
        )


def count_false_alarms(results: Iterable[CallResult]) -> Iterator[FalseAlarms]:
    """One `FalseAlarms` for each set that has ordinary calls and each level."""
    groups: dict[str, list[CallResult]] = defaultdict(list)
    for result in results:
        if result.call.label is Label.ORDINARY:
            groups[result.call.set].append(result)
    for name, group in groups.items():
        for level in ALARMS:
            reached = _reached(group, level)
            yield FalseAlarms(name, level, reached, Rate(int(reached.count), hours(group)))


def count_phrases(results: Sequence[CallResult]) -> list[PhraseCount]:
    """One `PhraseCount` for each phrase that was heard, those of most calls first."""
    ordinary_hours = hours(result for result in results if result.call.label is Label.ORDINARY)
    hits: Counter[str] = Counter()
    ordinary: Counter[str] = Counter()
    calls: dict[str, Counter[Label]] = defaultdict(Counter)
    categories: dict[str, str] = {}
    for result in results:
        heard = Counter(match.phrase for match in result.matches)
        categories.update((match.phrase, match.category) for match in result.matches)
        hits.update(heard)
        if result.call.label is Label.ORDINARY:
            ordinary.update(heard)
        for phrase in heard:
            calls[phrase][result.call.label] += 1
    counts = [
        PhraseCount(
            phrase,
            categories[phrase],
            hits[phrase],
            {label: by_label[label] for label in Label},
            Rate(ordinary[phrase], ordinary_hours),
        )
        for phrase, by_label in calls.items()
    ]
    return sorted(counts, key=lambda count: (-sum(count.calls.values()), count.phrase))


def hours(results: Iterable[CallResult]) -> float:
    """Hours of sound in `results` (of text: at its reading speed)."""
    return sum(result.audio for result in results) / SAMPLE_RATE / 3600


def _caught(result: CallResult, level: Level) -> bool:
    return result.level.rank >= level.rank


def _reached(group: Sequence[CallResult], level: Level) -> Share:
    return Share(sum(_caught(result, level) for result in group), len(group))


def _campaigns(group: Sequence[CallResult], level: Level) -> Campaigns:
    """Count by campaign; a call without one is a campaign of its own."""
    campaigns: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for result in group:
        call = result.call
        key = ("call", call.id) if call.campaign is None else ("campaign", call.campaign)
        campaigns[key].append(_caught(result, level))
    caught = campaigns.values()
    return Campaigns(
        Share(math.fsum(sum(calls) / len(calls) for calls in caught), len(campaigns)),
        Share(sum(any(calls) for calls in caught), len(campaigns)),
        Share(sum(all(calls) for calls in caught), len(campaigns)),
    )


def _times(group: Sequence[CallResult], level: Level) -> Times:
    firsts = [first for result in group if (first := result.first(level)) is not None]
    return Times(tuple(round(first / SAMPLE_RATE, 3) for first in firsts), len(group))


def _number(value: float | None) -> float | int | None:
    """Ready for JSON, which knows no infinity; whole numbers stay whole."""
    if value is None or math.isinf(value):
        return None
    return int(value) if value == int(value) else round(value, 6)
