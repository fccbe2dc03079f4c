"""95 % intervals for shares and rates, and quantiles of times. Only the standard library."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

CONFIDENCE = 0.95
"""How often an interval made this way holds the true value"""

_TAIL = (1 - CONFIDENCE) / 2
_Z = NormalDist().inv_cdf(1 - _TAIL)


def wilson(count: float, of: int) -> tuple[float, float]:
    """Return the score interval (Wilson 1927) of the share `count` / `of`, in 0..1; (0, 1) when `of` is 0.

    `count` may be a sum of shares, each in 0..1 (a mean over campaigns): no such quantity varies more than a
    yes-or-no one of the same mean, so the interval is then on the safe side.
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is not a share")
    if of == 0:
        return 0.0, 1.0
    share, square = count / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if count == 0 else max(0.0, middle - half)  # exact ends; rounding would leave 1e-17
    high = 1.0 if count == of else min(1.0, middle + half)
    return low, high


def garwood(count: int, exposure: float) -> tuple[float, float]:
    """Return the exact Poisson interval (Garwood 1936) of the rate `count` / `exposure`; up to inf for no exposure.

    `count` is how many events fell in `exposure` (any unit, >= 0; the rate is per that unit).
    """
    if count < 0 or exposure < 0:
        raise ValueError(f"{count} in {exposure} is not a rate")
    if exposure == 0:
        return 0.0, math.inf
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - _at_least(count, mean), 1 - _TAIL, 0.0, float(count))
    span = 10 + 10 * math.sqrt(count + 1)  # far beyond the 97.5 % point, which is near count + 2 sqrt(count)
    high = _solve(lambda mean: _at_most(count, mean), _TAIL, float(count), count + span)
    return low / exposure, high / exposure


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest of `values` that a `share` (0..1) of them do not exceed; None when there are none.

    Always one of the values, never between two, so that infinite ones (misses) are lawful.
    """
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def _solve(falling: Callable[[float], float], target: float, low: float, high: float) -> float:
    """Find where `falling` reaches `target` between `low` and `high`, by halving to the last bit."""
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        if falling(middle) > target:
            low = middle
        else:
            high = middle


def _at_most(count: int, mean: float) -> float:
    """Poisson P(X <= count) for mean >= count: the terms fall from `count` downwards, so few are needed."""
    term = total = _probability(count, mean)
    for k in range(count, 0, -1):
        term *= k / mean
        total += term
        if term < total * 1e-17:
            break
    return total


def _at_least(count: int, mean: float) -> float:
    """Poisson P(X >= count) for mean <= count: the terms fall from `count` upwards."""
    term = total = _probability(count, mean)
    k = count
    while term > total * 1e-17:
        k += 1
        term *= mean / k
        total += term
    return total


def _probability(k: int, mean: float) -> float:
    if mean == 0:
        return float(k == 0)
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
