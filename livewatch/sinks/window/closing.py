"""The question before the window closes: nobody is to stop the listening by accident."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from livewatch.sinks.window.theme import Looks

TO_TRAY = "livewatch can go on listening beside the clock, and warn you from there."
NO_TRAY = "livewatch cannot warn you when its window is closed."


def ask_to_stop(parent: QWidget, looks: Looks, *, stop: Callable[[], None], stay: Callable[[], None] | None) -> None:
    """Ask, without waiting for the answer. `stay` hides the window; None where it could not be found again."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("livewatch")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Stop listening?")
    box.setInformativeText(NO_TRAY if stay is None else TO_TRAY)
    stopping = box.addButton("&Stop listening", QMessageBox.ButtonRole.DestructiveRole)
    staying = box.addButton("&Go on listening", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(staying)
    box.setPalette(looks.palette())
    box.setFont(looks.font())
    stopping.clicked.connect(stop)
    if stay is not None:
        staying.clicked.connect(stay)
    box.open()
