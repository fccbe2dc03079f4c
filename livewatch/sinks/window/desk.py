"""Where it all meets: events from the sink, what people press, the windows, the tray, the sounds, the reminders."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from livewatch.events import Alert, CallEnded, CallStarted, Event, HearingState, Level, Match
from livewatch.guidance import Guidance
from livewatch.settings import Settings
from livewatch.sinks.sink import Answer, Controls
from livewatch.sinks.window.alert import AlertWindow
from livewatch.sinks.window.attention import Attention
from livewatch.sinks.window.bridge import WindowSink
from livewatch.sinks.window.closing import ask_to_stop
from livewatch.sinks.window.content import Content, compose
from livewatch.sinks.window.model import Change, Model
from livewatch.sinks.window.preferences import Preferences, Save
from livewatch.sinks.window.quiet import STATES, QuietWindow
from livewatch.sinks.window.shapes import shape_of
from livewatch.sinks.window.sound import Sound
from livewatch.sinks.window.strip import Said
from livewatch.sinks.window.theme import Looks
from livewatch.sinks.window.tray import Tray

EVERYTHING = Change.HEARING | Change.METER | Change.WORDS | Change.LEVEL


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs besides events."""

    title: str
    """Of the window: what is listened to"""
    guidance: Guidance
    country: str
    """Two capital letters, or "" """
    save: Save
    settings_path: Path
    live: bool
    """Whether it is a real call: it can be paused, and the window stays when the run ends by itself"""


