"""Grams that missed scams say, and how much they mark them against ordinary calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from livewatch.phrases.normalise import Normaliser
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.suggest.odds import SIGNIFICANT, Counts, log_odds, weights
from livewatch.tuning.suggest.talk import LONGEST, sentences


@dataclass(slots=True)
class Mark:
    """A run of tokens said in missed scam calls."""

    text: str
    """As a wording writes it"""
    length: int
    """Tokens"""
    missed: dict[str, str] = field(default_factory=dict)
    """By campaign of missed calls that say it: one place where, as said"""
    said: Counter[str] = field(default_factory=Counter)
    """By id of every call that says it: how often"""
    z: float = 0.0
    """Log-odds against ordinary calls, in standard errors"""


def group_of(call: LabelledCall) -> str:
    """Name what counts once: the campaign, else the call itself."""
    return call.campaign or call.id


def find_marks(
    missed: Sequence[CallResult],
    results: Sequence[CallResult],
    normaliser: Normaliser,
    *,
    least: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[Mark]:
    """Return what at least `least` campaigns of `missed` calls say and ordinary calls hardly ever, the best first."""
    marks: dict[str, Mark] = {}
    for result in missed:
        for sentence in sentences(result, normaliser):
            for length in range(1, LONGEST + 1):
                for first, gram in sentence.grams(length):
                    mark = marks.get(gram)
                    if mark is None:
                        mark = marks[gram] = Mark(" ".join(sentence.texts[first : first + length]), length)
                    if group_of(result.call) not in mark.missed:
                        mark.missed[group_of(result.call)] = sentence.quoted(first, length)
    marks = {gram: mark for gram, mark in marks.items() if len(mark.missed) >= least}
    totals = _search(marks, results, normaliser, progress)
    _score(marks, totals, missed, results)
    telling = [mark for mark in marks.values() if mark.z >= SIGNIFICANT]
    return sorted(telling, key=lambda mark: (-mark.z, -mark.length, mark.text))


def _search(
    marks: dict[str, Mark],
    results: Sequence[CallResult],
    normaliser: Normaliser,
    progress: Callable[[int, int], None] | None,
) -> dict[str, list[int]]:
    """Count the `marks` in every call; return by call how many grams of each length it says."""
    lengths = sorted({mark.length for mark in marks.values()})
    totals: dict[str, list[int]] = {}
    for done, result in enumerate(results, 1):
        name = result.call.id
        sizes = totals[name] = [0] * (LONGEST + 1)
        for sentence in sentences(result, normaliser):
            for length in lengths:
                sizes[length] += max(0, len(sentence.keys) - length + 1)
                for _, gram in sentence.grams(length):
                    mark = marks.get(gram)
                    if mark is not None:
                        mark.said[name] += 1
        if progress is not None:
            progress(done, len(results))
    return totals


def _score(
    marks: dict[str, Mark],
    totals: dict[str, list[int]],
    missed: Sequence[CallResult],
    results: Sequence[CallResult],
) -> None:
    """Give every mark its z: missed calls against ordinary ones, with all calls as the prior."""
    lacking = {result.call.id for result in missed}
    ordinary = {result.call.id for result in results if result.call.label is Label.ORDINARY}
    groups = {result.call.id: group_of(result.call) for result in results}
    weigh = weights(groups.values())
    weight = {name: weigh[group] for name, group in groups.items()}
    # Missed rows of a campaign of which others were caught: these alone speak for it.
    own = weights(groups[name] for name in groups if name in lacking)
    by_length: dict[int, list[tuple[str, Mark]]] = defaultdict(list)
    for gram, mark in marks.items():
        by_length[mark.length].append((gram, mark))
    for length, some in by_length.items():
        one, other, everything = Counts(), Counts(), Counts()
        for name, sizes in totals.items():
            if name in lacking:
                one.total += sizes[length] * own[groups[name]]
            if name in ordinary:
                other.total += sizes[length] * weight[name]
            everything.total += sizes[length] * weight[name]
        for gram, mark in some:
            for name, times in mark.said.items():
                if name in lacking:
                    one.add(gram, times * own[groups[name]])
                if name in ordinary:
                    other.add(gram, times * weight[name])
                everything.add(gram, times * weight[name])
            mark.z = log_odds(gram, one, other, everything)
