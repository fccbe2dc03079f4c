"""`livewatch tune apply|undo`."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from livewatch.cli.config import store
from livewatch.cli.phrases import tell_problems
from livewatch.cli.phrases_edit import own_list
from livewatch.cli.tune_change import compare, settings_of, show
from livewatch.errors import ExitCode, PhraseError, UsageError
from livewatch.phrases.book import LoadedBook
from livewatch.settings import load
from livewatch.sinks.plain import plain
from livewatch.tuning.change.apply import Bearable, Planned, objections, undo
from livewatch.tuning.change.lists import CURRENT


def run_apply(options: argparse.Namespace) -> int:
    """Show what a list changes, ask, and make it the user's own."""
    if not (options.yes or options.json or sys.stdin.isatty()):
        raise UsageError("apply-ask", "Nobody is there to be asked.", "Look at the diff first, then add --yes")
    settings = settings_of(options)
    target = own_list(None, settings)
    planned = Planned.of(target, Path(options.new))
    if Path(options.new).resolve() in {Path(file).resolve() for file in settings.phrases.files}:
        raise PhraseError("apply-same", f"{options.new} is one of your lists already.", "See: livewatch config show")
    found = compare(options, settings, CURRENT, options.new, checked=partial(_refuse_bad, options.new))
    if not options.json:
        show(found)
    if found.interrupted:
        return ExitCode.INTERRUPTED
    against = [*objections(found, Bearable(options.may_lose, options.may_add))]
    refused = bool(against) and not options.force
    applied = not refused and (options.yes or _agreed(options, target))
    if applied:
        planned.carry_out()
        if target.resolve() not in {Path(file).resolve() for file in settings.phrases.files}:
            store("phrases.files", [*settings.phrases.files, str(target)])
    if options.json:
        print(json.dumps({**found.to_json(), "applied": applied, "refused": against if refused else []}))  # noqa: T201
    if refused:
        message = f"{options.new} was not applied: {'; '.join(against)}."
        raise PhraseError("apply-refused", message, "To apply it all the same: --force")
    done = f"{options.new} is now your list ({target}). To go back: livewatch tune undo"
    _say(done if applied else "Nothing was changed.")
    return ExitCode.OK


def run_undo(options: argparse.Namespace) -> int:
    """Put back the list that was there before."""
    settings = load().settings
    target = own_list(None, settings)
    undone = undo(target, force=options.force)
    if undone.removed:
        left = [file for file in settings.phrases.files if Path(file).resolve() != target.resolve()]
        if len(left) < len(settings.phrases.files):
            store("phrases.files", left)
    before = "there was none, so it is gone" if undone.removed else "it is as it was before"
    _say(f"{target}: {before}. What was undone is kept in {undone.kept}.")
    _say(f"{undone.left} more {'step' if undone.left == 1 else 'steps'} can be undone.")
    return ExitCode.OK


def _refuse_bad(new: str, loaded: LoadedBook) -> None:
    """Raise `PhraseError` for a list with anything that cannot be used: it would be used without it from then on."""
    problems = [problem for problem in loaded.problems if problem.file == str(Path(new))]
    if problems:
        tell_problems(problems)
        wrong = f"{len(problems)} {'thing' if len(problems) == 1 else 'things'} of it cannot be used"
        raise PhraseError("apply-bad", f"{new} was not applied: {wrong}.", "Mend it first.")


def _agreed(options: argparse.Namespace, target: Path) -> bool:
    if options.json or not sys.stdin.isatty():
        return False
    print(plain(f"Make {options.new} your list ({target})? [y/N] "), end="", file=sys.stderr, flush=True)  # noqa: T201
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _say(line: str) -> None:
    print(plain(line), file=sys.stderr)  # noqa: T201
