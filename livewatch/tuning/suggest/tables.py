"""What `tune suggest` has to say to people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from livewatch.sinks.plain import plain
from livewatch.tuning.evaluate.cells import rate_cells, table
from livewatch.tuning.evaluate.tables import print_problems
from livewatch.tuning.suggest.alarms import Alarming
from livewatch.tuning.suggest.run import Suggestions
from livewatch.tuning.suggest.wordings import Wording


def render(found: Suggestions, console: Console) -> None:
    """Print the suggestions with what speaks for them."""
    missed = f"{found.missed:,} calls of {found.missed_campaigns:,} campaigns are missed"
    alarms = f"{found.false_alarms:,} ordinary calls alarm in {found.hours:.1f} hours"
    state = " Interrupted: there are no suggestions from part of the calls." if found.interrupted else ""
    console.print(f"{found.calls:,} calls; {missed}; {alarms}.{state}", highlight=False)
    if found.wordings:
        console.print()
        console.print(_wordings("Wordings that mark missed scams", found.wordings, points=True))
        console.print("Where they are said:")
        for one in found.wordings:
            for example in one.examples:
                console.print(f"  {plain(example)}", markup=False, highlight=False)
    if found.words:
        console.print()
        console.print(
            _wordings("Single words that mark missed scams (no phrases by themselves)", found.words, points=False)
        )
    if found.alarming:
        console.print()
        console.print(_alarming(found.alarming))
        for one in found.alarming:
            for line in _excuses(one):
                console.print(line, markup=False, highlight=False)
    if found.missed and not found.wordings and not found.interrupted:
        console.print("No wording is said by enough of the missed campaigns and hardly by ordinary calls.")
    if found.wordings or found.alarming:
        console.print()
        console.print(
            "These were picked out of thousands because they fit these calls, so on other calls they are worth less. "
            "Read the examples, keep what is a tactic and not one caller's sentence, and see what a change does: "
            "livewatch tune diff current NEW MANIFEST on calls that were not used here.",
            markup=False,
            highlight=False,
        )
    print_problems(found.problems, console)


def _wordings(title: str, some: Sequence[Wording], *, points: bool) -> Table:
    kinds = ("Missed\ncampaigns", "All scam\ncampaigns", "Ordinary\ncalls", "Hits per\nhour", "95 %\ninterval", "z")
    shown = table(title, ("Words",), (*kinds, "Points") if points else kinds)
    for one in some:
        cells = (
            str(len(one.missed)),
            str(one.campaigns),
            str(one.ordinary_calls),
            *rate_cells(one.ordinary),
            f"{one.z:.1f}",
        )
        shown.add_row(escape(one.text), *cells, *([f"{one.points:g}"] if points else []))
    return shown


def _alarming(some: Sequence[Alarming]) -> Table:
    kinds = ("Points", "Cautions", "Dangers", "Alone", "Scams that\nneed it", "Hits per\nhour", "95 %\ninterval")
    shown = table("Phrases that counted in false alarms", ("Phrase",), kinds)
    for one in some:
        counts = (f"{one.points:g}", str(one.cautions), str(one.dangers), str(one.alone), str(one.needed))
        shown.add_row(escape(one.phrase), *counts, *rate_cells(one.ordinary))
    return shown


def _excuses(one: Alarming) -> list[str]:
    lines = [f"  {one.phrase}: {plain('; '.join(one.examples))}"]
    for excuse in one.unless:
        ordinary = f"{excuse.ordinary} of {one.ordinary.count} hits in ordinary calls"
        lines.append(f'    unless "{excuse.words}": cancels {ordinary}, {excuse.scam} of {one.scam_hits} in scam calls')
    return lines
