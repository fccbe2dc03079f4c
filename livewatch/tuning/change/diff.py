"""`livewatch tune diff`: labelled calls under two phrase lists, and what is not the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.assembly import load_book
from livewatch.events import seconds
from livewatch.phrases.book import LoadedBook
from livewatch.phrases.book import Problem as ListProblem
from livewatch.settings import Settings
from livewatch.tuning.change.calls import ChangedCall, Kind, compare
from livewatch.tuning.change.counts import Pair, Row, count
from livewatch.tuning.change.lists import PhraseChange, changes, with_list
from livewatch.tuning.corpus.manifest import Label, LabelledCall, Problem, read_corpus
from livewatch.tuning.evaluate.counts import hours
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.rejudge import rules_of
from livewatch.tuning.work.watch import watch_corpus


@dataclass(frozen=True, slots=True)
class Shifted:
    """A call that reaches the same level under both lists, but at another moment."""

    call: LabelledCall
    before: int
    """Sample index of the first alert"""
    after: int

    def to_json(self) -> dict[str, Any]:
        """One entry of `shifted`."""
        return {"id": self.call.id, "before_s": seconds(self.before), "after_s": seconds(self.after)}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change of the lists does."""

    old: str
    """As named"""
    new: str
    phrases: tuple[PhraseChange, ...]
    """What differs between the lists"""
    calls: int
    """Watched to the end under both"""
    labels: Counter[Label]
    """Of these calls"""
    hours: float
    changed: tuple[ChangedCall, ...]
    """The gravest first, then in the order of the manifests"""
    shifted: tuple[Shifted, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    interrupted: bool = False
    """Stopped by Ctrl-C: only the calls watched under both lists until then are in it"""

    def of(self, kind: Kind) -> tuple[ChangedCall, ...]:
        """The changed calls of one kind."""
        return tuple(call for call in self.changed if call.kind is kind)

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`. The keys are described in docs/tuning.md."""
        return {
            "old": self.old,
            "new": self.new,
            "phrases": [{"phrase": one.phrase, "change": one.change, "what": list(one.what)} for one in self.phrases],
            "calls": self.calls,
            "hours": round(self.hours, 4),
            "interrupted": self.interrupted,
            "counts": {kind.value: len(self.of(kind)) for kind in Kind},
            "changed": [call.to_json() for call in self.changed],
            "shifted": [call.to_json() for call in self.shifted],
            "sets": [row.to_json() for row in self.rows],
            "problems": [
                {"place": one.place, "code": one.code, "message": one.message, "hint": one.hint}
                for one in self.problems
            ],
        }


def diff(
    old: str,
    new: str,
    manifests: Sequence[Path],
    settings: Settings,
    *,
    jobs: int = 1,
    checked: Callable[[LoadedBook], None] | None = None,
    kept: Callable[[Sequence[Pair]], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Difference:
    """Watch every call of `manifests` under the lists `old` and `new` and compare.

    Lists are named as in `with_list`. `jobs` as in `watch_corpus`; `checked` gets what `new` holds before any call is
    watched, and may raise; `kept` gets every call under both lists, `progress`
    counts every call twice. Raises `UsageError` and `PhraseError` before any call is watched. Lists that say the same
    are watched once.
    """
    chosen = [with_list(settings, name) for name in (old, new)]
    books = [load_book(one) for one in chosen]
    if checked is not None:
        checked(books[1])
    differing = changes(books[0], books[1])
    corpus = read_corpus(manifests)
    runs: list[Sequence[CallResult]] = []
    problems: list[Problem] = []
    interrupted = False
    for number, one in enumerate(chosen if differing else chosen[:1]):

        def tell(done: int, total: int, watched: int = number) -> None:
            if progress is not None:
                progress(watched * total + done, (2 if differing else 1) * total)

        if not interrupted:
            watched = watch_corpus(corpus, one, jobs=jobs, progress=tell, loaded=books[number])
            runs.append(watched.results)
            problems += [problem for problem in watched.problems if problem not in problems]
            interrupted = watched.interrupted
    if not differing:
        problems += [problem for problem in list_problems(books[1].problems) if problem not in problems]
    after = {result.call.id: result for result in runs[-1]} if len(runs) == 2 or not differing else {}
    pairs: list[Pair] = [(one, after[one.call.id]) for one in runs[0] if one.call.id in after]
    if kept is not None:
        kept(pairs)
    ids = {change.phrase for change in differing}
    rules = rules_of(settings.risk)
    changed = [call for one, other in pairs if (call := compare(one, other, rules, ids)) is not None]
    order = [*Kind]
    return Difference(
        old,
        new,
        tuple(differing),
        len(pairs),
        Counter(one.call.label for one, _ in pairs),
        hours(one for one, _ in pairs),
        tuple(sorted(changed, key=lambda call: order.index(call.kind))),
        tuple(_shifted(pairs)),
        tuple(count(pairs)),
        tuple(problems),
        interrupted,
    )


def _shifted(pairs: Sequence[Pair]) -> list[Shifted]:
    return [
        Shifted(one.call, one.first_caution, other.first_caution)
        for one, other in pairs
        if one.level is other.level
        and one.first_caution is not None
        and other.first_caution is not None
        and one.first_caution != other.first_caution
    ]


def list_problems(problems: Sequence[ListProblem]) -> list[Problem]:
    """Return what cannot be used of lists as problems of a run."""
    return [Problem(f"{one.file}:{one.line}", "phrase-list", one.message, one.suggestion) for one in problems]
