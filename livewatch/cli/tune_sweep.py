"""`livewatch tune sweep`."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys

from rich.console import Console

from livewatch.cli.evaluate import calls_bar
from livewatch.cli.spoken import spoken
from livewatch.errors import ExitCode, LivewatchError, UsageError
from livewatch.events import Level
from livewatch.settings import Settings, load
from livewatch.sinks.files import write_whole
from livewatch.sinks.plain import plain
from livewatch.tuning.corpus.manifest import serious
from livewatch.tuning.sweep.choose import Budget
from livewatch.tuning.sweep.run import Sweep, rows, sweep
from livewatch.tuning.sweep.settings import CAUTION, DANGER, read_swept
from livewatch.tuning.sweep.tables import render

FILE_WIDTH = 100
"""Columns of the tables where there is no terminal"""


def run(options: argparse.Namespace) -> int:
    """Sweep settings over labelled calls; print the curves and what to take."""
    settings = _settings(options)
    if options.csv is not None and options.csv.resolve() in {manifest.resolve() for manifest in options.manifests}:
        raise UsageError("csv-is-manifest", f"{options.csv} is a manifest; it would be overwritten.")
    budgets = {
        Level.DANGER: Budget(_positive(options.budget, "--budget"), _share(options.budget_calls)),
        Level.CAUTION: Budget(_positive(options.caution_budget, "--caution-budget")),
    }
    swept = [read_swept(written, settings) for written in options.setting or (DANGER, CAUTION)]
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        found = sweep(
            options.manifests,
            settings,
            swept,
            budgets.__getitem__,
            jobs=options.jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.json:
        print(json.dumps(found.to_json(), allow_nan=False))  # noqa: T201
    else:
        render(found, Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
    if options.csv is not None and not found.interrupted:
        _write_csv(options, found)
    if found.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if serious(found.problems) else ExitCode.OK


def _settings(options: argparse.Namespace) -> Settings:
    return load(spoken(options)).settings


def _write_csv(options: argparse.Namespace, found: Sweep) -> None:
    lines = [row for curve in found.curves for row in rows(curve.curve)]
    text = io.StringIO()
    writer = csv.DictWriter(text, [*dict.fromkeys(key for row in lines for key in row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    try:
        write_whole(options.csv, text.getvalue())
    except OSError as error:
        cause = error.strerror or str(error)
        raise LivewatchError("output", f"{options.csv} cannot be written: {cause}.", "Name another file.") from error
    print(plain(f"Wrote {len(lines)} rows to {options.csv}"), file=sys.stderr)  # noqa: T201


def _positive(value: float, option: str) -> float:
    if not 0 < value < float("inf"):
        raise UsageError("bad-budget", f"{option} {value:g} is no budget.", f"{option} 0.1: at most one in ten hours")
    return value


def _share(value: float | None) -> float | None:
    if value is not None and not 0 < value <= 1:
        raise UsageError("bad-budget", f"--budget-calls {value:g} is no share.", "--budget-calls 0.01: 1 call of 100")
    return value
