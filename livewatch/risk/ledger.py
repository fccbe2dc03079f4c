"""The ledger of a call: what each match added, and what was taken off it and why."""

from __future__ import annotations

from dataclasses import dataclass

from livewatch.events import Level, Match
from livewatch.risk.judge import Judge, taken_off

_SHARES = {
    0.5: "second of its category: half",
    0.25: "third of its category: a quarter",
    0.0: "fourth of its category or later: nothing",
}
_LITTLE = 0.005
"""Decibans that are taken for none: rounding"""


@dataclass(frozen=True, slots=True)
class Line:
    """One match as the judge took it."""

    match: Match
    added: float
    """Decibans by which the call's points rose; negative where a share went to a stronger match"""
    total: float
    """Decibans of the call after it"""
    level: Level
    """Of the call after it"""
    why: str
    """In words, why `added` is not the phrase's points; empty when it is"""


class Ledger:
    """Keeps the books of one judge: give it every match that the judge would be given."""

    def __init__(self, judge: Judge) -> None:
        """`judge` is fresh and gets its matches from here."""
        self._judge = judge

    def accept(self, match: Match) -> Line:
        """Let the judge take `match` and say what came of it."""
        before = list(self._judge.shares())
        for _ in self._judge.accept(match):
            pass
        after = list(self._judge.shares())
        total = sum(added for _, _, added in after)
        gained = total - sum(added for _, _, added in before)
        why = "" if abs(gained - match.points) < _LITTLE else self._why(match, gained, before, after)
        return Line(match, gained, total, self._judge.level, why)

    @staticmethod
    def _why(
        match: Match, gained: float, before: list[tuple[Match, float, float]], after: list[tuple[Match, float, float]]
    ) -> str:
        repeated = any(one.phrase == match.phrase for one, _, _ in before)
        taken = next(((share, added) for one, share, added in after if one is match), None)
        if taken is None:
            return "repeated: a phrase counts once" if repeated else "a stronger phrase has the same words"
        share, added = taken
        off = taken_off(match)
        notes = [] if off < _LITTLE else [f"ordinary words around it: {-off:+.1f}"]
        if repeated:
            notes.append("repeated: counts in place of the earlier one")
        if share < 1:
            notes.append(_SHARES.get(share, f"counts {share:g}"))
        if (
            added < share * (match.points - off) - _LITTLE
        ):  # of pretexts nothing is taken off, so more may have been added
            alone = sum(worth for _, _, worth in after) == 0
            notes.append("counts only beside other signs" if alone else "cap of the category reached")
        if not repeated and abs(gained - added) > _LITTLE:
            notes.append(f"others now count {gained - added:+.1f}")
        return "; ".join(notes)
