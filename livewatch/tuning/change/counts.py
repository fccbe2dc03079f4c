"""Counts before and after a change of the lists, over the same calls, each with how likely chance explains it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any, TypeAlias

from livewatch.events import Level
from livewatch.tuning.change.significance import mcnemar
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import ALARMS, MUST_REACH, Rate, Share, hours
from livewatch.tuning.evaluate.results import CallResult

Pair: TypeAlias = tuple[CallResult, CallResult]
"""One call before and after"""

ALL = "all sets"


@dataclass(frozen=True, slots=True)
class Moved:
    """How many of some calls (or campaigns) reached a level before and after."""

    before: Share
    after: Share
    up: int
    """Reached it (or more of a campaign's calls did) only after"""
    down: int
    """Only before"""

    @property
    def p(self) -> float:
        """How often chance alone would split the changed ones as unevenly: McNemar's test, exact, two-sided."""
        return mcnemar(self.up, self.down)

    def to_json(self) -> dict[str, Any]:
        """Both shares with their intervals, and the changed ones."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "up": self.up,
            "down": self.down,
            "p": self.p,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """The calls of one label in one set, or in all of them, at one level."""

    set: str
    label: Label
    level: Level
    calls: Moved
    campaigns: Moved
    """Each campaign counts once, with the share of its calls"""
    before: Rate | None
    """False alarms by hours; None for calls that should be caught"""
    after: Rate | None

    def to_json(self) -> dict[str, Any]:
        """One entry of `sets`."""
        rates = (
            {}
            if self.before is None or self.after is None
            else {"per_hour": {"before": self.before.to_json(), "after": self.after.to_json()}}
        )
        return {
            "set": self.set,
            "label": self.label.value,
            "level": self.level.value,
            "calls": self.calls.to_json(),
            "campaigns": self.campaigns.to_json(),
            **rates,
        }


def count(pairs: Sequence[Pair]) -> Iterator[Row]:
    """Yield a row for every set, label and level that counts; with several sets also for all of them together."""
    groups: dict[tuple[str, Label], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair[0].call.set, pair[0].call.label].append(pair)
    for label in Label:
        sets = [(name, group) for (name, own), group in groups.items() if own is label]
        if len(sets) > 1:
            sets.append((ALL, [pair for _, group in sets for pair in group]))
        for name, group in sets:
            for level in ALARMS if label is Label.ORDINARY else (MUST_REACH[label],):
                yield _row(name, label, level, group)


def _row(name: str, label: Label, level: Level, pairs: Sequence[Pair]) -> Row:
    reached = [(_group(one), one.level.rank >= level.rank, other.level.rank >= level.rank) for one, other in pairs]
    campaigns: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for group, was, now in reached:
        campaigns[group].append((was, now))
    shares = [tuple(sum(side) / len(calls) for side in zip(*calls, strict=True)) for calls in campaigns.values()]
    calls = Moved(
        Share(sum(was for _, was, _ in reached), len(pairs)),
        Share(sum(now for _, _, now in reached), len(pairs)),
        sum(now > was for _, was, now in reached),
        sum(was > now for _, was, now in reached),
    )
    by_campaign = Moved(
        Share(fsum(was for was, _ in shares), len(shares)),
        Share(fsum(now for _, now in shares), len(shares)),
        sum(now > was for was, now in shares),
        sum(was > now for was, now in shares),
    )
    before = after = None
    if label is Label.ORDINARY:
        spent = hours(one for one, _ in pairs)
        before, after = Rate(int(calls.before.count), spent), Rate(int(calls.after.count), spent)
    return Row(name, label, level, calls, by_campaign, before, after)


def _group(result: CallResult) -> str:
    return result.call.campaign or result.call.id
