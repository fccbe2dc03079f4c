"""What was heard in a recording, with every revision: as it is kept."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Final, TypeAlias

import msgspec

from livewatch.events import Alternative, Hypothesis, Side, Word

_SIDES: Final[tuple[Side, ...]] = ("caller", "me", "any")
_FAST: Final = 1
"""Level of zlib: words with their times become a third at any level"""

Asked: TypeAlias = tuple[int, int, tuple[str, ...], int, int]
"""A second listen: side, hypotheses of that side so far, the words, first and last sample of the span"""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    """One hypothesis, as what differs from the one before it on its track."""

    track: int
    """Which side's sound it came from, by place in `_SIDES`"""
    side: int
    """Who spoke, likewise"""
    utterance: int
    stable: int
    final: bool
    at: int
    same: int
    """Leading words that are those of the hypothesis before"""
    words: list[tuple[str, int, int, float]]
    """The others"""
    alternatives: list[tuple[int, int, tuple[str, ...], float]]
    """See `livewatch.events.Alternative`"""


class _Written(msgspec.Struct, frozen=True, array_like=True):
    engine: str
    model: str
    can_verify: bool
    memory_s: float
    audio: int
    damage: list[str]
    rows: list[_Row]
    scores: list[tuple[Asked, float]]


@dataclass(frozen=True, slots=True)
class Heard:
    """All that a recogniser has said of one recording."""

    engine: str
    """Name of the recogniser"""
    model: str
    """Name of its model"""
    can_verify: bool
    memory_s: float
    audio: int
    """Samples of the recording"""
    damage: tuple[str, ...]
    """Sentences about what is missing of it"""
    said: tuple[tuple[Side, Hypothesis], ...]
    """Every hypothesis with the track it came from, in the order they came"""
    scores: dict[Asked, float] = field(default_factory=dict)
    """What the second listen answered to what it was asked"""

    def encode(self) -> bytes:
        """Return it as bytes, for `decode`."""
        before: dict[Side, tuple[Word, ...]] = {}
        rows = []
        for track, one in self.said:
            same = len(
                [*takewhile(lambda pair: pair[0] == pair[1], zip(before.get(track, ()), one.words, strict=False))]
            )
            before[track] = one.words
            words = [(word.text, word.start, word.end, word.confidence) for word in one.words[same:]]
            sides = _SIDES.index(track), _SIDES.index(one.side)
            others = [(other.first, other.end, other.words, other.log_ratio) for other in one.alternatives]
            rows.append(_Row(*sides, one.utterance, one.stable, one.final, one.at, same, words, others))
        written = _Written(
            self.engine,
            self.model,
            self.can_verify,
            self.memory_s,
            self.audio,
            [*self.damage],
            rows,
            [*self.scores.items()],
        )
        return zlib.compress(msgspec.msgpack.encode(written), _FAST)

    def joined(self, other: Heard) -> Heard:
        """Add what the second listen answered another time."""
        return replace(self, scores={**other.scores, **self.scores})

    @classmethod
    def decode(cls, data: bytes) -> Heard:
        """Return what `encode` made bytes of."""
        written = msgspec.msgpack.decode(zlib.decompress(data), type=_Written)
        before: dict[int, tuple[Word, ...]] = {}
        said = []
        for row in written.rows:
            words = before[row.track] = before.get(row.track, ())[: row.same] + tuple(Word(*one) for one in row.words)
            others = tuple(Alternative(*other) for other in row.alternatives)
            one = Hypothesis(words, row.stable, row.final, row.utterance, row.at, _SIDES[row.side], others)
            said.append((_SIDES[row.track], one))
        return cls(
            written.engine,
            written.model,
            written.can_verify,
            written.memory_s,
            written.audio,
            tuple(written.damage),
            tuple(said),
            dict(written.scores),
        )


def asked(track: Side, count: int, words: Sequence[str], span: tuple[int, int]) -> Asked:
    """Name what the second listen is asked of the track, after `count` of its hypotheses."""
    return _SIDES.index(track), count, tuple(words), *span
