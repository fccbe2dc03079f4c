"""The sink protocol: where events go to people and to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from livewatch.events import Event

Answer: TypeAlias = Literal["hung_up", "not_scam"]
"""What somebody pressed on an alert: the call is over, or livewatch was wrong."""


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


class Controls(Protocol):
    """What people can do to a live run from where its events are shown. From any thread; every call returns at once."""

    def pause(self, on: bool) -> None:
        """Stop hearing, or hear again. What is said meanwhile is neither recognised nor counted as lost."""
        ...

    def known_caller(self) -> None:
        """Raise no more alerts in this call: the user knows who calls."""
        ...

    def answered(self, answer: Answer) -> None:
        """Somebody has answered the alert that is shown. "hung_up" ends the call, "not_scam" forgets its points."""
        ...

    def new_call(self) -> None:
        """End this call and begin the next one at level none."""
        ...

    def mute_for(self, seconds: float) -> None:
        """Do not recognise what is heard in the next `seconds`: livewatch itself speaks or sounds a tone."""
        ...

    def stop(self) -> None:
        """End the run. The last call gets its `CallEnded`; the sink is then closed."""
        ...
