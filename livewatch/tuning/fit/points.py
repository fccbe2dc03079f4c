"""Fits the points of phrases: in how many scam campaigns and ordinary calls each was heard, with honest bounds.

A phrase heard in `a` of A campaigns and `b` of B ordinary calls is worth 10·log10((a/A) / (b/B)) decibans, but few are
heard often enough for that to mean much. What holds is an interval: given a + b, the share of a is binomial with odds
LR·A/B, and its exact interval (Clopper and Pearson 1934) is one for LR. A list's estimate stands where it lies inside;
outside it is moved to the nearer end. With points at the mean of what estimate and counts allow, false dangers
rise from 1 to 3 in 1,296 ordinary calls: rarely is anything known against a phrase that those at hand do not hold.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from livewatch.errors import UsageError
from livewatch.phrases.book import Phrase
from livewatch.phrases.counted import Counted, Counts
from livewatch.phrases.gist import PHRASE as GIST
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.intervals import CONFIDENCE
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.fit.gist import group_of
from livewatch.tuning.fit.library import scipy


def fit_points(results: Sequence[CallResult], phrases: Iterable[Phrase], day: str = "") -> Counts:
    """Count in `results` labelled scam or ordinary, and fit the points of `phrases` that were heard in any of them.

    `day` is today, ISO 8601. Raises `UsageError` without scipy, or without calls of both kinds.
    """
    scams = [result for result in results if result.call.label is Label.SCAM]
    ordinary = [result for result in results if result.call.label is Label.ORDINARY]
    if not scams or not ordinary:
        raise UsageError("fit-labels", "Fitting needs scam calls and ordinary calls.", "Add the other kind.")
    sizes = Counter(group_of(result.call) for result in scams)
    campaigns: defaultdict[str, float] = defaultdict(float)
    for result in scams:
        for phrase in _heard(result):
            campaigns[phrase] += 1 / sizes[group_of(result.call)]
    calls = Counter(phrase for result in ordinary for phrase in _heard(result))
    fitted = {}
    for phrase in phrases:
        heard, harmless = campaigns[phrase.id], calls[phrase.id]
        if not heard and not harmless:
            continue
        estimate = estimate_of(phrase)
        low, high = bounds(heard, len(sizes), harmless, len(ordinary))
        points = min(max(estimate, -math.inf if low is None else low), math.inf if high is None else high)
        fitted[phrase.id] = Counted(
            estimate=estimate,
            points=round(max(points, 0.0), 1),
            low=low,
            high=high,
            campaigns=round(heard, 2),
            calls=harmless,
        )
    return Counts(day=day, campaigns=len(sizes), calls=len(ordinary), phrase=fitted)


def bounds(heard: float, campaigns: int, harmless: int, calls: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval, in decibans, of a phrase heard in so many of so many campaigns and ordinary calls.

    None is an end that the counts leave open. `heard` may be a sum of shares: that varies no more than a count.
    """
    beta = scipy("stats").beta
    tail = (1 - CONFIDENCE) / 2

    def decibans(share: float) -> float:
        return round(10 * math.log10(share / (1 - share) * calls / campaigns), 1)

    low = decibans(beta.ppf(tail, heard, harmless + 1)) if heard else None
    high = decibans(beta.ppf(1 - tail, heard + 1, harmless)) if harmless else None
    return low, high


def estimate_of(phrase: Phrase) -> float:
    """Return the decibans that stand in the list, whatever was counted."""
    return phrase.points if phrase.counted is None else phrase.counted.estimate


def points_of(counts: Counts) -> Mapping[str, float]:
    """Return the fitted points by phrase."""
    return {phrase: counted.points for phrase, counted in counts.phrase.items()}


def _heard(result: CallResult) -> set[str]:
    return {match.phrase for match in result.matches if match.phrase != GIST}
