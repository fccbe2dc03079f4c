"""The tables of `evaluate` for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE
from rich.markup import escape
from rich.table import Table

from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label, Problem
from livewatch.tuning.evaluate.counts import FalseAlarms, PhraseCount, Rate, Recall, Share
from livewatch.tuning.evaluate.intervals import garwood, wilson

MANY = 3
"""So many problems of one kind are printed in full; a model that is missing would otherwise fill the screen"""


def recall(entries: Sequence[Recall]) -> Table:
    """Show how many calls and campaigns of each set and label were caught."""
    table = _table("Caught", ("Set", "Counted"), ("Count", "Share", "95 % interval"))
    for entry in entries:
        level = _at_least(entry.level)
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
            table.add_row(escape(entry.set) if number == 0 else "", counted, *_share(share))
        table.add_section()
    return table


def seconds(entries: Sequence[Recall]) -> Table:
    """Show how soon the alert came in the calls that had one."""
    words = ("Set", "Calls")
    table = _table("Seconds from the start of the call to its alert", words, ("Alerted", "Median", "95th\npercentile"))
    for entry in entries:
        times = [("first alert", entry.first_alert)]
        if entry.level is not Level.CAUTION:
            times.append((_at_least(entry.level), entry.to_level))
        for name, these in times:
            found = these.to_json()
            figures = ("never", "") if not these.seconds else (f"{found['median_s']:.1f}", f"{found['p95_s']:.1f}")
            alerted = f"{len(these.seconds)} of {these.of}"
            table.add_row(escape(entry.set), f"{entry.label}, {name}", alerted, *figures)
    return table


def false_alarms(entries: Sequence[FalseAlarms]) -> Table:
    """Show how often ordinary calls of each set alarmed."""
    figures = ("Calls", "Share", "95 %\ninterval", "Hours", "Per\nhour", "95 %\ninterval")
    table = _table("False alarms on ordinary calls", ("Set", "Level"), figures)
    for entry in entries:
        hours = f"{entry.per_hour.hours:.2f}"
        table.add_row(escape(entry.set), _at_least(entry.level), *_share(entry.calls), hours, *_rate(entry.per_hour))
    return table


def phrases(entries: Sequence[PhraseCount]) -> Table:
    """Show what each phrase that was heard did, over all sets."""
    figures = ("Hits", *(f"{label}\ncalls" for label in Label), "Hits per\nordinary\nhour", "95 %\ninterval")
    table = _table("Phrases heard, over all sets", ("Phrase", "Category"), figures)
    for entry in entries:
        counts = (str(entry.hits), *(str(entry.calls[label]) for label in Label))
        table.add_row(escape(entry.phrase), escape(entry.category), *counts, *_rate(entry.per_hour))
    return table


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


def _table(title: str, words: Sequence[str], figures: Sequence[str]) -> Table:
    """Begin a table that folds words where it must, but never figures: half a figure would be a wrong one."""
    table = Table(
        title=title, box=SIMPLE, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0)
    )
    for name in words:
        table.add_column(name, overflow="fold")
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _at_least(level: Level) -> str:
    return "danger" if level is Level.DANGER else "caution or more"


def _share(share: Share) -> tuple[str, str, str]:
    if not share.of:
        return "0/0", "-", "-"
    low, high = wilson(share.count, share.of)
    return f"{share.count:.4g}/{share.of}", f"{share.count / share.of:.1%}", f"{low:.1%}-{high:.1%}"


def _rate(rate: Rate) -> tuple[str, str]:
    if not rate.hours:
        return "-", "-"
    low, high = garwood(rate.count, rate.hours)
    return f"{rate.count / rate.hours:.2f}", f"{low:.2f}-{high:.2f}"
