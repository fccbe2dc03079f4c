"""The second listen: what only sounds like a phrase is put to the recogniser, against the sound itself."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from livewatch.engines.engine import Session
from livewatch.events import SAMPLE_RATE, Match

LEAST_LOG_RATIO: Final = -4.0
"""Natural-log ratio from which on a phrase may have been said. In 132 recordings over bad lines, 40 of them of harmless
calls full of risky words, what was found with at least this was said in 100 of 118 cases, with less in 12 of 23"""
_DECIBANS: Final = 10 / math.log(10)
"""In one natural logarithm"""
_PER_SECOND: Final = 1.0
"""Listens per second of call, on average: 30 ms each"""
_AT_ONCE: Final = 8.0
"""Listens that may be saved up"""


class SecondListen:
    """One call's. Bounded: a call in which much sounds like a phrase does not make the recogniser late."""

    def __init__(self) -> None:
        self._left = _AT_ONCE
        self._at = 0

    def confirm(self, match: Match, session: Session) -> Match | None:
        """Return `match` with what the second listen says, or None if its listed words do not fit the sound.

        None as well where the budget is used up. Raises `EngineError` where the recogniser cannot do it.
        """
        self._left = min(_AT_ONCE, self._left + (match.at - self._at) / SAMPLE_RATE * _PER_SECOND)
        self._at = match.at
        if self._left < 1:
            return None
        self._left -= 1
        ratio = session.score(match.listed, (match.start, match.end))
        return replace(match, verified=round(ratio, 2)) if ratio >= LEAST_LOG_RATIO else None


def weigh(match: Match) -> Match | None:
    """Return `match` with the points that are left if its words fit the sound less well than those recognised.

    The log-ratio is evidence like any other and is added to them. None where nothing is left.
    """
    if match.verified is None or match.verified >= 0:
        return match
    points = round(match.points + _DECIBANS * match.verified, 1)
    return replace(match, points=points) if points > 0 else None
