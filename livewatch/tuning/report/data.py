"""Everything a report shows, as one JSON object: the figures of `evaluate --json`, curves, and every call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from livewatch.events import Level
from livewatch.settings import Settings
from livewatch.sinks.mask import masked
from livewatch.sinks.plain import plain
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.before import Before
from livewatch.tuning.report.call import CallRows
from livewatch.tuning.report.change import Change, compare
from livewatch.tuning.report.curve import curves
from livewatch.tuning.report.outcome import outcome
from livewatch.tuning.report.sound import Sounds
from livewatch.tuning.work.rejudge import rules_of


@dataclass(frozen=True, slots=True)
class Run:
    """One run of `evaluate`."""

    results: Sequence[CallResult]
    """In the order of the manifests"""
    summary: Summary
    settings: Settings
    manifests: Sequence[Path] = ()
    before: Before | None = None
    """An earlier run of the same calls"""
    about: dict[str, str] = field(default_factory=dict)
    """What else is to be said at the head of the page, by its name: the date, the program's version"""


def report_data(run: Run, *, mask: bool = False, sounds: Sounds | None = None) -> dict[str, Any]:
    """Return what the page is made from, ready for JSON; `mask` puts asterisks for digits in what was heard.

    No text in it holds control characters, or those of writing direction, which could hide or reorder words.
    """
    risk = run.settings.risk
    rules = rules_of(risk)
    rows = CallRows(rules, masked if mask else str)
    calls = [rows.row(result) for result in worst_first(run)]
    by_id = {result.call.id: result for result in run.results}
    for row in calls:
        if run.before is not None:
            row.update(compare(by_id[row["id"]], run.before.calls.get(row["id"]), rows))
        if sounds is not None and row["id"] in sounds.links:
            row["audio"] = sounds.links[row["id"]]
            row["inside"] = row["id"] in sounds.inside
    data = {
        "about": run.about,
        "manifests": [str(manifest) for manifest in run.manifests],
        "settings": {
            "engine": run.settings.engine.name,
            "languages": list(run.settings.phrases.languages),
            "lists": [Path(file).name for file in run.settings.phrases.files],
            "caution_points": risk.caution_points,
            "danger_points": risk.danger_points,
        },
        "masked": mask,
        "audio_left_out": sounds.left_out if sounds is not None else 0,
        "summary": run.summary.to_json(),
        "curves": [series.to_json() for series in curves(run.results, rules)],
        "before": None if run.before is None else _before(run, run.before, calls),
        "sets": list(rows.sets.seen),
        "phrases": [[phrase, category, why] for phrase, (_, category, why) in rows.phrases.items()],
        "calls": calls,
    }
    return _plain(data)


def worst_first(run: Run) -> list[CallResult]:
    """Misses and false alarms first, otherwise in the order of the manifests."""
    return sorted(run.results, key=lambda result: outcome(result.call.label, result.level).rank)


def _before(run: Run, before: Before, calls: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What changed, counted; and calls by label, and by the level before and now."""
    changes = Counter(row["change"] for row in calls)
    moves: Counter[tuple[str, str, str]] = Counter()
    for result in run.results:
        earlier = before.calls.get(result.call.id)
        if earlier is not None:
            moves[result.call.label.value, earlier.level.value, result.level.value] += 1
    levels = [level.value for level in Level]
    return {
        "name": before.name,
        "changes": {change.value: changes[change.value] for change in Change},
        "gone": len(before.calls.keys() - {result.call.id for result in run.results}),
        "moves": [
            {"label": label, "before": old, "now": [moves[label, old, new] for new in levels]}
            for label in dict.fromkeys(label for label, _, _ in moves)
            for old in levels
        ],
    }


def _plain(tree: Any) -> Any:
    """Clean every text in `tree`."""
    match tree:
        case str():
            return plain(tree)
        case dict():
            return {key: _plain(value) for key, value in tree.items()}
        case list():
            return [_plain(value) for value in tree]
        case _:
            return tree
