"""The warning of danger: it fills its window, stays on top, takes no focus, and stays until it is answered."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QCloseEvent,
    QFontMetrics,
    QKeyEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from livewatch.sinks.window.content import Content
from livewatch.sinks.window.details import Details
from livewatch.sinks.window.shapes import Badge, Shape, icon
from livewatch.sinks.window.text import PlainLabel
from livewatch.sinks.window.theme import (
    CAUTION,
    DANGER,
    LEAST_ADVICE_PT,
    ON_DANGER,
    Looks,
    palette,
    room_for,
    scroll_bar,
)

REACHABLE_MS = 1_500
"""Milliseconds after which the keyboard may come here (Alt-Tab): window managers have given the focus by then"""
GROOVE = "#5c0000"
"""Behind the handle of the scroll bar"""


class AlertWindow(QWidget):
    """One warning at a time. Made once and shown again, so that an alert costs no memory."""

    answered = Signal(str)
    put_aside = Signal()
    """By Esc or by closing: not answered, so the quiet window goes on showing it"""

    def __init__(self, looks: Looks) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.WindowDoesNotAcceptFocus,
        )
        self._looks = looks
        self._content: Content | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("livewatch: danger")
        self.setWindowIcon(icon(Shape.DANGER))
        self.setPalette(palette(DANGER, ON_DANGER, DANGER))
        self.setAutoFillBackground(True)
        self._badge = Badge(Shape.DANGER, 72, ON_DANGER)
        self._urgent, self._rest, self._title, self._again, self._kept = (PlainLabel() for _ in range(5))
        self._kept.setVisible(False)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.verticalScrollBar().setStyleSheet(scroll_bar(ON_DANGER, GROOVE))
        self._scroll.setAccessibleName("Why, and what to do if it already happened")
        self.hung_up = QPushButton("I have &hung up")
        self.not_scam = QPushButton("&Not a scam")
        self.hung_up.clicked.connect(lambda: self.answered.emit("hung_up"))
        self.not_scam.clicked.connect(lambda: self.answered.emit("not_scam"))
        self._reach = QTimer(self, interval=REACHABLE_MS, singleShot=True)
        self._reach.timeout.connect(self._accept_focus)
        self._lay_out()
        self.installEventFilter(self)

    def _lay_out(self) -> None:
        advice = QVBoxLayout()
        advice.setSpacing(6)
        for label in (self._again, self._urgent, self._rest, self._title):
            advice.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(20)
        head.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(advice, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addWidget(self.hung_up, 3)
        buttons.addWidget(self.not_scam, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 24)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(buttons)
        layout.addWidget(self._kept)
        self.setTabOrder(self.hung_up, self.not_scam)
        self.setTabOrder(self.not_scam, self._scroll)

    def present(self, content: Content, *, reminder: str = "") -> None:
        """Show a warning, or show it again with `reminder` above it, without taking the focus from whoever has it."""
        self._content = content
        self._again.setText(reminder)
        self._again.setVisible(bool(reminder))
        self._urgent.setText(content.urgent)
        self._rest.setText(content.rest)
        self._rest.setVisible(bool(content.rest))
        self._title.setText(content.title)
        advice = f"{content.urgent} {content.rest}".strip()
        self.setAccessibleName(f"Danger: {advice}")
        self.setAccessibleDescription(content.title)
        self.hung_up.setAccessibleDescription(content.urgent)
        self.restyle()
        self.hung_up.setFocus()  # within the window, which does not get the keyboard by this
        if self.isMinimized():  # restoring it in place would activate it
            self.hide()
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        if not self.isVisible():
            self._accept_focus(accept=False)
            self._place()
            self.show()
        self.raise_()
        self._reach.start()
        self._announce(f"Danger. {advice} {content.title}")

    def show_kept(self, said: str) -> None:
        """Say below everything else what happens to the sound of the call, if it is kept."""
        self._kept.setText(said)
        self._kept.setVisible(bool(said))

    def restyle(self) -> None:
        """Take over sizes, and build what is said below the advice."""
        looks = self._looks
        self.setFont(looks.font())
        room, layout = room_for(self).size(), self.layout()
        times = 1.0
        for times in (1.0, 0.85, 0.7, 0.6, 0.5, 0.4):
            self._size(times)
            if layout is None:
                break
            layout.invalidate()
            layout.activate()
            if layout.totalMinimumHeightForWidth(room.width()) <= room.height():
                break
        self.hung_up.setStyleSheet(looks.button(ON_DANGER, DANGER, CAUTION))
        self.not_scam.setStyleSheet(looks.button(DANGER, ON_DANGER, ON_DANGER))
        if self._content is not None:
            details = Details(self._content, looks, times)
            old = self._scroll.takeWidget()
            self._scroll.setWidget(details)
            self._scroll.verticalScrollBar().setValue(0)
            if old is not None:
                old.deleteLater()

    def _size(self, times: float) -> None:
        """Set the sizes above and below what scrolls; `times` is less than 1 where the screen is too small for them."""
        looks = self._looks
        self._urgent.setFont(looks.font(2.6 * times, least_pt=36, bold=True))
        self._rest.setFont(looks.font(2.0 * times, least_pt=LEAST_ADVICE_PT, bold=True))
        self._title.setFont(looks.font(1.4 * times))
        self._again.setFont(looks.font(1.2 * times, bold=True))
        self._kept.setFont(looks.font())
        self._badge.resize_to(round(self._urgent.fontMetrics().height() * 1.5))
        for button in (self.hung_up, self.not_scam):
            button.setFont(looks.font(1.3 * times, bold=True))
            button.setMinimumHeight(round(button.fontMetrics().height() * 2.4))
        self._scroll.setMinimumHeight(looks.font().pointSize() * 8)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Large: about two thirds of an ordinary screen."""
        advice = QFontMetrics(self._looks.font(2.0, least_pt=LEAST_ADVICE_PT, bold=True))
        return QSize(max(820, advice.averageCharWidth() * 34), 760)

    def _place(self) -> None:
        """In the middle of the screen with the pointer, never larger than it."""
        room = room_for(self)
        size = self.sizeHint().expandedTo(self.minimumSizeHint()).boundedTo(room.size())
        place = QRect(room.topLeft(), size)
        place.moveCenter(room.center())
        self.setGeometry(place)

    def _announce(self, text: str) -> None:
        if not QAccessible.isActive():
            return
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        said = QAccessibleAnnouncementEvent(self, text)
        said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(said)

    def _accept_focus(self, *, accept: bool = True) -> None:
        """Let the keyboard come here from now on, or not; it is never taken.

        Set on the window itself: on the widget it would hide what is shown.
        """
        handle = self.windowHandle()
        if handle is not None:  # None before the first show, which has it from the start
            handle.setFlag(Qt.WindowType.WindowDoesNotAcceptFocus, not accept)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Whoever clicks here wants to use the keyboard here."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._accept_focus()
            self.activateWindow()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts the warning aside; Enter presses the button that has the focus."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Put the warning aside, without an answer."""
        event.accept()
        self.put_aside.emit()
