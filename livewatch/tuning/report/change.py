"""What an edit changed for a call: the same call in two runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from livewatch.events import Level, seconds
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.report.before import CallBefore
from livewatch.tuning.report.call import CallRows
from livewatch.tuning.report.outcome import outcome


class Change(StrEnum):
    """The worst first."""

    WORSE = "worse"
    """Was as it should be, or nearer to it"""
    BETTER = "better"
    """Is as it should be, or nearer to it"""
    TIME = "time"
    """The same level, reached at another time"""
    HITS = "hits"
    """The same level at the same time, from other phrases"""
    NEW = "new"
    """The earlier run does not have the call"""
    SAME = "same"
    """Nothing changed"""


MOMENT = 16
"""Samples two times may differ and be the same: details are written to the millisecond"""


def compare(result: CallResult, before: CallBefore | None, rows: CallRows) -> dict[str, Any]:
    """Return what the page gets about the earlier run of a call: nothing but the kind where nothing changed."""
    if before is None:
        return {"change": Change.NEW.value}
    hits, old = rows.hits(result.matches), rows.hits(before.matches)
    change = _change(result, before, same_hits=[_key(hit) for hit in hits] == [_key(hit) for hit in old])
    if change is Change.SAME:
        return {"change": change.value}
    return {
        "change": change.value,
        "before": {
            "outcome": outcome(result.call.label, before.level).value,
            "level": before.level.value,
            "caution": None if before.first_caution is None else seconds(before.first_caution),
            "danger": None if before.first_danger is None else seconds(before.first_danger),
            "hits": old,
        },
    }


def _change(result: CallResult, before: CallBefore, *, same_hits: bool) -> Change:
    if result.level is not before.level:
        rise = result.level.rank - before.level.rank
        if result.call.label is Label.CAUTION:  # caution is as good as danger there
            rise = min(result.level.rank, Level.CAUTION.rank) - min(before.level.rank, Level.CAUTION.rank)
        wanted = -rise if result.call.label is Label.ORDINARY else rise
        if wanted:
            return Change.BETTER if wanted > 0 else Change.WORSE
    times = ((result.first_caution, before.first_caution), (result.first_danger, before.first_danger))
    if any((now is None) != (then is None) or abs((now or 0) - (then or 0)) > MOMENT for now, then in times):
        return Change.TIME
    return Change.SAME if same_hits else Change.HITS


def _key(hit: list[Any]) -> tuple[Any, ...]:
    """Phrase, times and points: what was heard may be written in other words by a newer version."""
    return (*hit[:4], hit[5])
