"""The tables of `evaluate` for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label, Problem
from livewatch.tuning.evaluate.cells import at_least, rate_cells, share_cells, table
from livewatch.tuning.evaluate.conditions import Condition
from livewatch.tuning.evaluate.counts import FalseAlarms, PhraseCount, Rate, Recall
from livewatch.tuning.evaluate.worth import Worth, Worths

MANY = 3
"""So many problems of one kind are printed in full; a model that is missing would otherwise fill the screen"""


def recall(entries: Sequence[Recall]) -> Table:
    """Show how many calls and campaigns of each set and label were caught."""
    shown = table("Caught", ("Set", "Counted"), ("Count", "Share", "95 % interval"))
    for entry in entries:
        level = at_least(entry.level)
        campaigns = entry.campaigns
        lines = [
            (f"{entry.label} calls that reached {level}", entry.calls),
            ("the same, campaigns counted once", campaigns.mean),
            ("campaigns with all calls caught", campaigns.all),
            ("campaigns with any call caught", campaigns.any),
        ]
        if entry.level is Level.DANGER:
            lines.append((f"{entry.label} calls that reached caution or more", entry.warned))
        for number, (counted, share) in enumerate(lines):
            shown.add_row(escape(entry.set) if number == 0 else "", counted, *share_cells(share))
        shown.add_section()
    return shown


def seconds(entries: Sequence[Recall]) -> Table:
    """Show how soon the alert came in the calls that had one."""
    words = ("Set", "Calls")
    shown = table("Seconds from the start of the call to its alert", words, ("Alerted", "Median", "95th\npercentile"))
    for entry in entries:
        times = [("first alert", entry.first_alert)]
        if entry.level is not Level.CAUTION:
            times.append((at_least(entry.level), entry.to_level))
        for name, these in times:
            found = these.to_json()
            figures = ("never", "") if not these.seconds else (f"{found['median_s']:.1f}", f"{found['p95_s']:.1f}")
            alerted = f"{len(these.seconds)} of {these.of}"
            shown.add_row(escape(entry.set), f"{entry.label}, {name}", alerted, *figures)
    return shown


def false_alarms(entries: Sequence[FalseAlarms]) -> Table:
    """Show how often ordinary calls of each set alarmed."""
    figures = ("Calls", "Share", "95 %\ninterval", "Hours", "Per\nhour", "95 %\ninterval")
    shown = table("False alarms on ordinary calls", ("Set", "Level"), figures)
    for entry in entries:
        hours = f"{entry.per_hour.hours:.2f}"
        shown.add_row(
            escape(entry.set), at_least(entry.level), *share_cells(entry.calls), hours, *rate_cells(entry.per_hour)
        )
    return shown


def conditions(entries: Sequence[Condition]) -> Table:
    """Show the figures apart for every condition in which calls differ, over all sets."""
    figures = ("Calls", "Share", "95 %\ninterval", "Per\nhour", "95 %\ninterval")
    shown = table("By condition, over all sets", ("Condition", "Counted"), figures)
    before = ""
    for entry in entries:
        if before and entry.name != before:
            shown.add_section()
        before = entry.name
        counted = f"{entry.label} calls that reached {at_least(entry.level)}"
        rate = ("", "") if entry.per_hour is None else rate_cells(entry.per_hour)
        shown.add_row(escape(f"{entry.name} = {entry.value}"), counted, *share_cells(entry.calls), *rate)
    return shown


def phrases(entries: Sequence[PhraseCount], worths: Worths | None = None) -> Table:
    """Show what each phrase that was heard did, over all sets, and what it is worth."""
    figures = ("Hits", *(f"{label}\ncalls" for label in Label), "Hits per\nordinary\nhour", "95 %\ninterval")
    shown = table(
        "Phrases heard, over all sets", ("Phrase", "Category"), figures if worths is None else (*figures, *_WORTH)
    )
    for entry in entries:
        counts = (str(entry.hits), *(str(entry.calls[label]) for label in Label))
        worth = () if worths is None else _worth(worths.phrases[entry.phrase], worths.hours)
        shown.add_row(escape(entry.phrase), escape(entry.category), *counts, *rate_cells(entry.per_hour), *worth)
    return shown


def categories(worths: Worths | None) -> Table:
    """Show the same by category."""
    figures = ("Hits", *(f"{label}\ncalls" for label in Label), "Hits per\nordinary\nhour", "95 %\ninterval", *_WORTH)
    shown = table("Categories heard, over all sets", ("Category",), figures)
    for name, worth in sorted(worths.categories.items(), key=lambda item: -item[1].hits) if worths else ():
        counts = (str(worth.hits), *(str(worth.calls[label]) for label in Label))
        rate = rate_cells(Rate(worth.false_hits, worths.hours if worths else 0.0))
        shown.add_row(escape(name), *counts, *rate, *_worth(worth, worths.hours if worths else 0.0))
    return shown


_WORTH = ("Only this\ncaught", "Cautions\nit costs\nan hour", "Dangers\nit costs\nan hour")


def _worth(worth: Worth, hours: float) -> tuple[str, ...]:
    """Return calls that only this caught, and false alarms an hour that only this raised; nothing for none."""
    costs = (rate_cells(Rate(count, hours))[0] if count else "" for count in worth.alarms.values())
    return (str(len(worth.only)) if worth.only else "", *costs)


def problems(entries: Sequence[Problem]) -> Iterator[str]:
    """One line per problem; of those that differ only in their place the first, and how many more."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for entry in entries:
        groups[entry.code, entry.message, entry.hint].append(entry.place)
    for (code, message, hint), places in groups.items():
        shown = places if len(places) <= MANY else places[:1]
        for place in shown:
            yield str(Problem(place, code, message, hint))
        if len(places) > MANY:
            yield f"  … and the same at {len(places) - 1:,} more places, the last at {places[-1]}"


def print_problems(entries: Sequence[Problem], console: Console) -> None:
    """Print what is the matter, under a heading; nothing where nothing is."""
    if not entries:
        return
    console.print()
    console.print(f"Problems ({len(entries):,}):", style="bold")
    for line in problems(entries):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