class Desk(QObject):
    """Everything of the window's thread. `start` before events come."""

    finished = Signal()
    """Nothing is left to show"""

    def __init__(
        self,
        surroundings: Surroundings,
        settings: Settings,
        sink: WindowSink,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is for the reminders."""
        super().__init__()
        self._around = surroundings
        self._settings = settings
        self._sink = sink
        self._controls: Controls | None = None
        self._model = Model()
        self._attention = Attention(clock)
        self._warning: Content | None = None
        """The warning that waits for its answer, or the last of the call"""
        self._said = Said.NOTHING
        self._over = self._leaving = self._told_tray = False
        looks = Looks(settings.window)
        self._looks = looks
        self.quiet = QuietWindow(surroundings.title, looks, pausable=surroundings.live)
        self.alert = AlertWindow(looks)
        self.tray = Tray(pausable=surroundings.live)
        self.sound = Sound(self._mute)
        self._reminder = QTimer(self, singleShot=True)
        self._connect()

    def _connect(self) -> None:
        self._sink.woken.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._sink.ended.connect(self._run_ended, Qt.ConnectionType.QueuedConnection)
        self.quiet.pause_pressed.connect(self._pause)
        self.quiet.known_pressed.connect(self._known)
        self.quiet.settings_pressed.connect(self._preferences)
        self.quiet.close_asked.connect(self._close_asked)
        self.quiet.again_pressed.connect(self._show_again)
        self.quiet.answer_pressed.connect(self._answer)
        self.quiet.look_changed.connect(self._restyle)
        self.alert.answered.connect(self._answer)
        self.alert.put_aside.connect(self._put_aside)
        self.tray.show_pressed.connect(self._bring)
        self.tray.pause_pressed.connect(self._pause)
        self.tray.stop_pressed.connect(self.leave)
        self.sound.failed.connect(self._sound_failed)
        self._reminder.timeout.connect(self.remind)
        QApplication.styleHints().colorSchemeChanged.connect(self._restyle)

    def show(self) -> None:
        """Show the window, with what is known already."""
        self._draw(EVERYTHING)
        self.quiet.resize(self.quiet.sizeHint())
        self.quiet.show()
        self.quiet.activateWindow()  # only now: somebody has just started livewatch

    def control(self, controls: Controls) -> None:
        """Take the controls of the run."""
        self._controls = controls

    def leave(self) -> None:
        """End the run and then the window; at once if it is over already."""
        self._leaving = self.quiet.may_close = True
        if self._over or self._controls is None:
            self._finish()
            return
        self._controls.stop()
        QTimer.singleShot(3_000, self._finish)  # a recogniser that hangs must not keep the window open

    def remind(self) -> None:
        """Show the warning again if it is time; called by the timer."""
        if self._attention.due() and self._warning is not None:
            self._warn(self._warning, reminder="You have been warned before, and the call goes on.")
        self._schedule()

    def _take(self) -> None:
        changed = Change.NOTHING
        for event in self._sink.inbox.take():
            if isinstance(event, CallStarted):
                self._begin_call()
            changed |= self._model.handle(event)
            changed |= self._react(event)
        self._draw(changed)

    def _begin_call(self) -> None:
        """Keep a warning of danger on the screen until it is answered; begin afresh otherwise."""
        if self._attention.unanswered:
            return
        self._attention.forget()
        self._warning = None
        if self._said is not Said.HUNG_UP:  # "Well done" may stay until something happens
            self._said = Said.NOTHING

    def _react(self, event: Event) -> Change:
        match event:
            case Alert() if self._said is not Said.KNOWN:
                self._raise(event)
                return Change.LEVEL
            case Match() if event.side != "me" and self._said is Said.HUNG_UP:
                self._said = Said.NOTHING
                self._attention.caller_heard()
                self._schedule()
                return Change.LEVEL
            case CallEnded():
                self._attention.call_ended()
                self._schedule()
        return Change.NOTHING

    def _raise(self, alert: Alert) -> None:
        content = compose(alert, self._model, self._around.guidance, self._around.country)
        if alert.level is Level.DANGER:
            self._said = Said.NOTHING
            self._warning = content
            self._attention.raised()
            self._warn(content)
            self._schedule()
        elif not self._attention.unanswered:
            self._said = Said.NOTHING
            self._warning = content
            self.tray.notify("livewatch: be careful", f"{content.title} {content.urgent}", urgent=False)
            self._bring()

    def _warn(self, content: Content, *, reminder: str = "") -> None:
        self.alert.present(content, reminder=reminder)
        self.tray.notify("livewatch: danger", f"{content.urgent} {content.rest}".strip(), urgent=True)
        chosen = self._settings.alert
        self.sound.warn(content.spoken(), with_tone=chosen.tone, with_voice=chosen.voice)

    def _answer(self, answer: Answer) -> None:
        self._said = Said.HUNG_UP if answer == "hung_up" else Said.NOT_SCAM
        self._attention.answered(answer)
        self._schedule()
        self.sound.stop()
        self.alert.hide()
        if self._controls is not None:
            self._controls.answered(answer)
        self._draw(Change.LEVEL)
        if self._over and not self._around.live:
            self._finish()

    def _known(self) -> None:
        self._said = Said.KNOWN
        self._attention.answered("not_scam")
        self._schedule()
        self.sound.stop()
        self.alert.hide()
        if self._controls is not None:
            self._controls.known_caller()
        self._draw(Change.LEVEL)

    def _pause(self, on: bool) -> None:
        if self._controls is not None:
            self._controls.pause(on)

    def _mute(self, seconds: float) -> None:
        if self._controls is not None:
            self._controls.mute_for(seconds)

    def _put_aside(self) -> None:
        self.sound.stop()
        self._draw(Change.LEVEL)
        self._bring()

    def _show_again(self) -> None:
        if self._warning is not None:
            self.alert.present(self._warning)

    def _schedule(self) -> None:
        seconds = self._attention.next_in_s()
        if seconds is None:
            self._reminder.stop()
        else:
            self._reminder.start(round(seconds * 1000) + 10)

    def _waits(self) -> bool:
        """Whether a warning waits for its answer."""
        return self._warning is not None and self._said is Said.NOTHING

    def _draw(self, changed: Change) -> None:
        model = self._model
        if changed & Change.HEARING:
            self.quiet.show_hearing(model)
        if changed & Change.METER:
            self.quiet.show_meter(model)
        if changed & Change.WORDS:
            self.quiet.show_words(model.sentences)
        if changed & Change.LEVEL:
            self.quiet.show_level(model, self._said, self._warning if self._waits() else None)
        if changed & (Change.HEARING | Change.LEVEL):
            level = self._warning.level if self._warning is not None and self._waits() else Level.NONE
            shape = shape_of(model.state, level, ended=model.ended is not None)
            self.quiet.show_icon(shape)
            self.tray.show_state(shape, STATES[model.state][0], paused=model.state is HearingState.PAUSED)

    def _restyle(self) -> None:
        self._looks.update()
        self.quiet.restyle()
        self.alert.restyle()
        self.quiet.show_words(self._model.sentences, anew=True)
        self._draw(EVERYTHING)

    def _bring(self) -> None:
        """Make the quiet window visible without taking the focus."""
        self.quiet.bring()

    def _preferences(self) -> None:
        around = self._around
        dialog = Preferences(self.quiet, self._looks, self._settings, around.save, around.settings_path)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._set)
        dialog.open()

    def _set(self, name: str, value: object) -> None:
        section, key = name.split(".")
        part = msgspec.structs.replace(getattr(self._settings, section), **{key: value})
        self._settings = msgspec.structs.replace(self._settings, **{section: part})
        if section == "window":
            self._looks.choose(self._settings.window.theme, self._settings.window.text_size)
            self._restyle()

    def _sound_failed(self, why: str) -> None:
        self._model.say(why)
        self._draw(Change.HEARING)

    def _close_asked(self) -> None:
        if self._over or self._leaving:
            self._finish()
        elif self.tray.there and self._told_tray:
            self.quiet.hide()
        else:
            self._ask()

    def _ask(self) -> None:
        """Ask what closing is meant to do; where there is a tray only the first time."""
        ask_to_stop(self.quiet, self._looks, stop=self.leave, stay=self._to_tray if self.tray.there else None)

    def _to_tray(self) -> None:
        self._told_tray = True
        self.quiet.hide()

    def _run_ended(self) -> None:
        self._take()
        self._over = True
        self._attention.call_ended()
        self._schedule()
        if self._leaving or not (self._around.live or self._waits()):
            self._finish()

    def _finish(self) -> None:
        self._sink.deaf = True
        self._reminder.stop()
        self.sound.stop()
        self.tray.close()
        self.quiet.may_close = True
        self.alert.hide()
        self.quiet.close()
        self.finished.emit()
