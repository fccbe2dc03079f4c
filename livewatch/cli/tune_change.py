"""`livewatch tune diff`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from livewatch.cli.evaluate import calls_bar
from livewatch.cli.evaluate_report import Reports
from livewatch.cli.spoken import spoken
from livewatch.cli.tune_sweep import FILE_WIDTH
from livewatch.errors import ExitCode
from livewatch.phrases.book import LoadedBook
from livewatch.settings import Settings, load
from livewatch.tuning.change.counts import Pair
from livewatch.tuning.change.diff import Difference, diff
from livewatch.tuning.change.lists import with_list
from livewatch.tuning.change.tables import render
from livewatch.tuning.corpus.manifest import serious
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.work.rejudge import rules_of


def run_diff(options: argparse.Namespace) -> int:
    """Compare two lists over labelled calls."""
    settings = settings_of(options)
    reports = Reports(options, with_list(settings, options.new))
    found = compare(
        options, settings, options.old, options.new, kept=lambda pairs: reports.keep_both(options.old, pairs)
    )
    if options.json:
        print(json.dumps(found.to_json(), allow_nan=False))  # noqa: T201
    else:
        show(found)
    rules = rules_of(settings.risk)
    reports.write(Summary.of(reports.results, found.problems, interrupted=found.interrupted, rules=rules))
    if found.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if serious(found.problems) else ExitCode.OK


def settings_of(options: argparse.Namespace) -> Settings:
    """Read the settings with what the command line says."""
    return load(spoken(options)).settings


def compare(
    options: argparse.Namespace,
    settings: Settings,
    old: str,
    new: str,
    *,
    checked: Callable[[LoadedBook], None] | None = None,
    kept: Callable[[Sequence[Pair]], None] | None = None,
) -> Difference:
    """Watch the calls under both lists, with a bar for people."""
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        return diff(
            old,
            new,
            options.manifests,
            settings,
            jobs=options.jobs,
            checked=checked,
            kept=kept,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def show(found: Difference) -> None:
    """Print the difference for people."""
    render(found, Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
