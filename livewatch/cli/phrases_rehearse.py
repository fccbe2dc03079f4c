"""`livewatch phrases rehearse`: how a phrase comes back when many voices say it on the telephone."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from livewatch.assembly import Kit
from livewatch.cli import phrases_edit
from livewatch.cli.phrases import out
from livewatch.engines.scripted import ScriptedEngine
from livewatch.errors import ExitCode, LivewatchError, PhraseError, UsageError
from livewatch.events import Hypothesis
from livewatch.phrases import gist
from livewatch.phrases.book import Book, Phrase
from livewatch.phrases.check.measured import Measured
from livewatch.phrases.language import WordingError
from livewatch.phrases.phrase import categories, did_you_mean, read_phrase
from livewatch.phrases.reading import Entry
from livewatch.settings import Settings, load
from livewatch.sinks.plain import plain
from livewatch.tuning.ordinary import measure
from livewatch.tuning.rehearse.rehearse import Heard, forms, plan, rehearse
from livewatch.tuning.rehearse.variants import Outcome, Variant, outcomes, variants
from livewatch.tuning.rehearse.voices import INSTALL, installed

MOST_WORDINGS = 4
"""Wordings of a listed phrase that are spoken"""
SHOWN = 12
"""Rows shown of what came back"""


@dataclass(frozen=True, slots=True)
class _Rehearsed:
    """What was said and what became of it."""

    phrase: Phrase
    listed: bool
    """Whether it stands in the lists, as the id that was given"""
    known: tuple[str, ...]
    """Phrases of the lists that find these very words"""
    heard: tuple[Heard, ...]
    planned: int
    """Trials there were to be"""
    took_s: float
    """Seconds"""


def run_rehearse(options: argparse.Namespace) -> int:
    """Rehearse a phrase, show what came back, and offer mis-hearings; --add writes them to the user's list."""
    settings = load({"engine.name": options.engine} if options.engine else {}).settings
    if settings.engine.name == "scripted":
        raise UsageError("rehearse-scripted", "The scripted recogniser cannot hear.", "Leave --engine out.")
    _check_add(options)
    done = _rehearse(options, settings)
    found = outcomes(done.heard)
    book = Book.load([Path(file) for file in settings.phrases.files], languages=settings.phrases.languages).book
    count = partial(_count, book, options.ordinary) if options.ordinary else None
    judged = variants(found, done.phrase, book.normaliser, count)
    offered = [one for one in judged if not one.objection]
    if options.json:
        _as_json(done, found, judged)
    else:
        _show(done, found, judged)
    if not done.heard:
        raise PhraseError("rehearse-silent", "No voice could say the phrase.", INSTALL)
    if options.add is not None and offered:
        chosen = _numbers(_ask() if options.add == "ask" else options.add, len(offered))
        if chosen:
            _add(options, settings, done, [offered[number - 1].wording for number in chosen])
    elif offered and not options.json:
        out(f"To list them as well: livewatch phrases rehearse {json.dumps(options.phrase)} --add")
    return ExitCode.OK


def _check_add(options: argparse.Namespace) -> None:
    """Say what is wrong with --add before a minute is spent on talking. Raises `UsageError`."""
    if options.category and options.category not in categories():
        hint = did_you_mean(options.category, categories()) or f"There are: {', '.join(categories())}."
        raise UsageError("phrases.category", f'There is no category "{options.category}".', hint)
    if options.add is None or (options.add == "ask" and sys.stdin.isatty()):
        return
    if options.add == "ask":
        raise UsageError("rehearse-add", "Nobody is at the keyboard to choose what to add.", "--add 1,2 or --add all")
    _numbers(options.add, 0)


def _rehearse(options: argparse.Namespace, settings: Settings) -> _Rehearsed:
    voices = installed()
    if not voices:
        raise LivewatchError("rehearse-no-voice", "This computer has no voice that could say the phrase.", INSTALL)
    kit = Kit(settings, live=False)
    try:
        phrase, listed = _phrase(options.phrase, kit.book)
        lacking = [flag for flag in ("category", "why") if getattr(options, flag) is None]
        if options.add and not listed and lacking and not sys.stdin.isatty():
            raise UsageError(
                "rehearse-add",
                f"A new phrase needs --{' and --'.join(lacking)}.",
                "Or give the id of a phrase of the lists: livewatch phrases list",
            )
        planned = plan([words for wording in phrase.say[:MOST_WORDINGS] for words in forms(wording)], voices)
        began = time.monotonic()
        heard: list[Heard] = []
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
            task = bar.add_task("saying it", total=len(planned))
            for one in rehearse(phrase, planned, kit, most_s=options.seconds, failed=_tell):
                heard.append(one)
                bar.update(task, completed=len(heard), description=f"{one.trial.voice.name}: {plain(one.text)[:40]}")
    finally:
        kit.close()
    known = () if listed else _found_by(kit.book, forms(phrase.say[0])[0])
    return _Rehearsed(phrase, listed, known, tuple(heard), len(planned), time.monotonic() - began)


def _found_by(book: Book, words: str) -> tuple[str, ...]:
    spotter = book.spotter()
    said = ScriptedEngine.from_text(words).utterances
    matches = [
        match
        for number, one in enumerate(said)
        for match in spotter.accept(Hypothesis(one.words, len(one.words), True, number, one.end))
    ]
    return tuple(dict.fromkeys(match.phrase for match in matches if match.phrase != gist.PHRASE))


