"""The level meter: how loud it is now, in steps, so that it is drawn again only when a step changes."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from livewatch.sinks.window.theme import Looks

STEPS = 20
QUIETEST, LOUDEST = -60.0, 0.0
"""dBFS at the first step and past the last"""


class Meter(QWidget):
    """A row of steps, filled from the left as far as the sound is loud."""

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._filled = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How loud it is")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_level(self, dbfs: float | None) -> None:
        """Show a peak level; None: unknown."""
        share = 0.0 if dbfs is None else (dbfs - QUIETEST) / (LOUDEST - QUIETEST)
        filled = max(0, min(STEPS, round(share * STEPS)))
        if filled != self._filled:
            self._filled = filled
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and low."""
        return QSize(200, 14)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the steps."""
        colours = self._looks.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.ground))
        each = self.width() / STEPS
        for step in range(STEPS):
            colour = QColor(colours.calm if step < self._filled else colours.line)
            tall = self.height() if step < self._filled else 4  # told by size as well as by colour
            painter.fillRect(QRectF(step * each, (self.height() - tall) / 2, each - 2, tall), colour)
        painter.end()
