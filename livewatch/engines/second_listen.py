"""The second listen: what only sounds like a phrase is put to the recogniser, against the sound itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from livewatch.engines.engine import Session
from livewatch.events import SAMPLE_RATE, Match

LEAST_LOG_RATIO: Final = -6.5
"""Natural-log ratio from which on a phrase counts as said. Of 231 that were put to it on 52 recordings over bad lines,
7 have it, all of them said or as good as said; the best of the 101 in ordinary calls stays below -13. With -4 it is
5"""
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
