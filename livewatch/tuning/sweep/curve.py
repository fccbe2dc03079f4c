"""What labelled calls reach at each value of one setting, and the figures of any part of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import Any

from livewatch.events import SAMPLE_RATE, Level, seconds
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.evaluate.counts import MUST_REACH, Rate, Share, Times


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over some calls at one value."""

    caught: Share
    """Calls that should reach the level and did"""
    campaigns: Share
    """The same with each campaign counting once: the mean of its calls' share"""
    alarms: Share
    """Ordinary calls that reached the level"""
    per_hour: Rate
    """The same by hours of ordinary calls"""
    seconds: Times
    """From the start of the call to the level, of the calls caught"""

    def to_json(self) -> dict[str, Any]:
        """Shares, rates and times, with their intervals."""
        return {
            "calls": self.caught.to_json(),
            "campaigns": self.campaigns.to_json(),
            "to_level": self.seconds.to_json(),
            "false_alarms": {"calls": self.alarms.to_json(), "per_hour": self.per_hour.to_json()},
        }


@dataclass(frozen=True)
class Curve:
    """One setting over its values."""

    setting: str
    """Dotted name"""
    level: Level
    """The level whose alarms are counted"""
    values: tuple[Any, ...]
    """In ascending order where they have one; `current` is among them"""
    current: Any
    """What is set now"""
    calls: tuple[LabelledCall, ...]
    audio: tuple[int, ...]
    """Samples of each call"""
    first: tuple[tuple[int | None, ...], ...]
    """By value, then by call: the sample index at which it reached the level; None where it never did"""

    @property
    def now(self) -> int:
        """Number of the current value."""
        return self.values.index(self.current)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Of each call, what must stay on one side of a split: its campaign, else the call itself."""
        return tuple(call.campaign or call.id for call in self.calls)

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the sets, in the order of the calls."""
        return tuple(dict.fromkeys(call.set for call in self.calls))

    def members(self, name: str) -> list[int]:
        """Numbers of the calls of the set `name`."""
        return [number for number, call in enumerate(self.calls) if call.set == name]

    def figures(self, value: int, members: Iterable[int] | None = None) -> Figures:
        """Count over the calls `members` (all of them when None) at the value of number `value`."""
        return self.mixed(dict.fromkeys(range(len(self.calls)) if members is None else members, value))

    def mixed(self, chosen: dict[int, int]) -> Figures:
        """Count over the calls that are the keys of `chosen`, each at the value whose number is given for it."""
        caught: list[bool] = []
        campaigns: dict[str, list[bool]] = defaultdict(list)
        alarms: list[bool] = []
        times: list[float] = []
        samples = 0
        for number, value in chosen.items():
            call, first = self.calls[number], self.first[value][number]
            reached = first is not None
            if call.label is Label.ORDINARY:
                alarms.append(reached)
                samples += self.audio[number]
            elif MUST_REACH[call.label].rank >= self.level.rank:  # a caution call need not be danger
                caught.append(reached)
                times += [seconds(first)] if first is not None else []
                campaigns[self.groups[number]].append(reached)
        mean = fsum(sum(calls) / len(calls) for calls in campaigns.values())
        return Figures(
            Share(sum(caught), len(caught)),
            Share(mean, len(campaigns)),
            Share(sum(alarms), len(alarms)),
            Rate(sum(alarms), samples / SAMPLE_RATE / 3600),
            Times(tuple(times), len(caught)),
        )
