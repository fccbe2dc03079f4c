"""What became of a labelled call, in the order in which somebody who tunes lists wants to see them."""

from __future__ import annotations

from enum import StrEnum

from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label


class Outcome(StrEnum):
    """The worst first."""

    MISSED = "missed"
    """Should have raised an alert and raised none"""
    FALSE_DANGER = "false-danger"
    """An ordinary call called dangerous"""
    ONLY_CAUTION = "only-caution"
    """A scam call that came no further than caution: not caught"""
    FALSE_CAUTION = "false-caution"
    """An ordinary call called suspicious"""
    CAUGHT = "caught"
    """Reached what it had to"""
    QUIET = "quiet"
    """An ordinary call in which nothing was said"""
    UNCOUNTED = "uncounted"
    """Its label is neither: nothing is expected of it"""

    @property
    def wrong(self) -> bool:
        """Whether it is a miss or a false alarm."""
        return self in (Outcome.MISSED, Outcome.FALSE_DANGER, Outcome.ONLY_CAUTION, Outcome.FALSE_CAUTION)

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Outcome).index(self)


_OUTCOMES = {
    Label.SCAM: (Outcome.MISSED, Outcome.ONLY_CAUTION, Outcome.CAUGHT),
    Label.CAUTION: (Outcome.MISSED, Outcome.CAUGHT, Outcome.CAUGHT),
    Label.ORDINARY: (Outcome.QUIET, Outcome.FALSE_CAUTION, Outcome.FALSE_DANGER),
}
"""By the rank of the level reached"""


def outcome(label: Label, level: Level) -> Outcome:
    """Say what became of a call of `label` that reached `level`."""
    return _OUTCOMES[label][level.rank] if label in _OUTCOMES else Outcome.UNCOUNTED
