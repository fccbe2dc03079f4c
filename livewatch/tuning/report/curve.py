"""What other thresholds would have done: the collected matches put to the judge again, nothing is heard anew."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from livewatch.events import Level, Match
from livewatch.risk.judge import Judge
from livewatch.risk.levels import JudgeRules
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import MUST_REACH, Rate, Share, hours
from livewatch.tuning.evaluate.results import CallResult

GRID = tuple(float(points) for points in range(5, 61))
"""Decibans that a threshold is tried at, beside the ones that are set; 60 is the most a single phrase can have"""

ALL = "all sets"
"""The name of the series over everything"""


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold of one series."""

    points: float
    """Decibans: the threshold"""
    value: Share | Rate
    """Recall, or false alarms"""


@dataclass(frozen=True, slots=True)
class Series:
    """How one set fares at every threshold."""

    set: str
    label: Label
    """Scam and caution calls are caught, ordinary ones alarm for nothing"""
    level: Level
    """Whose threshold is moved: danger, or caution (and then, caution or more is counted)"""
    points: tuple[Point, ...]
    """By threshold, the lowest first"""

    def to_json(self) -> dict[str, Any]:
        """Each point as threshold, count, of what (calls or hours), figure, and both ends of its interval."""
        rows = []
        for point in self.points:
            found = point.value.to_json()
            figures = (found["of"], found["share"]) if "of" in found else (found["hours"], found["rate"])
            rows.append([point.points, found["count"], *figures, found["low"], found["high"]])
        return {"set": self.set, "label": self.label.value, "level": self.level.value, "points": rows}


def curves(results: Sequence[CallResult], rules: JudgeRules) -> list[Series]:
    """Count every set, and all of them together, at every threshold of the grid and at those of `rules`.

    For danger, calls that reached danger are counted, with its threshold at the grid's points; for caution those that
    reached caution or more.
    """
    grid = sorted({*GRID, rules.caution_points, rules.danger_points})
    groups: dict[tuple[str, Label], list[tuple[CallResult, dict[Level, float]]]] = defaultdict(list)
    for result in results:
        if result.call.label is Label.ORDINARY or result.call.label in MUST_REACH:
            reached = highest_thresholds(result.matches, rules, grid)
            for name in (ALL, result.call.set):
                groups[name, result.call.label].append((result, reached))
    several = len({name for name, _ in groups}) > 2
    return [
        Series(name, label, level, tuple(_points(group, label, level, grid)))
        for (name, label), group in groups.items()
        if several or name != ALL
        for level in (Level.CAUTION, Level.DANGER)
        if level.rank <= MUST_REACH.get(label, Level.DANGER).rank  # a caution call need not be danger
    ]


def highest_thresholds(matches: Sequence[Match], rules: JudgeRules, grid: Sequence[float]) -> dict[Level, float]:
    """Return the highest threshold of the sorted `grid` at which `matches` still reach each level; 0 for none.

    Whether a call reaches a level only ever changes from yes to no as its threshold rises (points never fall during a
    call, and what pretexts alone may reach does not depend on it), so halving the grid finds it.
    """
    if not matches:
        return {Level.CAUTION: 0.0, Level.DANGER: 0.0}

    @cache
    def reached(points: float) -> Level:
        judge = Judge(replace(rules, caution_points=points, danger_points=points))
        for match in matches:
            for _ in judge.accept(match):
                pass
        return judge.level

    def highest(level: Level) -> float:
        place = bisect_left(grid, True, key=lambda points: reached(points).rank < level.rank)
        return grid[place - 1] if place else 0.0

    return {level: highest(level) for level in (Level.CAUTION, Level.DANGER)}


def _points(
    group: Iterable[tuple[CallResult, dict[Level, float]]], label: Label, level: Level, grid: Sequence[float]
) -> Iterator[Point]:
    results = [result for result, _ in group]
    highest = sorted(reached[level] for _, reached in group)
    exposure = hours(results)
    for points in grid:
        count = len(results) - bisect_left(highest, points)
        yield Point(points, Rate(count, exposure) if label is Label.ORDINARY else Share(count, len(results)))
