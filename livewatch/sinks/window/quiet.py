"""The window while nothing is wrong: whether it hears, how loud, what is said, how the call looks, three buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from livewatch.events import HearingState
from livewatch.sinks.window.alert import REACHABLE_MS
from livewatch.sinks.window.content import Content
from livewatch.sinks.window.meter import Meter
from livewatch.sinks.window.model import Model, Sentence
from livewatch.sinks.window.shapes import Badge, Shape, icon
from livewatch.sinks.window.strip import Said, Strip
from livewatch.sinks.window.text import LiveWords, PlainLabel
from livewatch.sinks.window.theme import Looks, palette

STATES = {
    HearingState.STARTING: ("Starting…", "Waiting for the first sound."),
    HearingState.LISTENING: ("Listening", "Nobody is speaking."),
    HearingState.SPEECH: ("Hearing speech", ""),
    HearingState.PAUSED: ("Paused", "livewatch does not listen now, and cannot warn you."),
    HearingState.NOT_HEARING: ("Not hearing", "livewatch cannot warn you now."),
}
"""The word for each state, and what it means when nothing more exact is known"""


class QuietWindow(QWidget):
    """Shows the model; tells what is pressed by signals."""

    pause_pressed = Signal(bool)
    known_pressed = Signal()
    settings_pressed = Signal()
    close_asked = Signal()
    again_pressed = Signal()
    answer_pressed = Signal(str)
    look_changed = Signal()
    """The system's font has changed"""

    def __init__(self, title: str, looks: Looks, *, pausable: bool) -> None:
        super().__init__()
        self._looks = looks
        self.may_close = False
        """Whether closing is not asked about any more"""
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._badge = Badge(Shape.STARTING, 40, looks.colours.calm)
        self._state, self._detail, self._kept = PlainLabel(), PlainLabel(), PlainLabel()
        self._kept.setVisible(False)
        self._meter = Meter(looks)
        self._words = LiveWords(looks)
        self.strip = Strip(looks)
        self.strip.again.clicked.connect(self.again_pressed)
        self.strip.answered.connect(self.answer_pressed)
        self._pause = QPushButton("&Pause")
        self._pause.setCheckable(True)
        self._pause.setVisible(pausable)
        self._known = QPushButton("I &know this caller")
        self._known.setAccessibleDescription("No more warnings in this call")
        self._settings = QPushButton("&Settings")
        self._buttons = (self._pause, self._known, self._settings)
        self._pause.toggled.connect(self._toggled)
        self._known.clicked.connect(self.known_pressed)
        self._settings.clicked.connect(self.settings_pressed)
        self._lay_out()
        self.restyle()
        self.setFocus()  # on nothing yet: a frame around something would draw the eye to it

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._state)
        words.addWidget(self._detail)
        words.addWidget(self._kept)
        self._head = QFrame()
        self._head.setAutoFillBackground(True)
        top = QHBoxLayout(self._head)
        top.setContentsMargins(12, 10, 12, 10)
        top.setSpacing(14)
        top.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        bottom = QHBoxLayout()
        for button in self._buttons:
            bottom.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(self._head)
        layout.addWidget(self._meter)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.strip)
        layout.addLayout(bottom)

    def restyle(self) -> None:
        """Take over the colours and sizes of `looks`."""
        looks, colours = self._looks, self._looks.colours
        self.setPalette(looks.palette())
        self.setFont(looks.font())
        self._state.setFont(looks.font(1.5, bold=True))
        self._kept.setFont(looks.font(bold=True))
        self._badge.resize_to(round(self._state.fontMetrics().height() * 1.5))
        self._words.setFont(looks.font(1.1))
        self._words.setStyleSheet(
            f"QPlainTextEdit {{ background: {colours.field}; border: 1px solid {colours.line}; border-radius: 8px;"
            f" padding: 6px; placeholder-text-color: {colours.quiet}; }}"
            f" QPlainTextEdit:focus {{ border: 3px solid {colours.text}; padding: 4px; }}"
        )
        self._words.setMinimumHeight(self._words.fontMetrics().lineSpacing() * 4)
        for button in self._buttons:
            button.setFont(looks.font())
            button.setStyleSheet(looks.button(colours.field, colours.text, colours.text))
        self.strip.restyle()
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small: about thirty characters of its text wide."""
        line = self._words.fontMetrics()
        wide = max(line.averageCharWidth() * 46, self.minimumSizeHint().width())
        return QSize(wide, max(self.minimumSizeHint().height(), line.lineSpacing() * 18))

    def _fit(self) -> None:
        """Never be too low for what is shown: texts get higher when they break into more lines."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            wide = layout.totalMinimumSize().width()
            self.setMinimumSize(wide, max(0, layout.totalMinimumHeightForWidth(max(wide, self.width()))))

    def show_hearing(self, model: Model) -> None:
        """Show whether it hears."""
        state, colours = model.state, self._looks.colours
        if model.ended is not None:
            word, detail, shape = "The call is over", model.ended, Shape.ENDED
        else:
            word, usual = STATES[state]
            detail = model.trouble or model.notice or usual
            shape = Shape(state.value)
        well = shape in (Shape.LISTENING, Shape.SPEECH)
        deaf = shape in (Shape.PAUSED, Shape.NOT_HEARING)  # dark on light or light on dark: it must look like it
        ground, text = (colours.text, colours.ground) if deaf else (colours.ground, colours.text)
        self._head.setPalette(palette(ground, text, ground))
        self._badge.show_shape(shape, colours.calm if well else text)
        self._state.setText(word)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._kept.setText(model.kept)
        self._kept.setVisible(bool(model.kept))
        self._pause.setEnabled(model.ended is None)
        self.strip.show_deaf(deaf=deaf)
        self._pause.blockSignals(True)
        self._pause.setChecked(state is HearingState.PAUSED)
        self._pause.setText("&Go on listening" if self._pause.isChecked() else "&Pause")
        self._pause.blockSignals(False)
        self._fit()

    def show_meter(self, model: Model) -> None:
        """Show how loud it is; only where that is known."""
        self._meter.setVisible(model.peak is not None)
        self._meter.show_level(None if model.state is HearingState.PAUSED else model.peak)

    def show_level(self, model: Model, said: Said, warning: Content | None) -> None:
        """Show how the call looks; `warning` is the one that waits for its answer."""
        self.strip.show_call(model, said, warning)
        self._known.setEnabled(said is not Said.KNOWN)
        self._known.setText("You know this caller" if said is Said.KNOWN else "I &know this caller")
        self._fit()

    def offer_last(self) -> None:
        """From now on there is a call to look back at."""
        self.strip.offer_last()
        self._fit()

    def show_words(self, sentences: Sequence[Sentence], *, anew: bool = False) -> None:
        """Show what is said."""
        self._words.show_sentences(sentences, anew=anew)

    def show_icon(self, shape: Shape) -> None:
        """Show a state in the task bar."""
        self.setWindowIcon(icon(shape))

    def bring(self) -> None:
        """Make it visible, without taking the focus from whoever has it."""
        handle = self.windowHandle()
        if self.isMinimized() and handle is not None:  # restoring a minimised window activates it; a new one does not
            self.hide()
            handle.destroy()
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        if not self.isVisible():
            self._accept_focus(accept=False)
            self.show()
            QTimer.singleShot(REACHABLE_MS, self._accept_focus)
        self.raise_()

    def _accept_focus(self, *, accept: bool = True) -> None:
        handle = self.windowHandle()
        if handle is not None:
            handle.setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, not accept)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Texts break differently now; a window that grows with a warning must not grow off the screen."""
        super().resizeEvent(event)
        self._fit()
        if event.size().height() > event.oldSize().height() > 0:
            QTimer.singleShot(0, self._stay)  # not while Qt still works on the new size

    def _stay(self) -> None:
        """Come back onto the screen; wider, if that is what it takes to be low enough."""
        frame, room, layout = self.frameGeometry(), self.screen().availableGeometry(), self.layout()
        if not self.isVisible() or layout is None:
            return
        around = frame.size() - self.size()
        wide, most = self.width(), room.width() - around.width()
        while wide < most and layout.totalMinimumHeightForWidth(wide) + around.height() > room.height():
            wide = min(most, wide + 40)
        if wide > self.width():
            low = layout.totalMinimumHeightForWidth(wide)
            if low + around.height() > room.height():  # what is said now matters less than the advice
                self._words.setMinimumHeight(self._words.fontMetrics().lineSpacing() * 2)
                layout.activate()
                low = layout.totalMinimumHeightForWidth(wide)
            self.setMinimumHeight(low)
            self.resize(wide, low)
            frame = self.frameGeometry()
        place = frame.topLeft()
        place.setX(max(room.left(), min(place.x(), room.right() - frame.width())))
        place.setY(max(room.top(), min(place.y(), room.bottom() - frame.height())))
        if place != frame.topLeft():
            self.move(place)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the system's text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self.look_changed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Leave it to whoever listens to `close_asked`, so that nobody stops the listening by accident."""
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self.close_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc asks as closing does."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _toggled(self, on: bool) -> None:
        self.pause_pressed.emit(on)
