"""`livewatch tune suggest`: what missed scams say, and what makes the false alarms. It changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.assembly import load_book
from livewatch.errors import UsageError
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Label, Problem, read_corpus
from livewatch.tuning.evaluate.counts import MUST_REACH, hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.suggest.alarms import Alarming, find_alarming
from livewatch.tuning.suggest.marks import find_marks, group_of
from livewatch.tuning.suggest.wordings import Wording, single_words, wordings
from livewatch.tuning.work.rejudge import rules_of
from livewatch.tuning.work.watch import watch_corpus


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the calls suggest; every one is for people to judge."""

    calls: int
    hours: float
    """Of ordinary calls"""
    missed: int
    """Scam and caution calls that do not reach what they must"""
    missed_campaigns: int
    false_alarms: int
    """Ordinary calls that reach caution or more"""
    words: tuple[Wording, ...]
    wordings: tuple[Wording, ...]
    alarming: tuple[Alarming, ...]
    problems: tuple[Problem, ...]
    taken: frozenset[str]
    """Ids of the phrases there are, on and off"""
    interrupted: bool = False
    """Stopped by Ctrl-C: there are no suggestions"""

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`. The keys are described in docs/tuning.md."""
        return {
            "calls": self.calls,
            "ordinary_hours": round(self.hours, 4),
            "interrupted": self.interrupted,
            "missed": {"calls": self.missed, "campaigns": self.missed_campaigns},
            "false_alarm_calls": self.false_alarms,
            "words": [one.to_json() for one in self.words],
            "wordings": [one.to_json() for one in self.wordings],
            "false_alarms": [one.to_json() for one in self.alarming],
            "problems": [
                {"place": one.place, "code": one.code, "message": one.message, "hint": one.hint}
                for one in self.problems
            ],
        }


def suggest(
    manifests: Sequence[Path],
    settings: Settings,
    *,
    least: int = 2,
    most: int = 20,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Suggestions:
    """Watch the calls of `manifests` and look for what the lists lack and what they say too often.

    `least`: campaigns (for exceptions: ordinary calls) that must show a thing; `most`: how many of each kind are told.
    `jobs` and `progress` as in `watch_corpus`. Raises `UsageError` and `PhraseError`.
    """
    if least < 1 or most < 1:
        raise UsageError("bad-count", "--least and --most must be 1 or more.")
    corpus = read_corpus(manifests)
    if not corpus.calls:
        first = f" The first problem: {corpus.problems[0]}" if corpus.problems else ""
        raise UsageError("no-calls", f"The manifests hold no call that can be used.{first}", "See docs/evaluate.md.")
    loaded = load_book(settings)
    watched = watch_corpus(corpus, settings, jobs=jobs, progress=progress, loaded=loaded)
    results = watched.results
    missed = [one for one in results if one.call.label is not Label.ORDINARY and not _caught(one)]
    ordinary = [one for one in results if one.call.label is Label.ORDINARY]
    problems = [*watched.problems]
    words: list[Wording] = []
    found: list[Wording] = []
    alarming: list[Alarming] = []
    if not watched.interrupted:
        book = loaded.book
        marks = find_marks(missed, results, book.normaliser, least=least) if missed and ordinary else []
        words, found = single_words(marks, results, book, most), wordings(marks, results, book, most)
        alarming = find_alarming(results, book, rules_of(settings.risk), least=least)[:most]
        if missed and not ordinary:
            message = "There is no ordinary call, so nothing says which words only scams have."
            problems.append(Problem(str(manifests[0]), "no-ordinary", message, "Give ordinary calls as well."))
    return Suggestions(
        len(results),
        hours(ordinary),
        len(missed),
        len({group_of(one.call) for one in missed}),
        sum(one.first_caution is not None for one in ordinary),
        tuple(words),
        tuple(found),
        tuple(alarming),
        tuple(problems),
        frozenset(phrase.id for phrase in (*loaded.book.phrases, *loaded.off)),
        watched.interrupted,
    )


def _caught(result: CallResult) -> bool:
    return result.level.rank >= MUST_REACH[result.call.label].rank
