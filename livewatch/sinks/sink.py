"""The sink protocol: where events go to people and to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from livewatch.events import Event


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an event left the pipeline. Only the runner reads a clock."""

    wall_s: float
    """Seconds since the call's first sample was delivered (monotonic)"""
    cpu_s: float
    """CPU seconds (user + system) this process has spent on the call so far"""


class Sink(Protocol):
    """One place where events are shown or written. All calls of a run go through the same sink, one after the other.

    Called from the runner's thread. A sink that cannot go on raises; the runner then stops with that error, except for
    `BrokenPipeError`, which ends the run quietly.
    """

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Show or write one event. Returns soon: sound keeps arriving meanwhile."""
        ...

    def close(self) -> None:
        """End of the run, also after an interruption: write out and free everything."""
        ...
