"""The figures apart for each condition: recogniser, and whatever the rows say of channel, codec, level, rate, voice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import ALARMS, MUST_REACH, Rate, Share, hours
from livewatch.tuning.evaluate.results import CallResult

RECOGNISER = "recogniser"
"""The condition that no row has to state"""
MOST_VALUES = 20
"""Values that are told apart; a field with more of them tells calls apart, not conditions"""


@dataclass(frozen=True, slots=True)
class Condition:
    """The calls of one label under one condition."""

    name: str
    """Field of the rows, or `RECOGNISER`"""
    value: str
    label: Label
    level: Level
    """Scam and caution: what they must reach. Ordinary: what they must not"""
    calls: Share
    """Calls that reached it"""
    per_hour: Rate | None
    """Ordinary calls only"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `conditions`."""
        return {
            "condition": self.name,
            "value": self.value,
            "label": self.label.value,
            "level": self.level.value,
            "calls": self.calls.to_json(),
            "per_hour": None if self.per_hour is None else self.per_hour.to_json(),
        }


def count_conditions(results: Sequence[CallResult]) -> Iterator[Condition]:
    """Count calls by every condition that differs between them, over all sets."""
    by_name: dict[str, dict[str, list[CallResult]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for name, value in ((RECOGNISER, result.recogniser), *result.call.conditions):
            by_name[name][value].append(result)
    for name, values in by_name.items():
        if 1 < len(values) <= MOST_VALUES:
            for value in sorted(values, key=_as_number):
                yield from _count(name, value, values[value])


def _count(name: str, value: str, results: Sequence[CallResult]) -> Iterator[Condition]:
    for label in Label:
        group = [result for result in results if result.call.label is label]
        for level in (MUST_REACH[label],) if label in MUST_REACH else ALARMS:
            reached = sum(result.level.rank >= level.rank for result in group)
            rate = Rate(reached, hours(group)) if label is Label.ORDINARY else None
            if group:
                yield Condition(name, value, label, level, Share(reached, len(group)), rate)


def _as_number(value: str) -> tuple[float, str]:
    """Sort 5 before 20, and words after numbers."""
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
