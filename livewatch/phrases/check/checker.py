"""The checker: list files in, findings and lines with their rates out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path

from livewatch.phrases.book import Book, LoadedBook, Problem
from livewatch.phrases.check import text, wordings
from livewatch.phrases.check.finding import Finding
from livewatch.phrases.check.measured import Measured, shipped
from livewatch.phrases.check.relations import Relations, Wording
from livewatch.phrases.check.wordings import Line
from livewatch.phrases.language import parse
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.reading import Entry, read_list
from livewatch.phrases.speech import load_speech

__all__ = ["Checked", "Line", "check", "rates"]


@dataclass(frozen=True, slots=True)
class Checked:
    """All that can be said of some lists."""

    findings: tuple[Finding, ...]
    """In the order of files and lines"""
    lines: tuple[Line, ...]
    """Every wording that can be used, in the same order"""
    phrases: int
    """How many phrases of the lists can be used"""


def check(
    files: Sequence[Path] = (),
    *,
    others: Sequence[Path] = (),
    languages: Sequence[str] = ("en",),
    measured: Measured | None = None,
) -> Checked:
    """Check `files`, or the shipped lists when there are none.

    They are checked as they would be used: beside the shipped lists and the user's `others`. `measured` are counts of
    ordinary calls; the shipped ones when left out. Raises `PhraseError` for a file that cannot be opened. Takes time in
    proportion to the files' length.
    """
    loaded = Book.load([*others, *files], languages=languages)
    texts = {str(path): path.read_bytes() for path in files} if files else _shipped_texts(languages)
    own = Measured(0.0, 0, {}) if measured is None else measured
    table = _both(own, shipped(languages))
    findings = [_unusable(problem) for problem in loaded.problems if problem.file in texts]
    told = {(one.file, one.line) for one in findings}
    for name, raw in texts.items():
        findings += (
            one for one in text.findings(name, raw) if (one.file, one.line) not in told or one.kind != "control"
        )
    rows = list(_wordings(loaded, texts))
    joins = load_speech(languages).joins
    joined = {first + "".join(rest) for first, rests in joins.items() for rest in rests}
    lines = []
    for row in rows:
        if row.own:
            normaliser = loaded.book.normaliser
            measures = own if row.file in map(str, files) and own.hours else table
            line = wordings.line_of(
                row.phrase, row.text, row.graph, place=row.line, normaliser=normaliser, measured=measures
            )
            lines.append(line)
            findings += wordings.findings(line, row.graph, row.automaton, normaliser, joined)
    findings += Relations(loaded.book, rows).findings()
    findings += _of_phrases(loaded.book, texts)
    order = {name: place for place, name in enumerate(texts)}
    findings.sort(key=lambda one: (order[one.file], one.line, one.severity))
    lines.sort(key=lambda line: (order[line.file], line.line))
    return Checked(tuple(findings), tuple(lines), sum(phrase.file in texts for phrase in loaded.book.phrases))


def rates(phrase: Phrase, normaliser: Normaliser, languages: Sequence[str]) -> list[Line]:
    """Return how often each wording of one phrase is said: the shipped counts, or estimates."""
    measured = shipped(languages)
    return [
        wordings.line_of(phrase, wording, parse(wording), place=phrase.line, normaliser=normaliser, measured=measured)
        for wording in phrase.say
    ]


def _both(own: Measured, known: Measured) -> Measured:
    return own if own.hours else known


def _unusable(problem: Problem) -> Finding:
    kind = "duplicate" if "already used" in problem.message else "unusable"
    return Finding(
        problem.file, problem.line, kind, "error", problem.message, "It is left out.", _sentence(problem.suggestion)
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".?!" else ".")


def _shipped_texts(languages: Sequence[str]) -> dict[str, bytes]:
    lists = package_files("livewatch.phrases") / "lists"
    return {
        f"{language}/{file.name}": file.read_bytes()
        for language in languages
        for file in sorted((lists / language).iterdir(), key=lambda one: one.name)
        if file.name.endswith(".toml")
    }


def _wordings(loaded: LoadedBook, texts: Mapping[str, bytes]) -> Iterator[Wording]:
    """Yield every wording of the book, those of the checked files with their lines."""
    entries = {(name, entry.line): entry for name, raw in texts.items() for entry in read_list(name, raw).phrases}
    for phrase in loaded.book.phrases:
        entry = entries.get((phrase.file, phrase.line))
        places = _lines_of(entry, phrase) if entry else {}
        for wording, automaton in zip(phrase.say, phrase.automata["say"], strict=True):
            line = places.get(wording, phrase.line)
            yield Wording(phrase.file, line, phrase, wording, parse(wording), automaton, own=entry is not None)


def _lines_of(entry: Entry, phrase: Phrase) -> dict[str, int]:
    """Find the line of each wording; only what stands there in quotes, as "read me" is part of "read me the code"."""
    places: dict[str, int] = {}
    for offset, line in enumerate(entry.text):
        for wording in phrase.say:
            if wording not in places and (f'"{wording}"' in line or f"'{wording}'" in line):
                places[wording] = entry.line + offset
    return places


def _of_phrases(book: Book, texts: Mapping[str, bytes]) -> Iterator[Finding]:
    for phrase in book.phrases:
        if phrase.file in texts and phrase.points == 0:
            yield Finding(
                phrase.file, phrase.line, "no-points", "note", f"{phrase.id} is worth nothing.",
                "It is shown when it is heard, and never warns.", "To be rid of it: enabled = false", phrase.id,
            )  # fmt: skip
