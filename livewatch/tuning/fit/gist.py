"""Fits the weights of the gist (`livewatch.phrases.gist`): logistic regression over windows of labelled calls."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from livewatch.errors import UsageError
from livewatch.phrases.gist import WINDOW, Gist, grams, keys
from livewatch.phrases.normalise import Normaliser
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.fit.library import scipy

DECIBAN: Final = 10 / math.log(10)
"""Decibans in a natural-log unit"""

_PRIOR: Final = -4.0
"""Log-odds of a window of unknown words while fitting. With 0 a handful of harmless words is enough for danger, because
a short text lacks what speaks against it: 4 of 13 short ordinary calls, with -4 none"""
_HEADROOM: Final = 2.3
"""Added to the log-odds afterwards. Fitting supposes odds of 1 in 55, too harsh on short calls. Unseen, with 2.1, 2.3
and 2.5: 1,883, 1,948 and 2,006 of 3,600 short scams are found, 375, 376 and 377 of 393 real ones; of 1,324 ordinary
calls 10, 14 and 16 are told of, 1, 2 and 3 of them as dangerous"""
_PENALTY: Final = 1.0
"""Of the squared weights"""
_WEIGHT: Final = 20_000
"""Total weight of ordinary windows, against a penalty of 1"""
_SCAM_SHARE: Final = 0.3
"""Total weight of scam windows, that of ordinary ones being 1"""
_SHORT: Final = (10, 20, 40, 80)
"""Lengths at which calls are given too: at the start of a call there are few words, and a short call has no more. When
only ordinary calls were cut so, 155 of 200 short scams by a writer of their own reached danger, now it is 171"""
_SHORT_WEIGHT: Final = 0.5
"""Of these, against the long windows"""
_LEAST_CALLS: Final = 4
"""Campaigns and calls in which a word or pair must stand: what fewer have is about them, not about scams"""
_LEAST_WEIGHT: Final = 0.4
"""Decibans below which a weight is dropped: half of them, and no figure changes"""

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Window:
    grams: Numbers
    """As `_Grams` numbers them, each once. With strings, fitting on 6,000 calls took 1.6 GB instead of 0.5"""
    scam: bool
    group: str
    weight: float
    """Before balancing: of all n long windows of a call together √n"""


class _Grams:
    """Numbers the grams of windows in the order in which they come up."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, tokens: Sequence[str]) -> Numbers:
        numbers = self._numbers
        return np.array([numbers.setdefault(gram, len(numbers)) for gram in grams(tokens)], np.int32)

    @property
    def names(self) -> list[str]:
        """By number."""
        return list(self._numbers)


def group_of(call: LabelledCall) -> str:
    """What must stay on one side of a split: the campaign, else the call itself."""
    return call.campaign or call.id


def fit_gist(calls: Sequence[LabelledCall], normaliser: Normaliser) -> Gist:
    """Fit on `calls` that hold words: suspicious ones (caution) are told apart from ordinary ones as scams are.

    Raises `UsageError` without scipy, or without calls of both kinds.
    """
    numbered = _Grams()
    windows = [window for call in calls for window in _windows(call, normaliser, numbered)]
    if {window.scam for window in windows} != {True, False}:
        raise UsageError("fit-labels", "Fitting needs scam calls and ordinary calls, as text.", "Add the other kind.")
    names = numbered.names
    vocabulary = _vocabulary(windows, names)
    weights = _regress(windows, vocabulary, len(names))
    kept = {
        names[number]: round(float(weight) * DECIBAN, 1)
        for number, weight in zip(vocabulary, weights, strict=True)
        if abs(weight) * DECIBAN >= _LEAST_WEIGHT
    }
    return Gist(kept, round((_PRIOR + _HEADROOM) * DECIBAN, 1))


