"""Counts the language model of the recogniser (`livewatch.engines.moonshine.language_model`) in labelled calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from livewatch.engines.moonshine.language_model import (
    BEGIN,
    FIRST_WORD,
    NUMBER,
    UNKNOWN,
    Counted,
    Table,
    ends_sentence,
    words_of,
)
from livewatch.errors import UsageError
from livewatch.tuning.corpus.manifest import LabelledCall
from livewatch.tuning.fit.gist import group_of

_DISCOUNT: Final = 0.75
"""Taken off every count and given to what was not counted"""
_LEAST_CALLS: Final = 2
"""Campaigns and calls in which a word, pair or triple must stand to be kept: what only one has could be somebody's"""

_Run = tuple[int, ...]


def count_language_model(calls: Sequence[LabelledCall]) -> Counted:
    """Count what is said in `calls`, whatever their labels. Raises `UsageError` without two calls that share words."""
    texts = [(group_of(call), [text for _, text in call.turns]) for call in calls]
    words = _shared_words(texts)
    if not words:
        raise UsageError(
            "no-shared-words", "These calls have no words in common to count.", "Give more calls, as text."
        )
    numbers = {word: FIRST_WORD + index for index, word in enumerate(words)}
    runs: Counter[_Run] = Counter()
    first: dict[_Run, str] = {}
    shared: set[_Run] = set()
    for group, turns in texts:
        for run in (run for text in turns for run in _runs(text, numbers)):
            runs[run] += 1
            for part in (run[1:], run):
                if first.setdefault(part, group) != group:
                    shared.add(part)
    return _kneser_ney(tuple(words), runs, shared)


def _shared_words(texts: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for group, turns in texts:
        for word in (word for text in turns for written in text.split() for word in words_of(written)):
            if word is not None:
                groups[word].add(group)
    return sorted(word for word, found in groups.items() if len(found) >= _LEAST_CALLS)


def _runs(text: str, numbers: dict[str, int]) -> Iterator[_Run]:
    """Yield each word with the two before it, all as numbers."""
    before, last = UNKNOWN, BEGIN
    for written in text.split():
        for word in words_of(written):
            number = NUMBER if word is None else numbers.get(word, UNKNOWN)
            yield before, last, number
            before, last = last, number
        if ends_sentence(written):
            before, last = UNKNOWN, BEGIN


def _kneser_ney(words: tuple[str, ...], triples: Counter[_Run], shared: set[_Run]) -> Counted:
    """A pair counts once for each word it was heard after, a word once for each before it; a first word each time."""
    pairs: Counter[_Run] = Counter()
    for (_, last, number), count in triples.items():
        pairs[last, number] += count if last == BEGIN else 1
    singles: Counter[_Run] = Counter()
    for _, number in pairs:
        singles[number,] += 1
    size = FIRST_WORD + len(words)
    triple_kept, triple_rest = _discounted(triples, shared)
    pair_kept, pair_rest = _discounted(pairs, shared)
    single_kept, single_rest = _discounted(singles, {(number,) for number in range(FIRST_WORD, size)})
    share = np.zeros(size)
    for (number,), kept in single_kept.items():
        share[number] = kept
    share[UNKNOWN] = single_rest[()]
    rest = np.array([pair_rest.get((number,), 1.0) for number in range(size)])
    in_order = sorted(pair_kept)
    rows = {pair: row for row, pair in enumerate(in_order)}
    behind = {
        rows[before, last] * size + number: kept
        for (before, last, number), kept in triple_kept.items()
        if (before, last) in rows
    }
    return Counted(
        words,
        share,
        rest,
        Table(
            np.array([last * size + number for last, number in in_order], np.int64),
            np.array([pair_kept[pair] for pair in in_order]),
        ),
        np.array([triple_rest.get(pair, 1.0) for pair in in_order]),
        Table(np.array(sorted(behind), np.int64), np.array([behind[key] for key in sorted(behind)])),
    )


def _discounted(runs: Counter[_Run], kept: set[_Run]) -> tuple[dict[_Run, float], dict[_Run, float]]:
    """Return the share of each run of `kept` in what stands behind the same words, and what is left behind those."""
    totals: Counter[_Run] = Counter()
    for run, count in runs.items():
        totals[run[:-1]] += count
    shares: dict[_Run, float] = {}
    rests: dict[_Run, float] = dict.fromkeys(totals, 1.0)
    for run, count in runs.items():
        if run in kept and run[-1] >= FIRST_WORD and count > _DISCOUNT:
            shares[run] = (count - _DISCOUNT) / totals[run[:-1]]
            rests[run[:-1]] -= shares[run]
    return shares, rests
