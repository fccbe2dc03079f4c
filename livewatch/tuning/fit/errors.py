"""How often the judge promises to be wrong, against how often it was.

The judge is a sequential test: decibans of evidence add up while a call goes on, and a level is reached when they cross
its threshold T. Were they exact likelihood ratios, an ordinary call would cross it, at any time, with a probability of
at most 10^(-T/10) (Ville 1939; the bound of Wald's test, 1945): 1 in 100 for 20 decibans, 1 in 1,000 for 30. Points
are estimates and not independent, so the promise is checked on calls that nothing was fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from livewatch.events import Level
from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.intervals import wilson
from livewatch.tuning.evaluate.results import CallResult


@dataclass(frozen=True, slots=True)
class StatedError:
    """One threshold."""

    level: Level
    decibans: float
    """The threshold"""
    wrong: int
    """Ordinary calls that reached the level"""
    of: int
    """Ordinary calls"""

    @property
    def stated(self) -> float:
        """The share of ordinary calls that may reach the level, as the threshold promises."""
        return 10 ** (-self.decibans / 10)

    @property
    def measured(self) -> tuple[float, float]:
        """The 95 % interval of the share that did."""
        return wilson(self.wrong, self.of)

    @property
    def kept(self) -> bool:
        """Whether the counts leave the promise possible."""
        return self.measured[0] <= self.stated

    def __str__(self) -> str:
        low, high = self.measured
        verdict = "" if self.kept else ": more than promised"
        return (
            f"{self.decibans:g} points promise at most {self.stated:.2%} of ordinary calls at {self.level.value}; "
            f"unseen it was {self.wrong} of {self.of:,} ({low:.2%} to {high:.2%}){verdict}."
        )

    def to_json(self) -> dict[str, Any]:
        """The keys are described in docs/tuning.md."""
        low, high = self.measured
        return {
            "level": self.level.value,
            "decibans": self.decibans,
            "stated": self.stated,
            "wrong": {"count": self.wrong, "of": self.of, "low": low, "high": high},
            "kept": self.kept,
        }


def stated_errors(results: Iterable[CallResult], rules: JudgeRules) -> tuple[StatedError, ...]:
    """Compare both thresholds of `rules` with what the ordinary calls among `results` reached."""
    reached = [result.level.rank for result in results if result.call.label is Label.ORDINARY]
    return tuple(
        StatedError(level, decibans, sum(rank >= level.rank for rank in reached), len(reached))
        for level, decibans in ((Level.CAUTION, rules.caution_points), (Level.DANGER, rules.danger_points))
    )
