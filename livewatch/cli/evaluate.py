"""`livewatch evaluate`."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from livewatch.cli.evaluate_report import Reports
from livewatch.cli.spoken import spoken
from livewatch.errors import ExitCode
from livewatch.settings import load
from livewatch.tuning.corpus.manifest import serious
from livewatch.tuning.evaluate.run import evaluate as measure

FILE_WIDTH = 140
"""Columns of the tables where there is no terminal: wide enough for the ids of phrases"""


def evaluate(options: argparse.Namespace) -> int:
    """Watch labelled calls and print the figures."""
    settings = load(spoken(options)).settings
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
    return ExitCode.ERROR if serious(summary.problems) else ExitCode.OK


def calls_bar() -> Progress:
    """Return a bar on standard error for calls done, of calls there are, with how fast it goes and the time left."""
    return Progress(
        TextColumn("calls"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


class _Rate(ProgressColumn):
    """Calls a second, or a minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        if not speed:
            return Text("")
        return Text(f"{speed:.1f}/s" if speed >= 1 else f"{60 * speed:.1f}/min")
