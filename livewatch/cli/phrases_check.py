"""`livewatch phrases check`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from livewatch.cli.phrases import out, tell_problems
from livewatch.errors import ExitCode, PhraseError, UsageError
from livewatch.phrases.book import Book
from livewatch.phrases.check import Checked, Line, check
from livewatch.phrases.check.measured import Measured
from livewatch.settings import PhraseSettings, load


def run_check(options: argparse.Namespace) -> int:
    """Say what is the matter with lists; without files with the shipped ones and those of the settings."""
    settings = load().settings.phrases
    files = [Path(file) for file in options.files]
    others = [Path(file) for file in settings.files if Path(file).resolve() not in {one.resolve() for one in files}]
    measured = _measure(options, settings, files)
    checked = [check(files, others=others, languages=settings.languages, measured=measured)]
    if not files and others:
        checked.append(check(others, languages=settings.languages, measured=measured))
    findings = [finding for one in checked for finding in one.findings]
    if options.json:
        _check_json(checked)
    else:
        for finding in findings:
            out(str(finding))
        if options.lines or (options.lines is None and files):
            _show_lines([line for one in checked for line in one.lines])
        _sum_up(checked)
    serious = {"error", "warning"} if options.strict else {"error"}
    return ExitCode.ERROR if any(finding.severity in serious for finding in findings) else ExitCode.OK


def _measure(options: argparse.Namespace, settings: PhraseSettings, files: Sequence[Path]) -> Measured | None:
    """Count in the manifests of --ordinary; write the table of --table."""
    if not options.ordinary:
        if options.table:
            raise UsageError(
                "phrases.table", "--table writes what was counted, but nothing is.", "Add --ordinary MANIFEST"
            )
        return None
    from livewatch.tuning.ordinary import measure, table  # noqa: PLC0415 - only when it is asked for

    paths = [*(Path(file) for file in settings.files), *files]
    loaded = Book.load(paths, languages=settings.languages)
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("calls", total=None)
        hits = measure(loaded.book, options.ordinary, lambda done, total: bar.update(task, completed=done, total=total))
    tell_problems(hits.problems)
    if hits.left_out:
        print(f"livewatch: {hits.left_out} ordinary calls have no text and were left out.", file=sys.stderr)  # noqa: T201
    if not hits.measured.calls:
        raise PhraseError(
            "phrases.ordinary", "The manifests hold no ordinary call with a text.", "See docs/evaluate.md."
        )
    if options.table:
        try:
            options.table.write_text(table(loaded.book, hits), "utf-8")
        except OSError as error:
            raise PhraseError("phrases.table", f"{options.table} cannot be written: {error.strerror}.") from error
    return hits.measured


def _show_lines(lines: Sequence[Line]) -> None:
    if lines:
        out("")
        out("How often each line is said in ordinary talk:")
    for line in lines:
        out(f"{line.file}:{line.line}  {line.rate:<20} {line.wording}")


def _sum_up(checked: Sequence[Checked]) -> None:
    counts = {
        name: sum(finding.severity == name for one in checked for finding in one.findings)
        for name in ("error", "warning", "note")
    }
    said = ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items() if count)
    phrases = sum(one.phrases for one in checked)
    lines = sum(len(one.lines) for one in checked)
    print(f"{phrases} phrases with {lines} wordings can be used; {said or 'nothing is the matter'}.", file=sys.stderr)  # noqa: T201


def _check_json(checked: Sequence[Checked]) -> None:
    for one in checked:
        for finding in one.findings:
            row = {key: getattr(finding, key) for key in finding.__slots__}
            print(json.dumps({"event": "finding"} | row))  # noqa: T201
        for line in one.lines:
            row = {
                "file": line.file, "line": line.line, "phrase": line.phrase.id, "wording": line.wording,
                "per_hour": round(line.per_hour, 5), "hits": line.hits, "hours": round(line.hours, 2),
            }  # fmt: skip
            print(json.dumps({"event": "line"} | row))  # noqa: T201