def _phrase(given: str, book: Book) -> tuple[Phrase, bool]:
    """Return the listed phrase of that id, or a phrase with these words. Raises `PhraseError`."""
    for phrase in book.phrases:
        if phrase.id == given:
            return replace(phrase, who="any"), True
    values = {"id": "own.rehearsed", "category": next(iter(categories())), "say": [given], "why": "Rehearsed."}
    entry = Entry("PHRASE", 1, values | {"points": phrases_edit.POINTS, "who": "any"})
    phrase, _, problems = read_phrase(entry, {}, None, book.normaliser)
    if phrase is None:
        problem = problems[0]
        raise PhraseError("rehearse-phrase", f'"{given}" cannot be a phrase: {problem.message}', problem.suggestion)
    try:
        forms(given)
    except WordingError as error:
        raise PhraseError("rehearse-phrase", f'"{given}" cannot be a phrase: {error}.', error.suggestion) from error
    return phrase, False


def _count(book: Book, manifests: Sequence[Path], phrase: Phrase) -> Measured:
    """Count the mis-hearings in labelled ordinary calls."""
    hits = measure(Book([phrase], book.normaliser, book.context), manifests)
    for problem in hits.problems:
        _tell(LivewatchError(problem.code, str(problem)))
    return hits.measured


def _show(done: _Rehearsed, found: Sequence[Outcome], judged: Sequence[Variant]) -> None:
    trials = len(done.heard)
    exact, sound = sum(one.exact for one in found), sum(one.sound for one in found)
    voices = len({one.trial.voice for one in done.heard})
    cut = f" (of {done.planned}; --seconds N for more)" if trials < done.planned else ""
    out(f"Said {trials} times{cut} by {voices} voices through a telephone line, in {done.took_s:.0f} s.")
    missed = trials - exact - sound
    out(f"Matched {exact + sound} times: {exact} by its words, {sound} by how it sounds; missed {missed} times.")
    if done.known:
        out(f"Its words are found by {', '.join(done.known)} as well, which may know more ways to say it.")
    out("What came back:")
    for one in found[:SHOWN]:
        hows = (("by its words", one.exact), ("by sound", one.sound), ("missed", one.missed))
        said = ", ".join(f"{count} {how}" if one.trials > count else how for how, count in hows if count)
        out(f"  {one.trials:>3}  {one.text or '(nothing)':<40} {said}")
    if len(found) > SHOWN:
        rest = sum(one.trials for one in found[SHOWN:])
        out(f"  {rest:>3}  {len(found) - SHOWN} others")
    offered = [one for one in judged if not one.objection]
    if offered:
        out("Mis-hearings that were missed and could be listed, and how often they are said in ordinary talk:")
    for number, one in enumerate(offered, 1):
        out(f"  {number:>3}  {one.wording:<40} {one.trials} times; {one.rate}")
    common = [one for one in judged if one.objection and one.rate]
    for one in common[:SHOWN]:
        out(f'  not offered: "{one.wording}". {one.objection}')


def _as_json(done: _Rehearsed, found: Sequence[Outcome], judged: Sequence[Variant]) -> None:
    rows: list[dict[str, object]] = [
        {"event": "heard", **{name: getattr(one, name) for name in ("text", "exact", "sound", "missed", "voices")}}
        for one in found
    ]
    rows += [{"event": "variant", **{name: getattr(one, name) for name in one.__slots__}} for one in judged]
    counts = {name: sum(getattr(one, name) for one in found) for name in ("exact", "sound", "missed")}
    rows.append({"event": "summary", "trials": len(done.heard), "planned": done.planned, "known": done.known, **counts})
    for row in rows:
        print(json.dumps(row))  # noqa: T201


def _ask() -> str:
    try:
        return input("Which of them? Numbers, all, or nothing: ").strip()
    except EOFError:
        return ""


def _numbers(given: str, most: int) -> list[int]:
    """Read "1,3", "all" or nothing; `most` 0: only whether it can be read. Raises `UsageError`."""
    if given.strip().lower() == "all":
        return [*range(1, most + 1)]
    try:
        numbers = [int(part) for part in given.replace(",", " ").split()]
    except ValueError:
        raise UsageError("rehearse-add", f"--add {given} is no list of numbers.", "--add 1,3 or --add all") from None
    if most and (wrong := next((one for one in numbers if not 1 <= one <= most), None)):
        raise UsageError("rehearse-add", f"There is no mis-hearing {wrong}.", f"There are 1 to {most}.")
    return [*dict.fromkeys(numbers)]


def _add(options: argparse.Namespace, settings: Settings, done: _Rehearsed, chosen: list[str]) -> None:
    """Write the chosen mis-hearings: to the phrase, where the user's list has it, else as a phrase of their own."""
    phrase = done.phrase
    if done.listed and phrases_edit.extend(options.file, settings, phrase.id, chosen):
        return
    known = phrase if done.listed else None
    phrases_edit.add(
        argparse.Namespace(
            say=chosen if done.listed else [*phrase.say, *chosen],
            id=None,
            category=options.category or (known.category if known else None),
            why=options.why or (known.why if known else None),
            points=known.points if known and options.points is None else options.points,
            source=f"rehearsed: how {phrase.id} is mis-heard" if known else None,
            unless=[*known.unless] if known else [],
            file=options.file,
            yes=options.yes,
        )
    )


def _tell(error: LivewatchError) -> None:
    print(plain(f"livewatch: {error.message}"), file=sys.stderr)  # noqa: T201
