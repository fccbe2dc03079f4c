"""What the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    NOTE = "note"
    """It works, but something could be better, or is only there when it is wanted"""
    BAD = "bad"
    """livewatch cannot do its work, or not all of it"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: str
    """Stable identifier: versions, settings, phrases, recogniser, speed, sound, screen, notices, history"""
    state: State
    text: str
    """One sentence for people"""
    todo: str = ""
    """What to type or do; empty where nothing has to be done"""
