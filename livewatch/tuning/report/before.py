"""An earlier run to compare with: its details file, or its results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from livewatch.errors import CorpusError
from livewatch.events import SAMPLE_RATE, How, Level, Match
from livewatch.tuning.evaluate.results import CallResult

_HINT = "Name a file that `livewatch evaluate --details` has written."


@dataclass(frozen=True, slots=True)
class CallBefore:
    """What the earlier run said of a call."""

    level: Level
    first_caution: int | None
    """Sample index, as in `CallResult`"""
    first_danger: int | None
    """Sample index"""
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The earlier run."""

    name: str
    """For people: a file name, a list"""
    calls: dict[str, CallBefore]
    """By id"""

    @classmethod
    def of(cls, name: str, results: Sequence[CallResult]) -> Before:
        """From the results themselves."""
        return cls(
            name,
            {one.call.id: CallBefore(one.level, one.first_caution, one.first_danger, one.matches) for one in results},
        )


class _Match(msgspec.Struct):
    at_s: float
    phrase: str
    category: str
    heard: str
    start_s: float
    end_s: float
    points: float
    how: How
    verified: float | None = None


class _Line(msgspec.Struct):
    id: str
    level: Level
    audio_s: float
    matches: list[_Match]
    first_caution_s: float | None = None
    first_danger_s: float | None = None


def read_before(path: Path) -> Before:
    """Read a details file. Raises `CorpusError` naming the line that is not one."""
    calls: dict[str, CallBefore] = {}
    decoder = msgspec.json.Decoder(_Line)
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                if not text.strip():
                    continue
                try:
                    line = decoder.decode(text)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    message = f"{path}:{number} is not a line of details: {error}."
                    raise CorpusError("not-details", message, _HINT) from None
                calls[line.id] = CallBefore(
                    line.level, _samples(line.first_caution_s), _samples(line.first_danger_s), _matches(line)
                )
    except OSError as error:
        cause = error.strerror or str(error)
        raise CorpusError("details-unreadable", f"{path} cannot be read: {cause}.", _HINT) from None
    if not calls:
        raise CorpusError("not-details", f"{path} holds no calls.", _HINT)
    return Before(path.name, calls)


def _matches(line: _Line) -> tuple[Match, ...]:
    return tuple(
        Match(
            phrase=one.phrase,
            category=one.category,
            heard=one.heard,
            start=round(one.start_s * SAMPLE_RATE),
            end=round(one.end_s * SAMPLE_RATE),
            points=one.points,
            how=one.how,
            at=round(one.at_s * SAMPLE_RATE),
            verified=one.verified,
        )
        for one in line.matches
    )


def _samples(at_s: float | None) -> int | None:
    return None if at_s is None else round(at_s * SAMPLE_RATE)
