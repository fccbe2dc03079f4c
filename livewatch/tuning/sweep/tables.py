"""What `tune sweep` has to say to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from livewatch.events import Level
from livewatch.sinks.plain import plain
from livewatch.tuning.evaluate.cells import rate_cells, share_cells, table
from livewatch.tuning.evaluate.intervals import garwood, quantile, wilson
from livewatch.tuning.evaluate.tables import print_problems
from livewatch.tuning.sweep.choose import Budget, cheaper
from livewatch.tuning.sweep.curve import Figures
from livewatch.tuning.sweep.run import Sweep, SweptCurve

_CAUGHT = {Level.DANGER: "scam calls that reach danger", Level.CAUTION: "scam and caution calls that reach caution"}
_ALARMS = {Level.DANGER: "dangers", Level.CAUTION: "cautions"}


def render(sweep: Sweep, console: Console) -> None:
    """Print the curves with what to take."""
    state = " Interrupted: part of the calls would give a wrong curve, so there is none." if sweep.interrupted else ""
    console.print(f"{sweep.calls:,} calls, {sweep.hours:.1f} hours.{state}")
    for swept in sweep.curves:
        console.print()
        console.print(_curve(swept))
        for paragraph in paragraphs(swept):
            console.print(paragraph, markup=False, highlight=False)
        if swept.chosen is not None:
            console.print()
            console.print(_sets(swept, swept.chosen))
    print_problems(sweep.problems, console)


def _curve(swept: SweptCurve) -> Table:
    curve = swept.curve
    should = curve.figures(curve.now).caught.of
    caught = (f"Caught\nof {should}", "95 %\ninterval", "Cam-\npaigns", "95 %\ninterval", "Median\nseconds")
    kinds = (*caught, "False\nalarms", "Per\nhour", "95 %\ninterval")
    title = f"{curve.setting}: {_CAUGHT[curve.level]}, and false {_ALARMS[curve.level]}"
    shown = table(title, ("Value", ""), kinds)
    for first, last, cells in _rows(swept):
        value = said(curve.values[first])
        value += f" to {said(curve.values[last])}" if last > first else ""
        mark = _mark(swept, first)
        shown.add_row(value, mark, *cells, style="bold" if mark else None)
    return shown


def _rows(swept: SweptCurve) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return the numbers of values, first and last, that have the same figures, with these; marked ones alone.

    Forty rows of which thirty are equal hide the ten that are not.
    """
    rows: list[tuple[int, int, tuple[str, ...]]] = []
    for number in range(len(swept.curve.values)):
        cells = _cells(swept.curve.figures(number))
        if rows and rows[-1][2] == cells and not _mark(swept, number) and not _mark(swept, rows[-1][0]):
            rows[-1] = (rows[-1][0], number, cells)
        else:
            rows.append((number, number, cells))
    return rows


def _cells(figures: Figures) -> tuple[str, ...]:
    _, mean, around = share_cells(figures.campaigns)
    _, _, interval = share_cells(figures.caught)
    caught = (f"{figures.caught.count:g}", interval, mean, around, _median(figures))
    return (*caught, f"{figures.alarms.count:g}", *rate_cells(figures.per_hour))


def _median(figures: Figures) -> str:
    median = quantile(figures.seconds.seconds, 0.5)
    return "never" if median is None else f"{median:.1f}"


def _mark(swept: SweptCurve, number: int) -> str:
    marks = [name for name, marked in (("now", swept.curve.now), ("take", swept.chosen)) if marked == number]
    return ", ".join(marks)


def _sets(swept: SweptCurve, chosen: int) -> Table:
    """Show the recommended value set by set: a mean over sets mostly says how they were mixed."""
    curve = swept.curve
    kinds = ("Caught", "", "95 %\ninterval", "False\nalarms", "Hours", "Per\nhour", "95 %\ninterval")
    shown = table(f"{curve.setting} = {said(curve.values[chosen])}, by set", ("Set",), kinds)
    for name in curve.sets:
        figures = curve.figures(chosen, curve.members(name))
        caught = share_cells(figures.caught) if figures.caught.of else ("", "", "")
        rate = figures.per_hour
        alarms = (f"{rate.count}", f"{rate.hours:.2f}", *rate_cells(rate)) if figures.alarms.of else ("", "", "", "")
        shown.add_row(escape(plain(name)), *caught, *alarms)
    return shown


