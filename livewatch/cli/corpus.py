"""`livewatch corpus add|list|check`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from livewatch.cli.evaluate import FILE_WIDTH
from livewatch.cli.phrases import out, tell_problems
from livewatch.errors import ExitCode, UsageError
from livewatch.settings import load
from livewatch.sinks.plain import plain
from livewatch.tuning.corpus import overview
from livewatch.tuning.corpus.add import Added
from livewatch.tuning.corpus.add import Progress as Told
from livewatch.tuning.corpus.add import add as add_calls
from livewatch.tuning.corpus.check import WARNINGS
from livewatch.tuning.corpus.check import check as check_corpora
from livewatch.tuning.corpus.complete import complete, listen
from livewatch.tuning.corpus.grouping import group
from livewatch.tuning.corpus.manifest import Problem, manifest_of
from livewatch.tuning.corpus.rows import manifest_path


def add(options: argparse.Namespace) -> int:
    """Add calls to a corpus, complete its rows, and group calls that are alike."""
    path = manifest_path(options.corpus)
    paths = options.paths or ([options.corpus] if options.corpus.is_dir() else [])
    if not paths and not path.exists():
        raise UsageError("corpus-nothing", "There is nothing to add.", "livewatch corpus add CORPUS FOLDER")
    done = Added()
    whole = True
    try:
        with _bar("reading") as told:
            add_calls(path, paths, label=options.label, done=done, progress=told)
            complete(path, done, told)
        if options.listen:
            spoken: dict[str, object] = {"engine.name": options.engine} if options.engine else {}
            with _bar("recognising") as told:
                whole = listen(path, load(spoken).settings, options.jobs, done, told)
        if not options.no_campaigns:
            group(path, done)
    finally:
        tell_problems(done.problems)
        _sum_up(done, path)
    if not whole:
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR if any(one.code not in WARNINGS for one in done.problems) else ExitCode.OK


def show(options: argparse.Namespace) -> int:
    """Count what corpora hold."""
    paths = [manifest_of(corpus) for corpus in options.corpora]
    _be_there(paths)
    parts, campaigns = overview.parts(paths), overview.campaigns(paths)
    if options.json:
        for one in [*parts, *(campaigns if options.campaigns else [])]:
            print(json.dumps(one.to_json()))  # noqa: T201
        return ExitCode.OK
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    console.print(_table(parts))
    if lengthless := sum(part.lengthless for part in parts):
        out(f"{lengthless} recordings do not say how long they are: livewatch corpus add {options.corpora[0]}")
    if options.campaigns:
        console.print(_campaigns(campaigns))
    elif campaigns:
        out(f"{len(campaigns)} campaigns have several calls; --campaigns lists them.")
    return ExitCode.OK


def check(options: argparse.Namespace) -> int:
    """Say what is wrong with corpora."""
    paths = [manifest_of(corpus) for corpus in options.corpora]
    with _bar("reading") as told:
        checked = check_corpora(paths, told)
    for one in checked.problems:
        if options.json:
            row = {"event": "problem", "severity": _severity(one)}
            print(json.dumps(row | {name: getattr(one, name) for name in one.__slots__}))  # noqa: T201
        else:
            out(f"{_severity(one)}: {one}")
    warnings = len(checked.problems) - checked.errors
    counts = ((checked.errors, "error"), (warnings, "warning"))
    said = ", ".join(f"{count:,} {what}{'s' if count != 1 else ''}" for count, what in counts if count)
    print(f"Rows: {checked.rows:,}; {said or 'nothing is the matter'}.", file=sys.stderr)  # noqa: T201
    return ExitCode.ERROR if checked.errors or (options.strict and warnings) else ExitCode.OK


def _severity(problem: Problem) -> str:
    return "warning" if problem.code in WARNINGS else "error"


@contextmanager
def _bar(what: str) -> Iterator[Told]:
    """Show a bar on standard error while calls are worked through."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _sum_up(done: Added, path: Path) -> None:
    counts = (
        (done.added, "added"),
        (done.already, "there already"),
        (done.completed, "completed"),
        (done.heard, "recognised"),
        (done.grouped, "put into campaigns"),
    )
    said = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "nothing was added"
    out(f"{path}: {said}.")


def _be_there(paths: Sequence[Path]) -> None:
    for path in paths:
        if not path.is_file():
            raise UsageError(
                "corpus-missing", f"There is no manifest {path}.", "To make one: livewatch corpus add CORPUS FOLDER"
            )


def _table(parts: Sequence[overview.Part]) -> Table:
    table = Table("set", "label", box=None, pad_edge=False)
    for name in ("calls", "campaigns", "recordings", "hours"):
        table.add_column(name, justify="right")
    rows = [(plain(part.set), plain(part.label), part) for part in parts]
    for name, label, part in rows:
        table.add_row(name, label, *_numbers([part]))
    if len(parts) > 1:
        table.add_row("all", "", *_numbers(parts))
    return table


def _numbers(parts: Sequence[overview.Part]) -> list[str]:
    counts = [sum(getattr(part, name) for part in parts) for name in ("calls", "campaigns", "recordings")]
    return [*(f"{count:,}" for count in counts), f"{sum(part.hours for part in parts):,.2f}"]


def _campaigns(campaigns: Sequence[overview.Campaign]) -> Table:
    table = Table("campaign", "labels", "calls", box=None, pad_edge=False)
    for one in campaigns:
        labels = ", ".join(f"{count} {label}" for label, count in one.labels)
        named = ", ".join(one.calls[:4]) + ("…" if len(one.calls) > 4 else "")
        table.add_row(*(plain(text) for text in (one.name, labels, named)))
    return table
