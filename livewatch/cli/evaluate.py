"""`livewatch evaluate`."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from livewatch.cli.evaluate_report import Reports
from livewatch.errors import ExitCode
from livewatch.settings import load
from livewatch.tuning.evaluate.run import evaluate as measure

FILE_WIDTH = 140
"""Columns of the tables where there is no terminal: wide enough for the ids of phrases"""


def evaluate(options: argparse.Namespace) -> int:
    """Watch labelled calls and print the figures."""
    spoken: dict[str, object] = {"engine.name": options.engine} if options.engine else {}
    if options.phrases:
        spoken["phrases.files"] = options.phrases
    settings = load(spoken).settings
    reports = Reports(options, settings)
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        summary = measure(
            options.manifests,
            settings,
            jobs=options.jobs,
            cluster=options.cluster,
            details=options.details,
            parquet=options.parquet,
            kept=reports.keep,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.json:
        print(json.dumps(summary.to_json(), allow_nan=False))  # noqa: T201
        if summary.problems:
            print(f"livewatch: {len(summary.problems)} problems; see problems in the figures.", file=sys.stderr)  # noqa: T201
    else:
        summary.render(Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
    reports.write(summary)
    if summary.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if summary.problems else ExitCode.OK


def calls_bar() -> Progress:
    """Return a bar on standard error for calls done, of calls there are, with the time that is left."""
    return Progress(
        TextColumn("calls"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
