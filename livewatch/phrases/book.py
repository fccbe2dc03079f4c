"""The phrase book: the shipped lists and the user's, checked and merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from livewatch.errors import PhraseError
from livewatch.phrases.context import Language, load_context
from livewatch.phrases.counted import NO_COUNTS, Counted, Counts, load_counts
from livewatch.phrases.gist import NO_GIST, Gist, GistMeter, load_gist
from livewatch.phrases.index import Index
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase, defaults_of, did_you_mean, read_phrase
from livewatch.phrases.reading import Entry, ListFile, Problem, read_list
from livewatch.phrases.sound import Ear, SoundIndex, pronouncer
from livewatch.phrases.speech import load_speech
from livewatch.phrases.spotter import Spotter

__all__ = ["Book", "LoadedBook", "Phrase", "Problem"]


class Book:
    """Checked phrases in one or more languages. Cannot be changed; shared by all calls."""

    def __init__(
        self, phrases: Sequence[Phrase], normaliser: Normaliser, context: Language, gist: Gist = NO_GIST
    ) -> None:
        self.phrases = tuple(phrases)
        """Shipped ones first, in the order of their files"""
        self.normaliser = normaliser
        """Brings heard words to the form the phrases are compared in"""
        self.context = context
        """What cancels any phrase"""
        self.gist = gist
        """What all other words weigh"""

    @classmethod
    def load(
        cls, files: Sequence[Path] = (), *, languages: Sequence[str] = ("en",), gist: Gist | None = None
    ) -> LoadedBook:
        """Read the shipped lists of `languages`, then `files`, which add to them, change or switch off by id.

        `gist` takes the place of the packaged one. What cannot be used is left out and told as a `Problem`; everything
        else works. Raises `PhraseError` for a file that cannot be opened and for a language there are no lists for.
        """
        shipped = _shipped(languages)
        normaliser = Normaliser(load_speech(languages))
        merged = _Merge(normaliser)
        counts = load_counts(languages)
        for language, file in shipped:
            merged.add(file, counts.get(language, NO_COUNTS), own=False)
        for path in files:
            merged.add(read_list(str(path), _bytes(path)), NO_COUNTS, own=True)
        book = cls(
            list(merged.phrases.values()),
            normaliser,
            load_context(languages, normaliser),
            load_gist(languages) if gist is None else gist,
        )
        return LoadedBook(book, tuple(merged.problems), tuple(merged.off.values()))

    def uncancelled(self) -> Book:
        """Return a book of the same phrases that nothing cancels, whoever says them.

        What its spotter tells and this book's does not was denied, advised, reported, excepted, late or the other's.
        """
        phrases = [
            replace(
                phrase,
                who="any",
                within=None,
                unless=(),
                not_before=(),
                automata={**phrase.automata, "unless": (), "not_before": ()},
            )
            for phrase in self.phrases
        ]
        return Book(phrases, self.normaliser, Language((), (), frozenset()))

    def spotter(self, by_sound: float | None = None) -> Spotter:
        """Return a spotter for one call.

        `by_sound`: how far from a phrase may be what sounds like it (`livewatch.phrases.sound`); None: words only.
        """
        gist = GistMeter(self.gist, self.normaliser)
        if by_sound is None:
            return Spotter(self._index, gist)
        return Spotter(self._index, gist, lambda: Ear(lambda: self._sounds, pronouncer(), by_sound))

    @cached_property
    def _sounds(self) -> SoundIndex:
        return SoundIndex(self.phrases, pronouncer())

    @cached_property
    def _index(self) -> Index:
        return Index(self.phrases, self.normaliser, self.context)


@dataclass(frozen=True, slots=True)
class LoadedBook:
    """A book and what could not be used of its lists."""

    book: Book
    problems: tuple[Problem, ...]
    """In the order of files and lines"""
    off: tuple[Phrase, ...] = ()
    """Phrases that are switched off, as they would be"""


class _Merge:
    """Phrases by id, while lists are read one after the other."""

    def __init__(self, normaliser: Normaliser) -> None:
        self.phrases: dict[str, Phrase] = {}
        self.off: dict[str, Phrase] = {}
        """By id: phrases switched off"""
        self.problems: list[Problem] = []
        self._normaliser = normaliser
        self._values: dict[str, dict[str, Any]] = {}
        """By id: the values as written, also of phrases switched off"""

    def add(self, file: ListFile, counts: Counts, *, own: bool) -> None:
        """Add one file; only the user's `own` may change phrases of earlier files. What is counted goes before points.

        Counts of an estimate that stands in the list no more are not for this phrase.
        """
        problems = list(file.problems)
        defaults = defaults_of(file.defaults, problems)
        seen: dict[str, int] = {}
        for entry in file.phrases:
            name = entry.values.get("id")
            if isinstance(name, str) and name in (seen if own else self._values):
                problems.append(_duplicate(entry, name, seen.get(name)))
                continue
            if isinstance(name, str):
                seen[name] = entry.line
            counted = counts.phrase.get(name) if isinstance(name, str) else None
            if counted is not None and entry.values.get("points") == counted.estimate:
                entry = replace(entry, values={**entry.values, "points": counted.points})  # noqa: PLW2901
            else:
                counted = None
            problems += self._put(entry, name, defaults, counted, own=own)
        self.problems += sorted(problems, key=lambda problem: problem.line)

    def _put(
        self, entry: Entry, name: object, defaults: dict[str, Any], counted: Counted | None, *, own: bool
    ) -> list[Problem]:
        earlier = self._values.get(name) if isinstance(name, str) else None
        if earlier is None and entry.values.get("enabled") is False and "say" not in entry.values:
            hint = did_you_mean(str(name), self._values)
            return [Problem(entry.file, entry.line_of("id"), f'There is no phrase "{name}" to switch off.', hint)]
        phrase, values, problems = read_phrase(entry, {} if earlier else defaults, earlier, self._normaliser)
        if phrase is not None:
            before = self.phrases.get(phrase.id)
            if before is not None and {"say", "points"}.isdisjoint(entry.values):
                counted = before.counted
            phrase = replace(phrase, counted=counted, own=own)
        switched_off = not problems and values["enabled"] is False
        if isinstance(name, str) and (phrase is not None or switched_off):
            self._values[name] = values
            self.phrases.pop(name, None)
            self.off.pop(name, None)
            if phrase is not None:
                self.phrases[name] = phrase
            else:
                self._put_off(entry, name, defaults, earlier)
        return problems

    def _put_off(self, entry: Entry, name: str, defaults: dict[str, Any], earlier: dict[str, Any] | None) -> None:
        on = replace(entry, values={**entry.values, "enabled": True})
        phrase, _, _ = read_phrase(on, {} if earlier else defaults, earlier, self._normaliser)
        if phrase is not None:
            self.off[name] = phrase


def _duplicate(entry: Entry, name: str, line: int | None) -> Problem:
    where = f"in line {line} of this file" if line else "in another list"
    return Problem(entry.file, entry.line_of("id"), f'The id "{name}" is already used {where}.', "give it another id")


def _shipped(languages: Sequence[str]) -> Iterator[tuple[str, ListFile]]:
    """Read the packaged lists of `languages`, each with its language. Raises `PhraseError` for one without lists."""
    lists = package_files("livewatch.phrases") / "lists"
    known = sorted(folder.name for folder in lists.iterdir() if folder.is_dir() and not folder.name.startswith("_"))
    for language in languages:
        if language not in known:
            raise PhraseError(
                "phrases.language",
                f'There are no phrase lists for the language "{language}".',
                f"Set phrases.languages to some of: {', '.join(known)}.",
            )
    return (
        (language, read_list(f"{language}/{file.name}", file.read_bytes()))
        for language in languages
        for file in sorted((lists / language).iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PhraseError(
            "phrases.missing",
            f"There is no phrase list {path}.",
            "Check the path given with --phrases or in phrases.files.",
        ) from None
    except OSError as error:
        raise PhraseError(
            "phrases.unreadable",
            f"The phrase list {path} cannot be read: {(error.strerror or str(error)).lower()}.",
            "Check the path given with --phrases or in phrases.files.",
        ) from None
