"""What the window needs besides events and settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livewatch.guidance import Guidance
from livewatch.sinks.record import CallRecord

Save = Callable[[str, object], object]
"""Keeps one setting, by its dotted name. Raises `LivewatchError`"""
Keep = Callable[[CallRecord], Path]
"""Writes the report of one call and returns its file. Raises `LivewatchError`"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Handed in from outside: sinks know neither the rules nor the command line."""

    title: str
    """Of the window: what is listened to"""
    guidance: Guidance
    country: str
    """Two capital letters, or "" """
    save: Save
    keep: Keep
    settings_path: Path
    live: bool
    """Whether it is a real call: it can be paused, and the window stays when the run ends by itself"""