def paragraphs(swept: SweptCurve) -> Iterator[str]:
    """Say in sentences what to take, why, and what it is worth on calls it was not chosen on."""
    curve, budget, chosen = swept.curve, swept.budget, swept.chosen
    every = curve.figures(curve.now)
    alarms = f"false {_ALARMS[curve.level]}"
    if chosen is None:
        yield f"No value keeps to the budget of {budget} for {alarms}: {_why_none(swept)}"
        return
    figures = curve.figures(chosen)
    value = said(curve.values[chosen])
    bound = garwood(figures.per_hour.count, figures.per_hour.hours)[1]
    share = wilson(figures.alarms.count, figures.alarms.of)[1]
    bounds = [f"{bound:.3g} an hour"] if budget.per_hour is not None else []
    bounds += [f"{share:.3g} a call"] if budget.per_call is not None else []
    counted = f"{figures.per_hour.count} in {figures.per_hour.hours:.1f} hours"
    kept = f"{alarms.capitalize()} at {value}: {counted}, so at most {' and '.join(bounds)} "
    kept += f"(upper end of the 95 % interval; the budget is {budget})."
    if chosen == curve.now:
        yield f"Keep {curve.setting} = {value}: no value within the budget catches more. {kept}"
    else:
        gain = figures.caught.count - every.caught.count
        change = f"{abs(gain):g} {'more' if gain > 0 else 'fewer'} caught than now" if gain else "as many caught as now"
        yield f"Take {curve.setting} = {value}: {change}. {kept} Type: livewatch config set {curve.setting} {value}"
    other = cheaper(curve, chosen)
    if other is not None:
        less = curve.figures(other)
        counts = f"{less.alarms.count:g} {alarms} instead of {figures.alarms.count:g}"
        median = f"half of its alerts come within {_median(less)} s, now within {_median(every)} s"
        yield f"{said(curve.values[other])} catches as many, with {counts}; {median}."
    yield _validated(swept)


def _why_none(swept: SweptCurve) -> str:
    curve, budget = swept.curve, swept.budget
    hours, calls = (one := curve.figures(0)).per_hour.hours, one.alarms.of
    if not Budget(budget.per_hour).within_reach(hours, calls):
        told = f"{hours:.1f} hours of ordinary calls are too few to show it, even with no false alarm at all"
        return f"{told} (at most {garwood(0, hours)[1]:.3g} an hour); it takes {budget.hours_needed:.0f} hours."
    if not budget.within_reach(hours, calls):
        told = f"{calls} ordinary calls are too few to show it, even with no false alarm at all"
        return f"{told} (at most {wilson(0, calls)[1]:.3g} a call)."
    rates = [curve.figures(number).per_hour for number in range(len(curve.values))]
    number, rate = min(enumerate(rates), key=lambda item: (item[1].count, -item[0]))
    least = f"{rate.count} in {rate.hours:.1f} hours (at most {garwood(rate.count, rate.hours)[1]:.3g} an hour)"
    return f"the least is {least}, at {said(curve.values[number])}."


def _validated(swept: SweptCurve) -> str:
    """Say what the choice is worth where it was not made."""
    curve, validation = swept.curve, swept.validation
    figures = validation.figures
    parts = validation.parts
    where = "one half of the campaigns and counted on the other, both ways"
    if parts > 2:
        where = f"{parts - 1} of {parts} parts of the campaigns and counted on the part left out, {parts} times"
    values = ", ".join("none" if number is None else said(curve.values[number]) for number in validation.chosen)
    text = (
        f"What that choice is worth was found by making it on {where} (taken: {values}). On calls it was not made on: "
    )
    if not figures.caught.of and not figures.alarms.of:
        return text + "nothing, because no value kept to the budget there. Give more ordinary calls."
    caught, share, interval = share_cells(figures.caught)
    _, mean, _ = share_cells(figures.campaigns)
    rate, around = rate_cells(figures.per_hour)
    text += f"{caught} caught ({share}, {interval}; by campaign {mean}), {figures.per_hour.count} false "
    text += f"{_ALARMS[curve.level]} in {figures.per_hour.hours:.1f} hours ({rate} an hour, {around})."
    return text + " Expect that, not the row of the table, which was chosen for being good."


def said(value: Any) -> str:
    """Write a value of a setting as people type it."""
    return f"{value:g}" if isinstance(value, float) else str(value)
