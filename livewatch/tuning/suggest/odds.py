"""Which words mark one group of calls against another: log-odds ratios with an informative Dirichlet prior.

After Monroe, Colaresi and Quinn, "Fightin' Words" (2008): counts of both groups are mixed with what all calls say, so
that neither a word said everywhere nor one said once stands out. Every campaign weighs as one call, however many rows
it has: its counts are the mean of its calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import e, log, log10, sqrt
from typing import Final

PRIOR_SHARE: Final = 0.1
"""How much the prior weighs, of all that was said. With a hundredth the variance of what was never said in ordinary
calls is that of the prior alone, and the best wordings come last; with all of it nothing rare stands out"""
SIGNIFICANT: Final = 1.96
"""Standard errors from which on a difference is told: 95 % for one word, but thousands are looked at"""


class Counts:
    """Weighted counts of grams of one length over a group of calls."""

    def __init__(self) -> None:
        self.grams: dict[str, float] = {}
        """Of the grams looked for"""
        self.total = 0.0
        """Of all grams"""

    def add(self, gram: str, times: float) -> None:
        """Count `gram`; the total is counted apart."""
        self.grams[gram] = self.grams.get(gram, 0.0) + times


def log_odds(gram: str, one: Counts, other: Counts, everything: Counts) -> float:
    """Return by how many standard errors `gram` is said more often in `one` than in `other`."""
    prior = PRIOR_SHARE * everything.grams.get(gram, 0.0)
    if prior <= 0:
        return 0.0
    prior_total = PRIOR_SHARE * everything.total
    a, b = one.grams.get(gram, 0.0) + prior, other.grams.get(gram, 0.0) + prior
    delta = log(a / (one.total + prior_total - a)) - log(b / (other.total + prior_total - b))
    return delta / sqrt(1 / a + 1 / b)


def weights(groups: Iterable[str]) -> Mapping[str, float]:
    """Return by group what each of its calls weighs, so that the group weighs 1."""
    return {group: 1 / count for group, count in Counter(groups).items()}


def least_points(scams: int, of_scams: int, ordinary: int, of_ordinary: int) -> float:
    """Return the decibans that a phrase is worth at the least: the lower end of how much likelier it is in scams.

    `scams` campaigns of `of_scams` have it, and `ordinary` calls of `of_ordinary`. One-sided 95 %, by the logarithm of
    the ratio of shares, with half a call added to each count (Haldane), since none is no proof of never.
    """
    a, b = scams + 0.5, ordinary + 0.5
    ratio = log(a / (of_scams + 0.5)) - log(b / (of_ordinary + 0.5))
    spread = sqrt(max(0.0, 1 / a - 1 / (of_scams + 0.5) + 1 / b - 1 / (of_ordinary + 0.5)))
    return (ratio - 1.645 * spread) * 10 * log10(e)
