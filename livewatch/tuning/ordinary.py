"""How often each wording of a book is heard in labelled ordinary calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import tomlkit

from livewatch.engines.scripted import ScriptedEngine
from livewatch.events import Hypothesis, seconds
from livewatch.phrases.book import Book, Phrase
from livewatch.phrases.check.measured import Measured, digest
from livewatch.tuning.corpus.manifest import Label, Problem, read_corpus


@dataclass(frozen=True, slots=True)
class OrdinaryHits:
    """Counts over all ordinary calls of some manifests that have a text."""

    measured: Measured
    sets: tuple[tuple[str, int, float], ...]
    """Name, calls and hours of each set"""
    left_out: int
    """Ordinary calls without a text: recordings are not listened to here"""
    problems: tuple[Problem, ...]
    """What is wrong with the manifests"""


def measure(book: Book, manifests: Sequence[Path], progress: Callable[[int, int], None] | None = None) -> OrdinaryHits:
    """Search the texts of all ordinary calls for every wording by itself, with what cancels it.

    Texts are watched at 2.7 words a second, as by `livewatch evaluate`. `progress` is told the calls done and all.
    """
    corpus = read_corpus(manifests)
    calls = [call for call in corpus.calls if call.label is Label.ORDINARY]
    split, digests = _split(book)
    hits = Counter(dict.fromkeys(digests.values(), 0))
    counts: Counter[str] = Counter()
    hours: Counter[str] = Counter()
    for done, call in enumerate(calls, 1):
        if call.words:
            engine = ScriptedEngine.from_turns(call.turns)
            hits.update(digests[name] for name in _heard(split, engine))
            counts[call.set] += 1
            hours[call.set] += seconds(engine.duration) / 3600  # type: ignore[assignment]
        if progress is not None:
            progress(done, len(calls))
    sets = tuple((name, counts[name], float(hours[name])) for name in counts)
    measured = Measured(float(sum(hours.values())), counts.total(), hits)
    return OrdinaryHits(measured, sets, sum(not call.words for call in calls), corpus.problems)


def table(book: Book, hits: OrdinaryHits) -> str:
    """Write the counts as `data/ordinary-<language>.toml`, by phrase; no text of the calls is in it."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment("How often each wording of the shipped lists is said in ordinary calls, with what cancels it.")
    )
    document.add(tomlkit.comment("Written by: livewatch phrases check --ordinary MANIFEST… --table FILE"))
    document.add(
        tomlkit.comment("By phrase: digest of a wording -> hits. A wording that was changed since has no count.")
    )
    document["date"] = date.today()
    sets = tomlkit.aot()
    for name, calls, hours in hits.sets:
        sets.append(tomlkit.item({"name": name, "calls": calls, "hours": round(hours, 2)}))
    document["set"] = sets
    rows = tomlkit.table()
    for phrase in book.phrases:
        row = tomlkit.inline_table()
        row.update({name: hits.measured.hits[name] for name in (digest(phrase, wording) for wording in phrase.say)})
        rows[phrase.id] = row
    document["hits"] = rows
    return tomlkit.dumps(document)


def _split(book: Book) -> tuple[Book, dict[str, str]]:
    """Return a book with a phrase for every wording, and the digest of each by the id it has there."""
    phrases: list[Phrase] = []
    digests = {}
    for phrase in book.phrases:
        for number, (wording, automaton) in enumerate(zip(phrase.say, phrase.automata["say"], strict=True)):
            name = f"{phrase.id}-{number}"
            automata = {**phrase.automata, "say": (automaton,)}
            phrases.append(replace(phrase, id=name, say=(wording,), automata=automata))
            digests[name] = digest(phrase, wording)
    return Book(phrases, book.normaliser, book.context), digests


def _heard(book: Book, engine: ScriptedEngine) -> list[str]:
    spotter = book.spotter()
    found = []
    for number, one in enumerate(engine.utterances):
        hypothesis = Hypothesis(one.words, len(one.words), True, number, one.end, one.side)
        found += [match.phrase for match in spotter.accept(hypothesis)]
    return found
