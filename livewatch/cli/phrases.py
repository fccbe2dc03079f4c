"""`livewatch phrases list|show|explain`, and what the other actions on phrases share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from livewatch.errors import ExitCode, PhraseError, UsageError
from livewatch.events import seconds
from livewatch.phrases.book import Book, LoadedBook, Phrase
from livewatch.phrases.check import rates, ways
from livewatch.phrases.language import parse
from livewatch.phrases.phrase import categories, did_you_mean
from livewatch.settings import load
from livewatch.sinks.plain import plain

EXAMPLES = 8
"""Sequences of a wording shown as examples"""


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
    tell_problems(loaded.problems)
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
    out(f"points      {phrase.points:g}{_counted(phrase)}")
    out(f"who         {phrase.who}")
    out(f"source      {phrase.source or 'not given'}")
    if not phrase.inflected:
        out("inflected   no: only the very forms that are written")
    if phrase.within is not None:
        out(f"within      the first {seconds(phrase.within):g} s of a call")
    for line in rates(phrase, loaded.book.normaliser, load().settings.phrases.languages):
        out(f"say         {line.wording}    [{line.rate}]")
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
        f"than in an ordinary one{_counted(phrase)}."
    )
    lines = rates(phrase, loaded.book.normaliser, load().settings.phrases.languages)
    counted = [line for line in lines if line.hits is not None]
    if counted:
        hits = sum(line.hits or 0 for line in counted)
        out(f"In {counted[0].hours:.0f} hours of ordinary calls it was heard {hits} times.")
    else:
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
    if phrase.within is not None:
        out(f"  - after the first {seconds(phrase.within):g} s of a call;")
    if phrase.who != "any":
        other = "the person on the call" if phrase.who == "caller" else "the caller"
        out(f"  - when it is {other} who says it, and the two sides are recorded apart;")
    out('  - when it is denied ("we will never…"), advised against ("if anyone asks you…") or told about ("he said…").')
    return ExitCode.OK


def _counted(phrase: Phrase) -> str:
    counted = phrase.counted
    if counted is None:
        return " (an estimate)"
    low, high = ("open" if end is None else f"{end:g}" for end in (counted.low, counted.high))
    heard = f"{counted.campaigns:g} scam campaigns and {counted.calls} ordinary calls: {low} to {high}"
    return f" (estimate {counted.estimate:g}; counted in {heard})"


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
    values: dict[str, object] = {key: getattr(phrase, key) for key in keys}
    within = None if phrase.within is None else seconds(phrase.within)
    return {**values, "within_s": within, "counted": msgspec.to_builtins(phrase.counted)}


def tell_problems(problems: Iterable[object]) -> None:
    """Say on standard error what cannot be used of lists, manifests or calls."""
    for problem in problems:
        print(plain(f"livewatch: {problem}"), file=sys.stderr)  # noqa: T201


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
