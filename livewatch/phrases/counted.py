"""What the points of shipped phrases rest on: how many labelled calls hold them (`data/points-<language>.toml`).

`livewatch tune fit` writes it (`livewatch.tuning.fit.points`). The lists give estimates, from knowledge of the tactics;
where the counts contradict one, the nearest value they allow takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One phrase."""

    estimate: float
    """Decibans written in the list"""
    points: float
    """Decibans it counts: the estimate, moved into `low`..`high` where it is outside"""
    low: float | None = None
    """Decibans; lower end of the 95 % interval from the counts alone, None: they say nothing downwards"""
    high: float | None = None
    """The upper end; None: they say nothing upwards"""
    campaigns: float
    """Scam campaigns in which it was heard; of a campaign heard in half of its calls, half"""
    calls: int
    """Ordinary calls in which it was heard"""


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All phrases of one or more languages."""

    day: str
    """When it was counted, ISO 8601"""
    campaigns: int
    """Scam campaigns watched"""
    calls: int
    """Ordinary calls watched"""
    phrase: Mapping[str, Counted]
    """By id; what is not in it was never heard"""


NO_COUNTS = Counts(day="", campaigns=0, calls=0, phrase={})


def load_counts(languages: Sequence[str]) -> Mapping[str, Counts]:
    """Return by language what is packaged; languages without counts are left out."""
    found = {}
    for language in languages:
        file = files("livewatch.phrases") / "data" / f"points-{language}.toml"
        if file.is_file():
            found[language] = msgspec.toml.decode(file.read_bytes(), type=Counts)
    return found