def _windows(call: LabelledCall, normaliser: Normaliser, numbered: _Grams) -> Iterator[_Window]:
    tokens = keys(normaliser.tokens([word for _, text in call.turns for word in text.split()]))
    if not tokens:
        return
    # Unseen, without and with 300 written pretexts: at 24 decibans and more are 47 and 58 of 90 other pretexts, 396 and
    # 398 of 450 written scams, and 39 and 42 of 480 hard harmless calls.
    scam = call.label is not Label.ORDINARY
    long = [*cut(tokens, WINDOW)]
    for part in long:
        yield _Window(numbered.of(part), scam, group_of(call), 1 / math.sqrt(len(long)))
    for length in _SHORT:
        short = [*cut(tokens, length)] if len(tokens) > length else []
        for part in short:
            yield _Window(numbered.of(part), scam, group_of(call), _SHORT_WEIGHT / len(_SHORT) / math.sqrt(len(short)))


def cut(tokens: Sequence[str], length: int) -> Iterator[Sequence[str]]:
    """Yield the windows of `length`, each half over the one before, the last one ending with the last token."""
    if len(tokens) <= length:
        yield tokens
        return
    for start in (*range(0, len(tokens) - length, length // 2), len(tokens) - length):
        yield tokens[start : start + length]


def _vocabulary(windows: Iterable[_Window], names: Sequence[str]) -> Numbers:
    """Return the grams that enough groups have, in the order of their names: the fit does not hang on that of calls."""
    groups: defaultdict[str, list[Numbers]] = defaultdict(list)
    for window in windows:
        groups[window.group].append(window.grams)
    counts = np.zeros(len(names), np.int64)
    for parts in groups.values():
        counts[np.unique(np.concatenate(parts))] += 1
    lawful = (number for number in np.flatnonzero(counts >= _LEAST_CALLS).tolist() if _lawful(names[number]))
    return np.array(sorted(lawful, key=lambda number: names[number]), np.int32)


def _lawful(gram: str) -> bool:
    """Whether a gram may be shipped: numbers could be somebody's."""
    return not any(part[0] != "<" and any(sign.isdigit() for sign in part) for part in gram.split())


def _balance(windows: Sequence[_Window]) -> np.ndarray:
    """Weigh windows: a call of n windows as much as √n short ones, a script heard in n calls as much as √n others.

    So the few hard calls, full of risky words and harmless, are not drowned in hours of talk. With each call alike, 1 %
    more of the written scams are found at 2 % of such calls, but 1 % of ordinary talk as well.
    """
    sizes: defaultdict[str, float] = defaultdict(float)
    for window in windows:
        if window.scam:
            sizes[window.group] += window.weight
    weights = np.array([w.weight / math.sqrt(sizes[w.group]) if w.scam else w.weight for w in windows])
    scam = np.array([window.scam for window in windows])
    weights *= _WEIGHT / weights[~scam].sum()
    weights[scam] *= _SCAM_SHARE * _WEIGHT / weights[scam].sum()
    return weights


def _regress(windows: Sequence[_Window], vocabulary: Numbers, count: int) -> np.ndarray:
    """Return natural-log weights of `vocabulary`, of `count` grams: L2-penalised, the constant fixed at `_PRIOR`."""
    minimize, csr_matrix = scipy("optimize").minimize, scipy("sparse").csr_matrix
    column = np.full(count, -1, np.int32)
    column[vocabulary] = np.arange(len(vocabulary), dtype=np.int32)
    rows = [np.sort(found[found >= 0]) for found in (column[window.grams] for window in windows)]
    columns, ends = np.concatenate(rows), np.cumsum([0, *map(len, rows)])
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(windows), len(vocabulary)))
    transposed = matrix.T.tocsr()
    sign = np.where([window.scam for window in windows], 1.0, -1.0)
    weights = _balance(windows)

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (matrix @ beta + _PRIOR)
        missed = 1 / (1 + np.exp(np.clip(margin, -500, 500)))
        value = (weights * np.logaddexp(0, -margin)).sum() + _PENALTY / 2 * beta @ beta
        return float(value), transposed @ (-weights * sign * missed) + _PENALTY * beta

    start = np.zeros(len(vocabulary))
    return minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
