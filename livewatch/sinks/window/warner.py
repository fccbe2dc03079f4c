"""Warnings from the moment they are raised to their answer: the red window, sounds, notification, reminders."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from livewatch.events import Alert, CallEnded, CallStarted, Event, Level, Match
from livewatch.settings.structs import AlertSettings
from livewatch.sinks.sink import Answer
from livewatch.sinks.window.alert import AlertWindow
from livewatch.sinks.window.attention import Attention
from livewatch.sinks.window.content import Content, compose
from livewatch.sinks.window.model import Model
from livewatch.sinks.window.sound import Sound
from livewatch.sinks.window.strip import Said
from livewatch.sinks.window.surroundings import Surroundings
from livewatch.sinks.window.tray import Tray

REMINDER = "You have been warned before, and the call goes on."


class Warner(QObject):
    """One warning at a time. Used from the window's thread."""

    changed = Signal()
    """`said` or `waiting` has changed, and what shows them is out of date"""
    calm_raised = Signal()
    """A warning of caution was raised; the quiet window shows it"""

    def __init__(
        self,
        surroundings: Surroundings,
        settings: AlertSettings,
        alert: AlertWindow,
        tray: Tray,
        sound: Sound,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is for the reminders."""
        super().__init__()
        self._around = surroundings
        self.settings = settings
        """May be replaced at any time"""
        self._alert = alert
        self._tray = tray
        self._sound = sound
        self._attention = Attention(clock)
        self._warning: Content | None = None
        """The last of this call, or one of a call before that nobody has answered"""
        self.said = Said.NOTHING
        self.timer = QTimer(self, singleShot=True)
        self.timer.timeout.connect(self.remind)

    @property
    def waiting(self) -> Content | None:
        """The warning that waits for its answer."""
        return self._warning if self.said is Said.NOTHING else None

    def handle(self, event: Event, model: Model) -> None:
        """Take one event, after the model has."""
        match event:
            case CallStarted():
                self._begin_call()
            case Alert() if self.said is not Said.KNOWN:
                self._raise(compose(event, model, self._around.guidance, self._around.country))
            case Match() if self.said is Said.HUNG_UP and event.side != "me":
                if self._around.live and self._warning is not None:
                    return  # the last words of the call that hanging up has just ended
                self.said = Said.NOTHING
                self._attention.caller_heard()
            case CallEnded():
                self._attention.call_ended()
            case _:
                return
        self._schedule()
        self.changed.emit()

    def answer(self, answer: Answer) -> None:
        """Somebody has answered the warning."""
        self._settle(Said.HUNG_UP if answer == "hung_up" else Said.NOT_SCAM, answer)

    def know(self) -> None:
        """Somebody knows the caller: be quiet for this call."""
        self._settle(Said.KNOWN, "not_scam")

    def remind(self) -> None:
        """Show the warning again if it is time; called by the timer."""
        if self._attention.due() and self._warning is not None:
            self._warn(self._warning, reminder=REMINDER)
        self._schedule()

    def show_again(self) -> None:
        """Show the warning that was put aside."""
        if self._warning is not None:
            self._alert.present(self._warning)

    def run_ended(self) -> None:
        """Nothing will be heard any more."""
        self._attention.call_ended()
        self._schedule()

    def _begin_call(self) -> None:
        """Keep a warning of danger on the screen until it is answered; begin afresh otherwise."""
        if self._attention.unanswered:
            return
        self._attention.forget()
        self._warning = None
        if self.said is not Said.HUNG_UP:  # "Well done" may stay until something happens
            self.said = Said.NOTHING

    def _raise(self, content: Content) -> None:
        if content.level is Level.DANGER:
            self.said, self._warning = Said.NOTHING, content
            self._attention.raised()
            self._warn(content)
        elif not self._attention.unanswered:
            self.said, self._warning = Said.NOTHING, content
            self._tray.notify("livewatch: be careful", f"{content.title} {content.urgent}", urgent=False)
            self.calm_raised.emit()

    def _warn(self, content: Content, *, reminder: str = "") -> None:
        self._alert.present(content, reminder=reminder)
        self._tray.notify("livewatch: danger", f"{content.urgent} {content.rest}".strip(), urgent=True)
        self._sound.warn(content.spoken(), with_tone=self.settings.tone, with_voice=self.settings.voice)

    def _settle(self, said: Said, answer: Answer) -> None:
        self.said = said
        self._attention.answered(answer)
        self._schedule()
        self._sound.stop()
        self._alert.hide()
        self.changed.emit()

    def _schedule(self) -> None:
        seconds = self._attention.next_in_s()
        if seconds is None:
            self.timer.stop()
        else:
            self.timer.start(round(seconds * 1000) + 10)
