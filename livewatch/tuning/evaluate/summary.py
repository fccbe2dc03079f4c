"""What `evaluate` has to say, for programs and for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.evaluate import tables
from livewatch.tuning.evaluate.counts import (
    FalseAlarms,
    PhraseCount,
    Recall,
    count_false_alarms,
    count_phrases,
    count_recall,
    hours,
)
from livewatch.tuning.evaluate.results import CallResult


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of one run."""

    calls: int
    """Calls watched to the end; only these are in the figures"""
    hours: float
    """Of sound, or of text at its reading speed"""
    recall: tuple[Recall, ...]
    false_alarms: tuple[FalseAlarms, ...]
    phrases: tuple[PhraseCount, ...]
    """Phrases that were heard at least once"""
    problems: tuple[Problem, ...]
    """What is wrong with manifests, rows, recordings and phrase lists. Rows and calls named here are not in the
    figures, except for recordings that are only damaged"""
    interrupted: bool = False
    """Stopped by Ctrl-C: the figures are of the calls done until then"""
    wall_s: float = 0.0
    """Seconds the run took"""
    unsure: int = 0
    """Rows labelled unsure: they are in no figure"""

    @classmethod
    def of(
        cls,
        results: Sequence[CallResult],
        problems: Sequence[Problem],
        *,
        interrupted: bool = False,
        wall_s: float = 0.0,
        unsure: int = 0,
    ) -> Summary:
        """Count `results`, which stand in the order of the manifests."""
        return cls(
            len(results),
            hours(results),
            tuple(count_recall(results)),
            tuple(count_false_alarms(results)),
            tuple(count_phrases(results)),
            tuple(problems),
            interrupted,
            wall_s,
            unsure,
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`. The keys are described in docs/evaluate.md."""
        return {
            "calls": self.calls,
            "unsure": self.unsure,
            "hours": round(self.hours, 4),
            "wall_s": round(self.wall_s, 2),
            "interrupted": self.interrupted,
            "recall": [entry.to_json() for entry in self.recall],
            "false_alarms": [entry.to_json() for entry in self.false_alarms],
            "phrases": [entry.to_json() for entry in self.phrases],
            "problems": [
                {"place": problem.place, "code": problem.code, "message": problem.message, "hint": problem.hint}
                for problem in self.problems
            ],
        }

    def render(self, console: Console) -> None:
        """Print the tables for people."""
        state = " (interrupted: only the calls done until then)" if self.interrupted else ""
        console.print(f"{self.calls:,} calls, {self.hours:.1f} hours, watched in {self.wall_s:.1f} s{state}.")
        if self.unsure:
            console.print(f"Labelled unsure and left out: {self.unsure:,}. To decide: livewatch corpus label MANIFEST")
        for table in (
            tables.recall(self.recall),
            tables.seconds(self.recall),
            tables.false_alarms(self.false_alarms),
            tables.phrases(self.phrases),
        ):
            if table.row_count:
                console.print()
                console.print(table)
        tables.print_problems(self.problems, console)
