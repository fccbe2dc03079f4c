"""`livewatch tune diff`."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console

from livewatch.cli.evaluate import calls_bar
from livewatch.cli.spoken import spoken
from livewatch.cli.tune_sweep import FILE_WIDTH
from livewatch.errors import ExitCode
from livewatch.settings import Settings, load
from livewatch.tuning.change.diff import Difference, diff
from livewatch.tuning.change.tables import render
from livewatch.tuning.corpus.manifest import serious


def run_diff(options: argparse.Namespace) -> int:
    """Compare two lists over labelled calls."""
    found = compare(options, settings_of(options), options.old, options.new)
    if options.json:
        print(json.dumps(found.to_json(), allow_nan=False))  # noqa: T201
    else:
        show(found)
    if found.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if serious(found.problems) else ExitCode.OK


def settings_of(options: argparse.Namespace) -> Settings:
    """Read the settings with what the command line says."""
    return load(spoken(options)).settings


def compare(options: argparse.Namespace, settings: Settings, old: str, new: str) -> Difference:
    """Watch the calls under both lists, with a bar for people."""
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        return diff(
            old,
            new,
            options.manifests,
            settings,
            jobs=options.jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def show(found: Difference) -> None:
    """Print the difference for people."""
    render(found, Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
