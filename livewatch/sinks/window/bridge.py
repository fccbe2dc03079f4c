"""The sink: from the runner's thread to the window's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from livewatch.events import Event
from livewatch.sinks.sink import Stamp
from livewatch.sinks.window.inbox import Inbox


class WindowSink(QObject):
    """Satisfies `Sink`; may be used from any thread. Connect its signals queued."""

    woken = Signal()
    """Events wait in the inbox"""
    ended = Signal()
    """The run is over; no more events will come"""

    def __init__(self) -> None:
        super().__init__()
        self.inbox = Inbox()
        self.deaf = False
        """Set when the window is gone"""

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Put the event where the window takes it from. Returns at once."""
        if self.inbox.put(event) and not self.deaf:
            self.woken.emit()

    def close(self) -> None:
        """Tell the window that the run is over."""
        if not self.deaf:
            self.ended.emit()
