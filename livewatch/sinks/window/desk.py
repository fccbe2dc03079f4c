"""Where it all meets: events from the sink, what people press, the windows, the tray."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from livewatch.events import HearingState, Level
from livewatch.settings import Settings
from livewatch.sinks.sink import Answer, Controls
from livewatch.sinks.window.after import unsaved
from livewatch.sinks.window.afterwards import Afterwards
from livewatch.sinks.window.alert import AlertWindow
from livewatch.sinks.window.bridge import WindowSink
from livewatch.sinks.window.closing import ask_to_stop
from livewatch.sinks.window.model import Change, Model
from livewatch.sinks.window.preferences import Preferences
from livewatch.sinks.window.quiet import STATES, QuietWindow
from livewatch.sinks.window.shapes import shape_of
from livewatch.sinks.window.sound import Sound
from livewatch.sinks.window.surroundings import Surroundings
from livewatch.sinks.window.theme import Looks
from livewatch.sinks.window.tray import Tray
from livewatch.sinks.window.warner import Warner

EVERYTHING = Change.HEARING | Change.METER | Change.WORDS | Change.LEVEL


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
        self._over = self._leaving = self._looks_back = self._told_tray = False
        looks = Looks(settings.window)
        self._looks = looks
        self.quiet = QuietWindow(surroundings.title, looks, pausable=surroundings.live)
        self.alert = AlertWindow(looks)
        self.afterwards = Afterwards(surroundings, looks, clock)
        self.afterwards.window.unsaved = unsaved(settings)
        self.tray = Tray(pausable=surroundings.live)
        self.sound = Sound(self._mute)
        self.warner = Warner(surroundings, settings.alert, self.alert, self.tray, self.sound, clock=clock)
        self._connect()

    def _connect(self) -> None:
        self._sink.woken.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._sink.ended.connect(self._run_ended, Qt.ConnectionType.QueuedConnection)
        self.quiet.pause_pressed.connect(self._pause)
        self.quiet.known_pressed.connect(self._known)
        self.quiet.settings_pressed.connect(self._preferences)
        self.quiet.close_asked.connect(self._close_asked)
        self.quiet.again_pressed.connect(self.warner.show_again)
        self.quiet.answer_pressed.connect(self._answer)
        self.quiet.look_changed.connect(self._restyle)
        self.quiet.strip.last.clicked.connect(self.afterwards.show)
        self.afterwards.ended.connect(self.quiet.offer_last)
        self.afterwards.window.closed.connect(self._looked_back)
        self.alert.answered.connect(self._answer)
        self.alert.put_aside.connect(self._put_aside)
        self.tray.show_pressed.connect(self._bring)
        self.tray.pause_pressed.connect(self._pause)
        self.tray.stop_pressed.connect(self._stop)
        self.sound.failed.connect(self._sound_failed)
        self.warner.changed.connect(lambda: self._draw(Change.LEVEL))
        self.warner.calm_raised.connect(self._bring)
        QApplication.styleHints().colorSchemeChanged.connect(self._restyle)

    def show(self) -> None:
        """Show the window, with what is known already."""
        self.tray.restyle(self._looks.font())
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
        QTimer.singleShot(3_000, self._give_up)

    def _stop(self) -> None:
        """End the run, as somebody has asked here: what there is to say about the call is still shown."""
        self._looks_back = True
        self.leave()

    def _give_up(self) -> None:
        """A recogniser that hangs must not keep the window open."""
        if not self._over:
            self._finish()

    def _take(self) -> None:
        changed = Change.NOTHING
        for event in self._sink.inbox.take():
            changed |= self._model.handle(event)
            if self._around.live:
                self.afterwards.handle(event, self.warner.said)
            self.warner.handle(event, self._model)
        self._draw(changed)
        self._look_back()

    def _answer(self, answer: Answer) -> None:
        self.warner.answer(answer)
        self.afterwards.answer(answer)
        if self._controls is not None:
            self._controls.answered(answer)
        if self._over and not self._around.live:
            self._finish()
        self._look_back()

    def _known(self) -> None:
        self.warner.know()
        if self._controls is not None:
            self._controls.known_caller()

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

    def _look_back(self) -> None:
        """Show the summary of a dangerous call, but never over a warning that waits."""
        waiting = self.warner.waiting
        if waiting is None or waiting.level is not Level.DANGER:
            self.afterwards.show_due()

    def _looked_back(self) -> None:
        if self._over and self._leaving:
            self._finish()

    def _draw(self, changed: Change) -> None:
        """Draw what has changed."""
        model = self._model
        if changed & Change.HEARING:
            self.quiet.show_hearing(model)
        if changed & Change.METER:
            self.quiet.show_meter(model)
        if changed & Change.WORDS:
            self.quiet.show_words(model.sentences)
        if changed & Change.LEVEL:
            self.quiet.show_level(model, self.warner.said, self.warner.waiting)
        if changed & (Change.HEARING | Change.LEVEL):
            level = self.warner.waiting.level if self.warner.waiting is not None else Level.NONE
            shape = shape_of(model.state, level, ended=model.ended is not None)
            self.quiet.show_icon(shape)
            word = f"{STATES[model.state][0]}. {model.kept}" if model.kept else STATES[model.state][0]
            self.tray.show_state(shape, word, paused=model.state is HearingState.PAUSED)
            self.alert.show_kept(model.kept)

    def _restyle(self) -> None:
        self._looks.update()
        self.quiet.restyle()
        self.alert.restyle()
        self.tray.restyle(self._looks.font())
        self.afterwards.window.restyle()
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
        self.warner.settings = self._settings.alert
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
        ask_to_stop(self.quiet, self._looks, stop=self._stop, stay=self._to_tray if self.tray.there else None)

    def _to_tray(self) -> None:
        self._told_tray = True
        self.quiet.hide()

    def _run_ended(self) -> None:
        self._take()
        self._over = True
        self.warner.run_ended()
        if self._leaving and self._looks_back and (self.afterwards.due or self.afterwards.window.isVisible()):
            self.alert.hide()
            self.quiet.hide()
            self.tray.close()
            self.afterwards.show_due()
        elif self._leaving or not (self._around.live or self.warner.waiting is not None):
            self._finish()

    def _finish(self) -> None:
        self._sink.deaf = True
        self.warner.timer.stop()
        self.sound.stop()
        self.tray.close()
        self.quiet.may_close = True
        self.alert.hide()
        self.afterwards.window.hide()
        self.quiet.close()
        self.finished.emit()
