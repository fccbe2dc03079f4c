"""The arguments that make a page and plots out of labelled calls that were watched."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import FILE


def report_options(command: argparse.ArgumentParser) -> None:
    """Add `--report` with what belongs to it, `--before`, and `--plots`."""
    group = page_options(command)
    group.add_argument(
        "--before", type=Path, metavar="DETAILS.jsonl", help="compare with an earlier run's --details in the report"
    ).complete = FILE  # type: ignore[attr-defined]
    group.add_argument("--plots", type=Path, metavar="DIR", help="write SVG and PNG for papers (extra: plots)")


def page_options(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add `--report` and how it is to be written."""
    group = command.add_argument_group("report", "the run as one HTML file that needs no network (docs/report.md)")
    group.add_argument("--report", type=Path, metavar="FILE.html", help="write the report")
    group.add_argument("--mask", action="store_true", help="put asterisks for numbers in what was heard")
    group.add_argument(
        "--embed-audio",
        type=float,
        default=0.0,
        metavar="MB",
        help="carry recordings inside the report, up to MB million bytes together; else it names their place",
    )
    return group
