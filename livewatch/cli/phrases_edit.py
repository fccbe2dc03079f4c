"""`livewatch phrases add|off|on`: changes to the user's own list. The shipped ones are never written."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livewatch.cli import config
from livewatch.cli.phrases import book, find, out
from livewatch.errors import ExitCode, PhraseError, UsageError
from livewatch.phrases.book import Book
from livewatch.phrases.check import Finding, check
from livewatch.phrases.own import switched, with_phrase, with_wordings
from livewatch.phrases.phrase import categories
from livewatch.settings import Settings, config_path, load
from livewatch.sinks.files import write_whole
from livewatch.sinks.plain import plain

NAME = "phrases.toml"
"""The user's list where none is named, beside the settings file"""
POINTS = 10.0
"""Proposed for a new phrase: ten times likelier in a scam call"""


def add(options: argparse.Namespace) -> int:
    """Append a phrase to the user's list, after checking it; what is not on the command line is asked for."""
    settings = load().settings
    target = own_list(options.file, settings)
    before = _read(target)
    values = _values(options, {phrase.id for phrase in Book.load(_files(settings, target)).book.phrases})
    text = with_phrase(before, values)
    findings = _check(target, text, settings, values["id"])
    for finding in findings:
        print(plain(str(finding)), file=sys.stderr)  # noqa: T201
    if any(finding.severity == "error" for finding in findings):
        raise PhraseError(
            "phrases.add", "The phrase cannot be used, so it was not written.", "Correct it and try again."
        )
    warned = any(finding.severity == "warning" for finding in findings)
    if (
        warned
        and not options.yes
        and sys.stdin.isatty()
        and _ask("Write it all the same? [y/N] ").lower() not in ("y", "yes")
    ):
        out("Nothing was written.")
        return ExitCode.OK
    _write(target, text)
    out(f"{values['id']} was added to {target}")
    _use(target, settings)
    return ExitCode.OK


def extend(named: Path | None, settings: Settings, name: str, wordings: Sequence[str]) -> bool:
    """Add wordings to a phrase that the user's own list has; False, with nothing written, where it has not."""
    target = own_list(named, settings)
    text = with_wordings(_read(target), name, wordings)
    if text is None:
        return False
    findings = _check_all(target, text, settings, name)
    for finding in findings:
        print(plain(str(finding)), file=sys.stderr)  # noqa: T201
    if any(finding.severity == "error" for finding in findings):
        raise PhraseError("phrases.add", "The wordings cannot be used, so they were not written.")
    _write(target, text)
    out(f"{name} in {target} has {len(wordings)} more wordings")
    return True


def off(options: argparse.Namespace) -> int:
    """Switch a phrase off."""
    return _switch(options, on=False)


def on(options: argparse.Namespace) -> int:
    """Switch a phrase on."""
    return _switch(options, on=True)


def _switch(options: argparse.Namespace, *, on: bool) -> int:
    settings = load().settings
    target = own_list(options.file, settings)
    loaded, shipped = book([str(options.file)] if options.file and target.exists() else [])
    phrase = find(loaded, options.id)
    if (phrase not in loaded.off) is on:
        out(f"{phrase.id} is {'on' if on else 'off'} already.")
        return ExitCode.OK
    text = switched(_read(target), phrase.id, on=on, shipped=any(one.id == phrase.id for one in shipped.phrases))
    _write(target, text)
    out(f"{phrase.id} is {'on' if on else 'off'} ({target})")
    _use(target, settings)
    return ExitCode.OK


def own_list(named: Path | None, settings: Settings) -> Path:
    """Choose the user's list: the one named, else the first of the settings, else one beside the settings file."""
    if named is not None:
        return named.absolute()
    return Path(settings.phrases.files[0]) if settings.phrases.files else config_path().absolute().parent / NAME


def _files(settings: Settings, target: Path) -> list[Path]:
    """List the user's lists with `target`, as far as they are there."""
    paths = [Path(file) for file in settings.phrases.files]
    if target.exists() and target.resolve() not in {path.resolve() for path in paths}:
        paths.append(target)
    return [path for path in paths if path.exists()]


def _values(options: argparse.Namespace, taken: set[str]) -> dict[str, Any]:
    """Collect what the phrase says, in the order in which it is written."""
    said = [*options.say] or [_ask("What does the caller say? ", "WORDING")]
    name = options.id or _new_id(said[0], taken)
    values: dict[str, Any] = {"id": name}
    values["category"] = options.category or _ask(f"What is it? ({', '.join(categories())}) ", "--category")
    values["say"] = said
    if options.unless:
        values["unless"] = options.unless
    values["why"] = options.why or _ask("Why is it a sign, in one sentence? ", "--why")
    values["points"] = _points(options)
    if options.source:
        values["source"] = options.source
    return values


def _points(options: argparse.Namespace) -> float | int:
    points = options.points
    if points is None and sys.stdin.isatty():
        answer = _ask(f"How many points, 0 to 60? [{POINTS:g}] ")
        try:
            points = float(answer or POINTS)
        except ValueError:
            raise UsageError(
                "phrases.points", f'"{answer}" is not a number.', "10: ten times likelier in a scam call"
            ) from None
    points = POINTS if points is None else points
    return int(points) if points == int(points) else points


def _new_id(wording: str, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", wording.lower())[:4]
    base = "own." + ("-".join(words) or "phrase")
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if name not in taken)


def _ask(question: str, flag: str = "") -> str:
    """Ask the person at the terminal. Raises `UsageError` naming `flag` where nobody is there."""
    if not sys.stdin.isatty():
        raise UsageError("phrases.add", f"{flag} is missing.", f"livewatch phrases add --help explains {flag}.")
    try:
        return input(question).strip()
    except EOFError:
        return ""


def _check(target: Path, text: str, settings: Settings, name: str) -> list[Finding]:
    """Check the new phrase, the last one, as it would stand in `target`, without writing there."""
    start = text[: text.rindex("[[phrase]]")].count("\n") + 1
    findings = _check_all(target, text, settings)
    return [one for one in findings if one.phrase == name or (not one.phrase and one.line >= start)]


def _check_all(target: Path, text: str, settings: Settings, name: str = "") -> list[Finding]:
    """Check a list, or one phrase of it, as it would stand in `target`, without writing there."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / target.name
        trial.write_text(text, "utf-8", newline="")
        others = [path for path in _files(settings, target) if path.resolve() != target.resolve()]
        checked = check([trial], others=others, languages=settings.phrases.languages)
    return [_moved(finding, target) for finding in checked.findings if name in ("", finding.phrase)]


def _moved(finding: Finding, target: Path) -> Finding:
    changed: Mapping[str, Any] = {key: getattr(finding, key) for key in finding.__slots__} | {"file": str(target)}
    return Finding(**changed)


def _read(target: Path) -> str:
    try:
        return target.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise PhraseError(
            "phrases.unreadable",
            f"{target} cannot be read: {cause}.",
            f"To see where: livewatch phrases check {target}",
        ) from error


def _write(target: Path, text: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, text)
    except OSError as error:
        raise PhraseError(
            "phrases.write", f"{target} cannot be written: {error.strerror}.", "Choose another file with --file."
        ) from error


def _use(target: Path, settings: Settings) -> None:
    """Name `target` in the settings, unless it is there."""
    files = settings.phrases.files
    if target.resolve() not in {Path(file).resolve() for file in files}:
        run: Callable[[argparse.Namespace], int] = config.change
        run(argparse.Namespace(key="phrases.files", value=json.dumps([*files, str(target)], ensure_ascii=False)))
