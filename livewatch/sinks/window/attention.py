"""When a warning is on the screen: until it is answered, and again while the dangerous call goes on. No Qt."""

from __future__ import annotations

import time
from collections.abc import Callable

from livewatch.sinks.sink import Answer

REMIND_AFTER_S = (120.0, 300.0, 420.0)
"""Seconds after the last warning of danger"""


class Attention:
    """Keeps the reminders of one warning of danger at a time. Used from the window's thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds and never goes back."""
        self._clock = clock
        self._since: float | None = None
        self._left: list[float] = []
        self._answer: Answer | None = None

    @property
    def unanswered(self) -> bool:
        """Whether there is a warning that nobody has answered."""
        return self._since is not None and self._answer is None

    def raised(self) -> None:
        """A warning of danger has just been shown, the first or one of a new kind."""
        self._since, self._left, self._answer = self._clock(), list(REMIND_AFTER_S), None

    def answered(self, answer: Answer) -> None:
        """Somebody has answered: "not_scam" ends it, "hung_up" as long as the caller is not heard again."""
        self._answer = answer
        if answer == "not_scam":
            self._left = []

    def caller_heard(self) -> None:
        """Something suspicious was said again: whoever answered "hung_up" is still on the telephone."""
        if self._answer == "hung_up":
            self._answer = None

    def call_ended(self) -> None:
        """The call is over. A warning that nobody has answered stays, but there is nothing to remind of."""
        self._left = []

    def forget(self) -> None:
        """Nothing was raised in the call that begins now."""
        self._since, self._left, self._answer = None, [], None

    def next_in_s(self) -> float | None:
        """Seconds until `due` is worth asking again; None when it will not be due."""
        if self._since is None or not self._left or self._answer is not None:
            return None
        return max(0.0, self._since + self._left[0] - self._clock())

    def due(self) -> bool:
        """Whether to remind now. Each reminder is due once; those that were slept through count as one."""
        if self._since is None or self._answer is not None:
            return False
        passed = self._clock() - self._since
        due = [after for after in self._left if after <= passed]
        self._left = [after for after in self._left if after > passed]
        return bool(due)
