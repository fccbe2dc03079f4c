"""Pieces of the tables that are shown to people: the table itself, shares, rates."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE
from rich.table import Table

from livewatch.events import Level
from livewatch.tuning.evaluate.counts import Rate, Share
from livewatch.tuning.evaluate.intervals import garwood, wilson


def table(title: str, words: Sequence[str], figures: Sequence[str]) -> Table:
    """Begin a table that folds words where it must, but never figures: half a figure would be a wrong one."""
    made = Table(
        title=title, box=SIMPLE, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0)
    )
    for name in words:
        made.add_column(name, overflow="fold")
    for name in figures:
        made.add_column(name, justify="right", no_wrap=True)
    return made


def at_least(level: Level) -> str:
    """Name what is counted as having reached `level`."""
    return "danger" if level is Level.DANGER else "caution or more"


def share_cells(share: Share) -> tuple[str, str, str]:
    """Count, share and interval."""
    if not share.of:
        return "0/0", "-", "-"
    low, high = wilson(share.count, share.of)
    return f"{share.count:.4g}/{share.of}", f"{share.count / share.of:.1%}", f"{low:.1%}-{high:.1%}"


def rate_cells(rate: Rate) -> tuple[str, str]:
    """Rate and interval, per hour."""
    if not rate.hours:
        return "-", "-"
    low, high = garwood(rate.count, rate.hours)
    return f"{rate.count / rate.hours:.2f}", f"{low:.2f}-{high:.2f}"
