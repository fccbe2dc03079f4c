"""The window after the call: what to do now, what was heard, and a report that is kept only if somebody saves it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCloseEvent,
    QDesktopServices,
    QKeyEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from livewatch.errors import LivewatchError
from livewatch.settings import Settings
from livewatch.sinks.plain import plain
from livewatch.sinks.record import CallRecord
from livewatch.sinks.summary import FIRST, MOST_QUOTES, VERDICT, named, to_do
from livewatch.sinks.window.sections import Sections
from livewatch.sinks.window.shapes import Badge, Shape, icon
from livewatch.sinks.window.surroundings import Surroundings
from livewatch.sinks.window.text import PlainLabel
from livewatch.sinks.window.theme import Looks, room_for, scroll_bar
from livewatch.sinks.wording import clock

UNSAVED = "Nothing of this call is kept unless you save it."
SOME_KEPT = "This report is kept only if you save it."
SOUND_KEPT = " What was kept of the sound is in {folder}."
SAVED = "Saved as {path}. Nothing was sent: read it, fill in what is missing, and send it yourself."
MOST = 9
"""Calls that can be looked at again; the report of an older one is gone"""


def unsaved(settings: Settings) -> str:
    """Say what is kept of a call when nobody saves its report."""
    if folder := settings.listen.keep_sound:
        return SOME_KEPT + SOUND_KEPT.format(folder=plain(folder))
    return SOME_KEPT if settings.history.enabled else UNSAVED


class AfterWindow(QWidget):
    """The suspicious calls of this run, one at a time, the last one first. They are only in memory."""

    closed = Signal()

    def __init__(self, around: Surroundings, looks: Looks) -> None:
        super().__init__()
        self._around = around
        self._looks = looks
        self._records: list[CallRecord] = []
        self._files: list[Path | None] = []
        """Where each was saved"""
        self._at = 0
        self.unsaved = UNSAVED
        """What is kept when nobody saves the report"""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("livewatch: after the call")
        self.setWindowIcon(icon(Shape.ENDED))
        self._badge = Badge(Shape.ENDED, 40, looks.colours.text)
        self._verdict, self._first, self._call, self._told = (PlainLabel() for _ in range(4))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setAccessibleName("What to do, what was heard, where to report it")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.save = QPushButton("&Save the report")
        self.save.clicked.connect(self._save)
        self.done = QPushButton("&Close")
        self.done.clicked.connect(self.close)
        self.earlier, self.later = QPushButton("The call &before"), QPushButton("The call &after")
        self.earlier.clicked.connect(lambda: self._show(self._at - 1))
        self.later.clicked.connect(lambda: self._show(self._at + 1))
        self._buttons = (self.save, self.done, self.earlier, self.later)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._verdict, self._call):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        others, buttons = QHBoxLayout(), QHBoxLayout()
        for row, left, right in ((others, self.earlier, self.later), (buttons, self.save, self.done)):
            row.setSpacing(12)
            row.addWidget(left, 3)
            row.addWidget(right, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 18)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._first)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(others)
        layout.addWidget(self._told)
        layout.addLayout(buttons)
        for one, next_one in zip(self._order(), self._order()[1:], strict=False):
            self.setTabOrder(one, next_one)

    def _order(self) -> tuple[QWidget, ...]:
        return (self._scroll, self.earlier, self.later, self.save, self.done)

    def add(self, record: CallRecord) -> None:
        """Take another call; what is on the screen stays there."""
        self._records.append(record)
        self._files.append(None)
        if len(self._records) > MOST:
            del self._records[0], self._files[0]
            self._at = max(0, self._at - 1)
        if self.isVisible():
            self._show_others()

    def present(self, *, take_focus: bool) -> None:
        """Show the last call. `take_focus` where somebody has just pressed a button of livewatch."""
        self._show(len(self._records) - 1)
        self._scroll.setFocus()  # not on a button: a key pressed for the window before must not press one here
        if not self.isVisible():
            room = room_for(self)
            place = QRect(room.topLeft(), self.sizeHint().boundedTo(room.size()))
            place.moveCenter(room.center())
            self.setGeometry(place)
            self.show()
        self.raise_()
        if take_focus:
            self.activateWindow()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleDescription()))

    def restyle(self) -> None:
        """Take over colours and sizes."""
        if self._records:
            self._show(self._at)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """About sixty characters wide: lines that can be read."""
        line = self._looks.font(1.1).pointSizeF()
        return QSize(round(line * 46), round(line * 46)).expandedTo(self.minimumSizeHint())

    def _show(self, number: int) -> None:
        """Show one of the calls."""
        self._at = number
        looks, record = self._looks, self._records[number]
        self.setPalette(looks.palette())
        self.setFont(looks.font())
        self._verdict.setFont(looks.font(1.5, bold=True))
        self._badge.resize_to(round(self._verdict.fontMetrics().height() * 1.5))
        self._badge.show_shape(Shape.ENDED, looks.colours.text)
        self._first.setFont(looks.font(1.25, bold=True))
        for button in self._buttons:
            button.setFont(looks.font(1.1))
            button.setStyleSheet(looks.button(looks.colours.field, looks.colours.text, looks.colours.text))
        self._verdict.setText(VERDICT[record.level])
        self._first.setText(FIRST)
        self._call.setText(named(record))
        self.setAccessibleName(f"After the call. {VERDICT[record.level]}")
        self.setAccessibleDescription(f"{VERDICT[record.level]} {FIRST} {self.unsaved}")
        old = self._scroll.takeWidget()
        self._scroll.setWidget(_summary(record, self._around, looks))
        colours = looks.colours
        self._scroll.verticalScrollBar().setStyleSheet(scroll_bar(colours.line, colours.field))
        if old is not None:
            old.deleteLater()
        self._show_others()
        self._show_saved()

    def _show_others(self) -> None:
        many = len(self._records) > 1
        for button, there in ((self.earlier, self._at > 0), (self.later, self._at < len(self._records) - 1)):
            button.setVisible(many)
            button.setEnabled(there)

    def _show_saved(self, trouble: str = "") -> None:
        path = self._files[self._at]
        self.save.setText("&Save the report" if path is None else "&Open the report")
        self._told.setText(trouble or (self.unsaved if path is None else plain(SAVED.format(path=path))))

    def _save(self) -> None:
        """Write the report of this call; once it is written, open it."""
        path = self._files[self._at]
        if path is not None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
                self._show_saved(plain(f"No program opens it here. The report is {path}"))
            return
        try:
            self._files[self._at] = self._around.keep(self._records[self._at])
        except LivewatchError as error:
            self._show_saved(plain(f"{error.message} {error.hint}"))
        else:
            self._show_saved()
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._told.text()))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Be found by the keyboard as soon as the window is used."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.focusWidget() is None:
            self._scroll.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes; Enter presses the button that has the focus."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Close; it can be shown again from the quiet window."""
        event.accept()
        self.closed.emit()


def _summary(record: CallRecord, around: Surroundings, looks: Looks) -> Sections:
    """Lay out what happened and what to do, the most urgent first."""
    heard = record.quotes()
    shown = Sections(looks, looks.colours.ground, looks.colours.text)
    shown.heading("What matters now")
    for line in to_do(record):
        shown.item("•", PlainLabel(plain(line)))
    shown.remedies(around.guidance.remedies(match.category for match in sorted(heard, key=lambda one: -one.points)))
    shown.heading("What was heard")
    if record.lost:
        shown.text("Part of the sound was lost, so there may have been more.")
    for match in heard[:MOST_QUOTES]:
        shown.item(clock(match.start), PlainLabel(plain(f"“{match.heard}”")), plain(match.why))
    if len(heard) > MOST_QUOTES:
        shown.text(f"and {len(heard) - MOST_QUOTES} more")
    shown.offices(around.guidance.offices(around.country))
    shown.end()
    return shown
