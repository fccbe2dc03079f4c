"""Events on their way from the runner's thread to the window's: bounded, and only what still matters."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hearing, Hypothesis, RiskUpdate

LIMIT = 5_000
"""Events that may wait; the window takes them within milliseconds unless the screen stands still"""


class Inbox:
    """Takes events from any thread. A later state of the same thing replaces the one that still waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, Event] = {}
        self._count = 0

    def put(self, event: Event) -> bool:
        """Add an event; True when nothing waited before, so that the window has to be woken."""
        with self._lock:
            was_empty = not self._waiting
            key = self._key(event)
            self._waiting.pop(key, None)
            self._waiting[key] = event
            if len(self._waiting) > LIMIT:
                self._drop()
            return was_empty

    def take(self) -> list[Event]:
        """Take all that waits, in order."""
        with self._lock:
            events, self._waiting = list(self._waiting.values()), {}
            return events

    def _key(self, event: Event) -> Hashable:
        match event:
            case Hearing():
                return "hearing"
            case RiskUpdate():
                return "level"
            case Hypothesis():
                return (event.side, event.utterance)
        self._count += 1
        if isinstance(event, CallStarted):  # what belongs to the call before it must stay before it
            self._waiting = {(self._count, key): waiting for key, waiting in self._waiting.items()}
        return self._count

    def _drop(self) -> None:
        """Drop the oldest event that people can do without; an alert is never dropped."""
        for key, event in self._waiting.items():
            if not isinstance(event, Alert | CallStarted | CallEnded):
                del self._waiting[key]
                return
