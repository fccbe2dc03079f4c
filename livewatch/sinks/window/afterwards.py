"""When the window after the call is shown: by itself after danger, and whenever somebody asks for it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from livewatch.events import Event, Level
from livewatch.sinks.record import CallRecord, Recorder
from livewatch.sinks.sink import Answer
from livewatch.sinks.window.after import AfterWindow
from livewatch.sinks.window.strip import Said
from livewatch.sinks.window.surroundings import Surroundings
from livewatch.sinks.window.theme import Looks

FOCUS_S = 3.0
"""Seconds after an answer in which the keyboard may come here; later its owner is likely to type something else"""


class Afterwards(QObject):
    """Used from the window's thread. Keeps calls in memory only."""

    ended = Signal()
    """A call that was not quiet is over: there is something to look at"""

    def __init__(self, around: Surroundings, looks: Looks, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self.window = AfterWindow(around, looks)
        self.due = False
        """Whether a dangerous call is over whose summary has not been shown"""
        self._recorder = Recorder(self._ended)
        self._said = Said.NOTHING
        self._answered = -math.inf
        """When a warning was answered last"""

    def handle(self, event: Event, said: Said) -> None:
        """Take one event; `said` is the answer in the call it belongs to."""
        self._said = said
        self._recorder.note(event)

    def answer(self, answer: Answer) -> None:
        """Somebody has answered a warning, maybe of a call that is over."""
        self._answered = self._clock()
        if answer == "not_scam":
            self.due = False

    def show_due(self) -> None:
        """Show the summary that is due, if one is."""
        if self.due:
            self._show(take_focus=self._clock() - self._answered < FOCUS_S)

    def show(self) -> None:
        """Show the last call that was not quiet: somebody has asked for it."""
        self._show(take_focus=True)

    def _show(self, *, take_focus: bool) -> None:
        self.due = False
        self.window.present(take_focus=take_focus)

    def _ended(self, record: CallRecord) -> None:
        if record.level is Level.NONE:
            return
        self.window.add(record)
        self.due = record.level is Level.DANGER and self._said not in (Said.NOT_SCAM, Said.KNOWN)
        self.ended.emit()
