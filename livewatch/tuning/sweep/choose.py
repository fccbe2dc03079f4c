"""Choosing a value under a budget of false alarms, and what that choice is worth on calls it was not made on."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from livewatch.tuning.evaluate.intervals import garwood, wilson
from livewatch.tuning.sweep.curve import Curve, Figures

PARTS: Final = (2, 5, 10)
"""Into how many parts the campaigns are split: two, unless half of the ordinary calls are too few hours to meet the
budget even without a false alarm"""


@dataclass(frozen=True, slots=True)
class Budget:
    """How many false alarms are bearable. The upper ends of the 95 % intervals have to keep to it."""

    per_hour: float | None
    """Of ordinary calls"""
    per_call: float | None = None
    """Share of ordinary calls, 0..1"""

    def met(self, figures: Figures) -> bool:
        """Whether the calls counted show that the budget is kept to; no calls show nothing."""
        alarms, rate = figures.alarms, figures.per_hour
        return (self.per_hour is None or garwood(rate.count, rate.hours)[1] <= self.per_hour) and (
            self.per_call is None or wilson(alarms.count, alarms.of)[1] <= self.per_call
        )

    def within_reach(self, hours: float, calls: int) -> bool:
        """Whether so many hours and calls would show it if none of them alarmed."""
        return (self.per_hour is None or garwood(0, hours)[1] <= self.per_hour) and (
            self.per_call is None or wilson(0, calls)[1] <= self.per_call
        )

    @property
    def hours_needed(self) -> float:
        """Hours of ordinary calls without a false alarm that just show the budget per hour."""
        return garwood(0, 1.0)[1] / self.per_hour if self.per_hour else float("inf")

    def __str__(self) -> str:
        parts = [] if self.per_hour is None else [f"{self.per_hour:g} an hour"]
        parts += [] if self.per_call is None else [f"{self.per_call:.4g} a call"]
        return " and ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Give both; null where there is none."""
        return {"per_hour": self.per_hour, "per_call": self.per_call}


def choose(curve: Curve, budget: Budget, members: Collection[int] | None = None) -> int | None:
    """Return the number of the value to recommend: of those that keep to `budget` the one that catches most.

    Most is by campaign, then by call. Of equal ones it is the nearest to the current value: fewer false alarms that are
    bought with later warnings are for people to weigh (`cheaper`). None when no value keeps to the budget.
    """
    best: tuple[tuple[float, ...], int] | None = None
    for number in range(len(curve.values)):
        figures = curve.figures(number, members)
        if not budget.met(figures):
            continue
        merit = (*_merit(figures), -abs(number - curve.now))
        if best is None or merit > best[0]:
            best = merit, number
    return None if best is None else best[1]


def cheaper(curve: Curve, chosen: int) -> int | None:
    """Return the number of the value that catches as many as the one `chosen` with the fewest false alarms, if fewer.

    Of equal ones the nearest to `chosen`.
    """
    figures = [curve.figures(number) for number in range(len(curve.values))]
    equal = [number for number, one in enumerate(figures) if _merit(one) >= _merit(figures[chosen])]
    least = min(equal, key=lambda number: (figures[number].alarms.count, abs(number - chosen)))
    return least if figures[least].alarms.count < figures[chosen].alarms.count else None


def _merit(figures: Figures) -> tuple[float, float]:
    return round(figures.campaigns.count, 9), figures.caught.count


@dataclass(frozen=True, slots=True)
class Validation:
    """What the rule of choice is worth: each part of the calls at the value chosen on all the others."""

    parts: int
    """Into which the campaigns were split"""
    chosen: tuple[int | None, ...]
    """By part: the number of the value chosen without it; None where none kept to the budget"""
    figures: Figures
    """Over the parts that a value was chosen for"""


def validate(curve: Curve, budget: Budget) -> Validation:
    """Choose without each part of the campaigns in turn, and count on that part."""
    parts = _parts(curve, budget)
    part_of = [part_of_group(group, parts) for group in curve.groups]
    chosen: list[int | None] = []
    at: dict[int, int] = {}
    for part in range(parts):
        value = choose(curve, budget, [number for number, own in enumerate(part_of) if own != part])
        chosen.append(value)
        if value is not None:
            at |= {number: value for number, own in enumerate(part_of) if own == part}
    return Validation(parts, tuple(chosen), curve.mixed(at))


def part_of_group(group: str, parts: int) -> int:
    """Which part a campaign belongs to: by its hash, so that it does not move when others are added."""
    return zlib.crc32(group.encode()) % parts


def _parts(curve: Curve, budget: Budget) -> int:
    """Decide by hours and calls alone, not by what the calls reached: that would be choosing by the result."""
    for parts in PARTS:
        rest: Sequence[Figures] = [
            curve.figures(0, [n for n, group in enumerate(curve.groups) if part_of_group(group, parts) != part])
            for part in range(parts)
        ]
        if all(budget.within_reach(one.per_hour.hours, one.alarms.of) for one in rest):
            return parts
    return PARTS[0]
