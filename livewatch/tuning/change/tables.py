"""What `tune diff` has to say to people."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from livewatch.events import seconds
from livewatch.sinks.plain import plain
from livewatch.tuning.change.calls import ChangedCall, Kind
from livewatch.tuning.change.counts import Moved, Row
from livewatch.tuning.change.diff import Difference
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.cells import at_least, rate_cells, table
from livewatch.tuning.evaluate.counts import Share
from livewatch.tuning.evaluate.intervals import quantile
from livewatch.tuning.evaluate.tables import print_problems

SHOWN = 20
"""Calls of one kind that are printed; all of them are in --json"""
_PHRASES = 12
"""Changed phrases that are named before they are only counted"""

_HEADINGS = {
    Kind.LOST: ("LOST", "should be caught, was, and is no more"),
    Kind.NEW_DANGER: ("NEW FALSE DANGER", "ordinary, and now called dangerous"),
    Kind.NEW_CAUTION: ("New false caution", "ordinary, and now called suspicious"),
    Kind.LOWERED: ("Lowered", "should be caught, and now reaches less"),
    Kind.GAINED: ("Gained", "should be caught, was not, and is now"),
    Kind.DANGER_GONE: ("False danger gone", "ordinary, and no longer called dangerous"),
    Kind.CAUTION_GONE: ("False caution gone", "ordinary, and no longer called suspicious"),
    Kind.RAISED: ("Raised", "should be caught, and now reaches more"),
}


def render(difference: Difference, console: Console) -> None:
    """Print what differs: phrases, counts, calls."""
    for line in _head(difference):
        console.print(plain(line), markup=False, highlight=False)
    if difference.rows and difference.phrases:
        console.print()
        console.print(_counts(difference))
    for kind in Kind:
        _calls(kind, difference.of(kind), console)
    for line in _foot(difference):
        console.print()
        console.print(line, markup=False, highlight=False)
    print_problems(difference.problems, console)


def _head(difference: Difference) -> Iterator[str]:
    names = f"{difference.old} -> {difference.new}"
    if not difference.phrases:
        yield f"{names}: both lists find the same; nothing changes."
        return
    shown = ", ".join(str(one) for one in difference.phrases[:_PHRASES])
    more = len(difference.phrases) - _PHRASES
    others = f" and {more} more" if more > 0 else ""
    yield f"{names}: {_many(len(difference.phrases), 'changed phrase')}: {shown}{others}."
    state = " Interrupted: only calls watched under both lists count." if difference.interrupted else ""
    yield f"{difference.calls:,} calls, {difference.hours:.1f} hours, under both lists.{state}"


def _counts(difference: Difference) -> Table:
    shown = table("Before and after", ("Set", "Counted"), ("Before", "After", "More", "Fewer", "By chance"))
    last = ""
    for row in difference.rows:
        name = escape(plain(row.set)) if row.set != last else ""
        last = row.set
        for what, before, after, moved in _lines(row):
            shown.add_row(name, what, before, after, str(moved.up), str(moved.down), _chance(moved.p))
            name = ""
    return shown


def _lines(row: Row) -> Iterator[tuple[str, str, str, Moved]]:
    if row.before is not None and row.after is not None:
        before, after = (f"{rate.count}  {rate_cells(rate)[0]}/h" for rate in (row.before, row.after))
        yield f"ordinary calls at {at_least(row.level)}", before, after, row.calls
        return
    for what, moved in ((f"{row.label} calls at {at_least(row.level)}", row.calls), ("  by campaign", row.campaigns)):
        yield what, _share(moved.before), _share(moved.after), moved


def _share(share: Share) -> str:
    return f"{share.count:.4g}/{share.of}  {share.count / share.of:.1%}"


def _chance(p: float) -> str:
    return "-" if p == 1 else f"{p:.2g}" if p >= 0.001 else "<0.001"


def _calls(kind: Kind, calls: tuple[ChangedCall, ...], console: Console) -> None:
    if not calls:
        return
    name, meaning = _HEADINGS[kind]
    console.print()
    console.print(f"{name} ({len(calls)}): {meaning}", style="bold", markup=False, highlight=False)
    for call in calls[:SHOWN]:
        for line in _call(call):
            console.print(plain(line), markup=False, highlight=False)
    if len(calls) > SHOWN:
        console.print(f"  … and {len(calls) - SHOWN} more; --json names them all")


def _call(changed: ChangedCall) -> Iterator[str]:
    call = changed.call
    campaign = f", campaign {call.campaign}" if call.campaign else ""
    yield f"  {call.id} ({call.label}, {call.set}{campaign}): {changed.before} -> {changed.after}"
    if changed.because:
        yield f"    because of {', '.join(changed.because)}"
    for name, seen in (("before", changed.before), ("after", changed.after)):
        yield f"    {name}: {', '.join(seen.phrases) or 'nothing counted'}"


def _foot(difference: Difference) -> Iterator[str]:
    if difference.phrases and not difference.changed:
        yield "No call changes its level."
    shifts = [seconds(one.after - one.before) for one in difference.shifted]
    for name, some in (("sooner", [-one for one in shifts if one < 0]), ("later", [one for one in shifts if one > 0])):
        if some:
            median = quantile(some, 0.5)
            calls = f"{_many(len(some), 'more call')} at the same level, first alert {name}"
            yield f"{calls}: by {median:.1f} s (median), {max(some):.1f} s at most."
    lacking = [label.value for label in (Label.SCAM, Label.ORDINARY) if not difference.labels[label]]
    for label in lacking:
        what = "what the new list loses or gains" if label == Label.SCAM else "what false alarms it brings"
        yield f"There is no {label} call among these, so {what} cannot be seen."
    if difference.changed:
        yield (
            '"By chance": how often a change that is neither better nor worse would split the changed calls as '
            "unevenly (McNemar, exact). Few changed calls prove little either way: look at each."
        )


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
