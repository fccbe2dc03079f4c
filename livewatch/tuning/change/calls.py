"""One call under two lists: what became of it, and because of which phrases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from livewatch.events import Level, seconds
from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.evaluate.counts import MUST_REACH
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.rejudge import counted


class Kind(StrEnum):
    """What a change of level means, the gravest first."""

    LOST = "lost"
    """It should be caught, was, and is no more"""
    NEW_DANGER = "new-false-danger"
    NEW_CAUTION = "new-false-caution"
    LOWERED = "lowered"
    """It should be caught, was not, and now reaches less; or more than it must, and now less"""
    GAINED = "gained"
    """It should be caught, was not, and is now"""
    DANGER_GONE = "false-danger-gone"
    CAUTION_GONE = "false-caution-gone"
    RAISED = "raised"


@dataclass(frozen=True, slots=True)
class Seen:
    """The call under one list."""

    level: Level
    first_alert: int | None
    """Sample index; None where there was none"""
    first_danger: int | None
    """The same for danger"""
    phrases: tuple[str, ...]
    """What counted when the level was reached (at level none: at the end), the weightiest first"""

    def to_json(self) -> dict[str, Any]:
        """Times in seconds of the call."""
        first, danger = (None if at is None else seconds(at) for at in (self.first_alert, self.first_danger))
        return {
            "level": self.level.value,
            "first_alert_s": first,
            "first_danger_s": danger,
            "phrases": list(self.phrases),
        }

    def __str__(self) -> str:
        at = self.first_danger if self.level is Level.DANGER else self.first_alert
        return "none" if at is None else f"{self.level} at {seconds(at):.1f} s"


@dataclass(frozen=True, slots=True)
class ChangedCall:
    """A call whose level is not the same under both lists."""

    call: LabelledCall
    kind: Kind
    before: Seen
    after: Seen
    because: tuple[str, ...]
    """Phrases that were changed and counted in it; where none did, all that counted on one side only"""

    def to_json(self) -> dict[str, Any]:
        """One entry of `changed`."""
        return {
            "id": self.call.id,
            "place": self.call.place,
            "set": self.call.set,
            "label": self.call.label.value,
            "campaign": self.call.campaign,
            "kind": self.kind.value,
            "because": list(self.because),
            "before": self.before.to_json(),
            "after": self.after.to_json(),
        }


def kind_of(label: Label, before: Level, after: Level) -> Kind | None:
    """Say what it means that a call of this label went from `before` to `after`; None when they are the same."""
    if before is after:
        return None
    up = after.rank > before.rank
    if label is Label.ORDINARY:
        if up:
            return Kind.NEW_DANGER if after is Level.DANGER else Kind.NEW_CAUTION
        return Kind.DANGER_GONE if before is Level.DANGER else Kind.CAUTION_GONE
    must = MUST_REACH[label].rank
    if up:
        return Kind.GAINED if before.rank < must <= after.rank else Kind.RAISED
    return Kind.LOST if after.rank < must <= before.rank else Kind.LOWERED


def compare(before: CallResult, after: CallResult, rules: JudgeRules, changed: Collection[str]) -> ChangedCall | None:
    """Compare one call under two lists that differ in the phrases `changed`; None where its level is the same."""
    kind = kind_of(before.call.label, before.level, after.level)
    if kind is None:
        return None
    one, other = (counted(result, rules, result.level) for result in (before, after))
    both = {**one, **other}
    because = [name for name in both if name in changed] or [name for name in both if (name in one) != (name in other)]
    return ChangedCall(
        before.call,
        kind,
        Seen(before.level, before.first_caution, before.first_danger, tuple(one)),
        Seen(after.level, after.first_caution, after.first_danger, tuple(other)),
        tuple(because),
    )
