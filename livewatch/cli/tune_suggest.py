"""`livewatch tune suggest`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from livewatch.cli.evaluate import calls_bar
from livewatch.cli.phrases_edit import own_list
from livewatch.cli.spoken import spoken
from livewatch.cli.tune_sweep import FILE_WIDTH
from livewatch.errors import ExitCode, LivewatchError, UsageError
from livewatch.settings import load
from livewatch.sinks.files import write_whole
from livewatch.sinks.plain import plain
from livewatch.tuning.change.shelf import read_text
from livewatch.tuning.corpus.manifest import serious
from livewatch.tuning.suggest.draft import draft
from livewatch.tuning.suggest.run import Suggestions, suggest
from livewatch.tuning.suggest.tables import render


def run(options: argparse.Namespace) -> int:
    """Print what the calls suggest; write a draft if asked."""
    settings = load(spoken(options)).settings
    if options.write is not None and options.write.exists():
        raise UsageError("write-exists", f"{options.write} is already there.", "Name another file, or remove it.")
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        found = suggest(
            options.manifests,
            settings,
            least=options.least,
            most=options.most,
            jobs=options.jobs,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.json:
        print(json.dumps(found.to_json(), allow_nan=False))  # noqa: T201
    else:
        render(found, Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
    if found.interrupted:
        return ExitCode.INTERRUPTED
    if options.write is not None:
        _write(options.write, found)
    return ExitCode.ERROR if serious(found.problems) else ExitCode.OK


def _write(path: Path, found: Suggestions) -> None:
    target = own_list(None, load().settings)  # not what --phrases names
    own = read_text(target) if target.exists() else ""
    if not found.wordings and not own:
        print(plain(f"There is nothing to draft, so {path} was not written."), file=sys.stderr)  # noqa: T201
        return
    text = draft(found, own)
    try:
        write_whole(path, text)
    except OSError as error:
        cause = error.strerror or str(error)
        raise LivewatchError("output", f"{path} cannot be written: {cause}.", "Name another file.") from error
    number = len(found.wordings)
    drafts = f"{number} draft{'' if number == 1 else 's'}, switched off"
    print(plain(f"Wrote {path}: {drafts}. Edit it, then: livewatch tune diff current {path} MANIFEST"), file=sys.stderr)  # noqa: T201
