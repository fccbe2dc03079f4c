"""The icon beside the clock, and notifications. Neither shows words of the caller: the screen may be locked."""

from __future__ import annotations

import html
import shutil

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from livewatch.sinks.window.shapes import Shape, icon

NOTIFY = "notify-send"
"""Where there is no tray (GNOME), notifications go through this program"""


class Tray(QObject):
    """Shows the state by its shape, and its word when pointed at. Without a tray it only sends notifications."""

    show_pressed = Signal()
    pause_pressed = Signal(bool)
    stop_pressed = Signal()

    def __init__(self, *, pausable: bool) -> None:
        """`pausable` offers to pause."""
        super().__init__()
        self._shape: Shape | None = None
        self._menu = QMenu()
        self._menu.addAction("Show livewatch", self.show_pressed.emit)
        self._pause = self._menu.addAction("Pause")
        self._pause.setCheckable(True)
        self._pause.setVisible(pausable)
        self._pause.triggered.connect(self.pause_pressed)
        self._menu.addSeparator()
        self._menu.addAction("Stop listening", self.stop_pressed.emit)
        self._icon = QSystemTrayIcon()
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.show_pressed)

    def restyle(self, font: QFont) -> None:
        """Write the menu in that font."""
        self._menu.setFont(font)

    @property
    def there(self) -> bool:
        """Whether people can see the icon."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show_state(self, shape: Shape, word: str, *, paused: bool) -> None:
        """Show a state."""
        if shape is not self._shape:
            self._shape = shape
            self._icon.setIcon(icon(shape))
        self._icon.setToolTip(f"livewatch: {word}")
        self._pause.setChecked(paused)
        if self.there and not self._icon.isVisible():
            self._icon.show()

    def notify(self, title: str, text: str, *, urgent: bool) -> None:
        """Send a notification: our own words only."""
        if self.there and self._icon.isVisible():
            kind = QSystemTrayIcon.MessageIcon.Critical if urgent else QSystemTrayIcon.MessageIcon.Warning
            self._icon.showMessage(title, text, kind, 20_000)
        elif shutil.which(NOTIFY):
            level = "critical" if urgent else "normal"
            arguments = ["--app-name=livewatch", f"--urgency={level}", "--", title, html.escape(text, quote=False)]
            QProcess.startDetached(NOTIFY, arguments)

    def close(self) -> None:
        """Take the icon away."""
        self._icon.hide()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_pressed.emit()
