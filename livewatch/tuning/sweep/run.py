"""`livewatch tune sweep`: what each value of a setting catches and what it costs, and which one to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.errors import UsageError
from livewatch.events import Level
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Label, Problem, read_corpus
from livewatch.tuning.evaluate.counts import hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.sweep.choose import Budget, Validation, choose, validate
from livewatch.tuning.sweep.curve import Curve, Figures
from livewatch.tuning.sweep.settings import Swept, curve_of_runs, curve_of_thresholds, with_value
from livewatch.tuning.work.watch import watch_corpus


@dataclass(frozen=True, slots=True)
class SweptCurve:
    """One setting: the curve, the value to take, and what that is worth."""

    curve: Curve
    budget: Budget
    chosen: int | None
    """Number of the value to recommend; None where none keeps to the budget"""
    validation: Validation

    def to_json(self) -> dict[str, Any]:
        """One entry of `settings`."""
        curve, validation = self.curve, self.validation
        return {
            "setting": curve.setting,
            "level": curve.level.value,
            "current": curve.current,
            "budget": self.budget.to_json(),
            "recommended": None if self.chosen is None else curve.values[self.chosen],
            "validated": {
                "parts": validation.parts,
                "chosen": [None if number is None else curve.values[number] for number in validation.chosen],
                **validation.figures.to_json(),
            },
            "points": [
                {
                    "value": value,
                    **curve.figures(number).to_json(),
                    "sets": [
                        {"set": name, **curve.figures(number, curve.members(name)).to_json()} for name in curve.sets
                    ],
                }
                for number, value in enumerate(curve.values)
            ],
        }


@dataclass(frozen=True, slots=True)
class Sweep:
    """All settings that were swept."""

    curves: tuple[SweptCurve, ...]
    calls: int
    """Calls watched to the end with the current settings"""
    hours: float
    problems: tuple[Problem, ...]
    interrupted: bool = False
    """Stopped by Ctrl-C: there are no figures"""

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`. The keys are described in docs/tuning.md."""
        return {
            "calls": self.calls,
            "hours": round(self.hours, 4),
            "interrupted": self.interrupted,
            "settings": [curve.to_json() for curve in self.curves],
            "problems": [
                {"place": one.place, "code": one.code, "message": one.message, "hint": one.hint}
                for one in self.problems
            ],
        }


def sweep(
    manifests: Sequence[Path],
    settings: Settings,
    swept: Sequence[Swept],
    budgets: Callable[[Level], Budget],
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Watch the calls of `manifests` once, and once more for each value of a setting that changes what is heard.

    `budgets` gives what is bearable at a level. `jobs` and `progress` as in `watch_corpus`. A curve out of some of the
    calls would mislead: after Ctrl-C there is none. Raises `UsageError` and `PhraseError`.
    """
    corpus = read_corpus(manifests)
    labels = {call.label for call in corpus.calls}
    if Label.SCAM not in labels or Label.ORDINARY not in labels:
        lacking = "no scam call" if Label.SCAM not in labels else "no ordinary call"
        first = f" The first problem: {corpus.problems[0]}" if corpus.problems else ""
        raise UsageError(
            "sweep-labels",
            f"There is {lacking} among the {len(corpus.calls)} calls, so nothing can be weighed.{first}",
            "Give manifests with both kinds; see docs/evaluate.md.",
        )
    watched = watch_corpus(corpus, settings, jobs=jobs, progress=progress)
    problems = [*watched.problems]
    curves: list[SweptCurve] = []
    interrupted = watched.interrupted
    for one in swept:
        if interrupted:
            break
        if one.rejudged:
            curve = curve_of_thresholds(one, watched.results, settings)
        else:
            runs: list[Sequence[CallResult]] = []
            for value in one.values:
                run = watch_corpus(corpus, with_value(settings, one.name, value), jobs=jobs, progress=progress)
                interrupted = interrupted or run.interrupted
                problems += [problem for problem in run.problems if problem not in problems]
                runs.append(run.results)
                if interrupted:
                    break
            if interrupted:
                break
            curve = curve_of_runs(one, runs, settings)
        budget = budgets(curve.level)
        curves.append(SweptCurve(curve, budget, choose(curve, budget), validate(curve, budget)))
    return Sweep(tuple(curves), len(watched.results), hours(watched.results), tuple(problems), interrupted)


def rows(curve: Curve) -> list[dict[str, Any]]:
    """Give the curve as flat rows for a table file: each value for all calls together and for each set."""
    found = []
    for number, value in enumerate(curve.values):
        groups = [("all", None), *((name, curve.members(name)) for name in curve.sets)]
        found += [_row(curve, value, name, curve.figures(number, members)) for name, members in groups]
    return found


def _row(curve: Curve, value: object, name: str, figures: Figures) -> dict[str, Any]:
    row: dict[str, Any] = {"setting": curve.setting, "value": value, "set": name, "level": curve.level.value}
    for prefix, share in (("recall", figures.caught), ("campaign_recall", figures.campaigns)):
        counted = share.to_json()
        row |= {f"{prefix}_{key}": counted[key] for key in ("count", "of", "share", "low", "high")}
    alarms, rate = figures.alarms.to_json(), figures.per_hour.to_json()
    row |= {"false_alarms": alarms["count"], "ordinary_calls": alarms["of"], "ordinary_hours": rate["hours"]}
    row |= {f"per_hour_{key}": rate[key] for key in ("low", "high")} | {"per_hour": rate["rate"]}
    return row
