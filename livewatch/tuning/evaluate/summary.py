"""What `evaluate` has to say, for programs and for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.evaluate import tables
from livewatch.tuning.evaluate.conditions import Condition, count_conditions
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
from livewatch.tuning.evaluate.worth import Worths, weigh


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
    worths: Worths | None = None
    """What phrases and categories are worth; None where nobody said by which rules calls are judged"""
    conditions: tuple[Condition, ...] = ()

    @classmethod
    def of(
        cls,
        results: Sequence[CallResult],
        problems: Sequence[Problem],
        *,
        interrupted: bool = False,
        wall_s: float = 0.0,
        unsure: int = 0,
        rules: JudgeRules | None = None,
        book: Iterable[str] = (),
    ) -> Summary:
        """Count `results`, which stand in the order of the manifests.

        They were judged by `rules`, with phrases of the ids `book`; without these nothing is said of what single
        phrases are worth.
        """
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
            None if rules is None else weigh(results, rules, book),
            tuple(count_conditions(results)),
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
            "phrases": [self._phrase(entry) for entry in self.phrases],
            "categories": None if self.worths is None else self.worths.categories_json(),
            "never_heard": None if self.worths is None else [*self.worths.never_heard],
            "conditions": [entry.to_json() for entry in self.conditions],
            "problems": [
                {"place": problem.place, "code": problem.code, "message": problem.message, "hint": problem.hint}
                for problem in self.problems
            ],
        }

    def _phrase(self, entry: PhraseCount) -> dict[str, Any]:
        if self.worths is None:
            return entry.to_json()
        return {**entry.to_json(), **self.worths.phrases[entry.phrase].to_json(self.worths.hours)}

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
            tables.conditions(self.conditions),
            tables.phrases(self.phrases, self.worths),
            tables.categories(self.worths),
        ):
            if table.row_count:
                console.print()
                console.print(table)
        if self.worths is not None and self.worths.never_heard:
            console.print()
            console.print(f"Phrases never heard ({len(self.worths.never_heard):,}):", style="bold")
            console.print(", ".join(self.worths.never_heard), markup=False, highlight=False)
        tables.print_problems(self.problems, console)
