"""`livewatch tune`."""

from __future__ import annotations

import argparse
import datetime
import json
import sys

import msgspec
from rich.console import Console
from rich.table import Table

from livewatch.cli.evaluate import FILE_WIDTH, calls_bar
from livewatch.cli.phrases import tell_problems
from livewatch.cli.spoken import spoken
from livewatch.errors import ExitCode
from livewatch.settings import load
from livewatch.tuning.corpus.manifest import read_corpus, serious
from livewatch.tuning.fit.fit import Fitted, fit
from livewatch.tuning.fit.language_model import count_language_model
from livewatch.tuning.fit.write import write, write_language_model


def run_fit(options: argparse.Namespace) -> int:
    """Fit on labelled calls; print what it is worth on unseen campaigns; write the weights if asked."""
    settings = load(spoken(options)).settings
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        fitted = fit(
            options.manifests,
            settings,
            hard=options.hard,
            folds=options.folds,
            jobs=options.jobs,
            day=datetime.date.today().isoformat(),
            details=options.details,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.json:
        errors = [error.to_json() for error in fitted.errors]
        points = msgspec.to_builtins(fitted.points.phrase)
        print(json.dumps({**fitted.unseen.to_json(), "errors": errors, "points": points}, allow_nan=False))  # noqa: T201
    else:
        _render(fitted, Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
    if options.write:
        for path in write(options.write, fitted):
            print(f"Wrote {path}", file=sys.stderr)  # noqa: T201
    return ExitCode.ERROR if serious(fitted.unseen.problems) else ExitCode.OK


def run_language_model(options: argparse.Namespace) -> int:
    """Count the recogniser's language model in labelled calls and write it."""
    corpus = read_corpus(options.manifests)
    tell_problems(corpus.problems)
    counted = count_language_model(corpus.calls)
    path = write_language_model(options.write, counted, corpus, datetime.date.today().isoformat())
    runs = f"{len(counted.words):,} words, {len(counted.pairs.keys):,} pairs and {len(counted.triples.keys):,} triples"
    print(f"Wrote {path}: {runs} of {len(corpus.calls):,} calls", file=sys.stderr)  # noqa: T201
    return ExitCode.ERROR if serious(corpus.problems) else ExitCode.OK


def _render(fitted: Fitted, console: Console) -> None:
    fitted.unseen.render(console)
    console.print()
    for error in fitted.errors:
        console.print(str(error))
    moved = {name: one for name, one in fitted.points.phrase.items() if one.points != one.estimate}
    table = Table(title=f"Points that the counts contradict, {len(moved)} of {len(fitted.points.phrase)}")
    for column in ("phrase", "estimate", "counted", "95 % interval", "scam campaigns", "ordinary calls"):
        table.add_column(column)
    for name, one in sorted(moved.items()):
        ends = ("" if end is None else f"{end:g}" for end in (one.low, one.high))
        heard = f"{one.campaigns:g} of {fitted.points.campaigns}"
        harmless = f"{one.calls} of {fitted.points.calls:,}"
        table.add_row(name, f"{one.estimate:g}", f"{one.points:g}", " to ".join(ends), heard, harmless)
    console.print(table)
