"""`livewatch phrases check|list|show|explain`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from livewatch.errors import ExitCode, LivewatchError, PhraseError, UsageError
from livewatch.phrases.book import Book, LoadedBook, Phrase
from livewatch.phrases.check import Checked, Line, check, ways
from livewatch.phrases.check.measured import Measured
from livewatch.phrases.language import parse
from livewatch.phrases.phrase import categories, did_you_mean
from livewatch.settings import PhraseSettings, load
from livewatch.sinks.plain import plain

EXAMPLES = 8
"""Sequences of a wording shown as examples"""


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


def show_list(options: argparse.Namespace) -> int:
    """Print one line for each phrase: id, points, where it stands, why it is a sign."""
    loaded, shipped = book()
    if options.category and options.category not in categories():
        hint = did_you_mean(options.category, categories()) or f"There are: {', '.join(categories())}."
        raise UsageError("phrases.category", f'There is no category "{options.category}".', hint)
    for category in categories():
        for phrase in [*loaded.book.phrases, *loaded.off]:
            if phrase.category != category or options.category not in (None, category):
                continue
            state = state_of(phrase, loaded, shipped)
            if options.json:
                print(json.dumps({"on": phrase not in loaded.off, "state": state} | as_json(phrase)))  # noqa: T201
            else:
                out(f"{phrase.id:<34} {phrase.points:>4g}  {state:<10} {phrase.why}")
    tell_problems(loaded)
    return ExitCode.OK


def show(options: argparse.Namespace) -> int:
    """Print everything that stands in the lists about one phrase."""
    loaded, shipped = book()
    phrase = find(loaded, options.id)
    if options.json:
        print(json.dumps({"on": phrase not in loaded.off} | as_json(phrase)))  # noqa: T201
        return ExitCode.OK
    out(f"{phrase.id}  ({state_of(phrase, loaded, shipped)}, {phrase.file}:{phrase.line})")
    out(f"category    {phrase.category}: {categories()[phrase.category]}")
    out(f"why         {phrase.why}")
    out(f"points      {phrase.points:g}")
    out(f"who         {phrase.who}")
    out(f"source      {phrase.source or 'not given'}")
    if not phrase.inflected:
        out("inflected   no: only the very forms that are written")
    lines = {line.wording: line for line in _lines(phrase)}
    for wording in phrase.say:
        out(f"say         {wording}" + (f"    [{lines[wording].rate}]" if wording in lines else ""))
    for key, wordings in (("unless", phrase.unless), ("not_before", phrase.not_before)):
        if wordings:
            out(f"{key:<11} {', '.join(wordings)}")
    return ExitCode.OK


def explain(options: argparse.Namespace) -> int:
    """Explain one phrase to people: why it is a sign, what it is worth, what it finds, what cancels it."""
    loaded, shipped = book()
    phrase = find(loaded, options.id)
    out(f"{phrase.id} ({state_of(phrase, loaded, shipped)})")
    out(f"{phrase.why} {categories()[phrase.category]}.")
    out(f"Where it is known from: {phrase.source or 'nobody has said'}.")
    times = 10 ** (phrase.points / 10)
    out(
        f"It counts {phrase.points:g} points: it is taken to be about {_round(times)} times likelier in a scam call "
        "than in an ordinary one."
    )
    lines = _lines(phrase)
    counted = [line for line in lines if line.hits is not None]
    if counted:
        hits = sum(line.hits or 0 for line in counted)
        out(f"In {counted[0].hours:.0f} hours of ordinary calls it was heard {hits} times.")
    elif lines:
        rate = sum(line.per_hour for line in lines)
        out(f"In ordinary talk it is probably said {rate:.1g} times an hour, an estimate.")
    out("For example, it finds:")
    for words in _examples(phrase):
        out(f"  {words}")
    out("It does not count")
    if phrase.unless:
        out(f"  - with one of these shortly before or after it: {', '.join(phrase.unless)};")
    if phrase.not_before:
        out(f"  - with one of these shortly after it: {', '.join(phrase.not_before)};")
    if phrase.who != "any":
        other = "the person on the call" if phrase.who == "caller" else "the caller"
        out(f"  - when it is {other} who says it, and the two sides are recorded apart;")
    out('  - when it is denied ("we will never…"), advised against ("if anyone asks you…") or told about ("he said…").')
    return ExitCode.OK


def out(line: str) -> None:
    """Print one line of what was asked for."""
    print(plain(line))  # noqa: T201


def book(files: Sequence[str] = ()) -> tuple[LoadedBook, Book]:
    """Load the lists that the settings and `files` name, and the shipped ones alone."""
    settings = load({"phrases.files": list(files)} if files else None).settings.phrases
    loaded = Book.load([Path(file) for file in settings.files], languages=settings.languages)
    return loaded, Book.load(languages=settings.languages).book


def find(loaded: LoadedBook, name: str) -> Phrase:
    """Return the phrase `name`, on or off. Raises `PhraseError` with the nearest id."""
    phrases = {phrase.id: phrase for phrase in (*loaded.book.phrases, *loaded.off)}
    if name in phrases:
        return phrases[name]
    hint = did_you_mean(name, phrases)
    hint = hint[:1].upper() + hint[1:] if hint else "To see all: livewatch phrases list"
    raise PhraseError("phrases.unknown", f'There is no phrase "{name}".', hint)


def state_of(phrase: Phrase, loaded: LoadedBook, shipped: Book) -> str:
    """Say in a word where the phrase comes from."""
    if phrase in loaded.off:
        return "off"
    known = {one.id: one for one in shipped.phrases}.get(phrase.id)
    if known is None:
        return "yours"
    return "shipped" if known.file == phrase.file else "changed"


def as_json(phrase: Phrase) -> dict[str, object]:
    """Give what stands in the list."""
    keys = (
        "id",
        "category",
        "points",
        "why",
        "source",
        "who",
        "say",
        "unless",
        "not_before",
        "inflected",
        "file",
        "line",
    )
    return {key: getattr(phrase, key) for key in keys}


def tell_problems(loaded: LoadedBook) -> None:
    """Say on standard error what cannot be used of the lists."""
    for problem in loaded.problems:
        print(plain(f"livewatch: {problem}"), file=sys.stderr)  # noqa: T201


def _lines(phrase: Phrase) -> list[Line]:
    """Look up how often each wording is said; nothing where its file is gone."""
    settings = load().settings.phrases
    own = [Path(file) for file in settings.files]
    try:
        checked = check([path for path in own if str(path) == phrase.file], others=own, languages=settings.languages)
    except LivewatchError:
        return []
    return [line for line in checked.lines if line.phrase.id == phrase.id]


def _examples(phrase: Phrase) -> list[str]:
    """Pick sequences from all over the wordings."""
    found = []
    for wording in phrase.say:
        sequences = [words for words in ways.spelt(parse(wording), 2_000) if ways.ANY_WORD not in words]
        sequences.sort(key=len)
        found.append([" ".join(words) for words in sequences[:: max(1, len(sequences) // 2)][:2]])
    return [one for pair in found for one in pair][:EXAMPLES]


def _round(times: float) -> str:
    digits = max(0, len(str(int(times))) - 2)
    return f"{round(times, -digits):,.0f}"


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
    for problem in hits.problems:
        print(plain(f"livewatch: {problem}"), file=sys.stderr)  # noqa: T201
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
