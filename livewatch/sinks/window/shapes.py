"""The shapes of the states, drawn: a state is told by its shape and its word, colour only repeats it."""

from __future__ import annotations

import math
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from livewatch.events import HearingState, Level
from livewatch.sinks.window.theme import CAUTION, DANGER, ON_CAUTION, ON_DANGER


class Shape(StrEnum):
    """One for each state of the listening, and one for each level that people are warned of."""

    STARTING = "starting"
    LISTENING = "listening"
    SPEECH = "speech"
    PAUSED = "paused"
    NOT_HEARING = "not_hearing"
    ENDED = "ended"
    CAUTION = "caution"
    DANGER = "danger"


ICON, ICON_GROUND = "#ffffff", "#1c1e20"


def shape_of(state: HearingState, level: Level, *, ended: bool) -> Shape:
    """Choose the one shape for a place that has room for one: not hearing comes first, then the level."""
    if state is HearingState.NOT_HEARING and not ended:
        return Shape.NOT_HEARING
    if level is not Level.NONE:
        return Shape(level.value)
    return Shape.ENDED if ended else Shape(state.value)


def paint(painter: QPainter, shape: Shape, side: float, colour: QColor) -> None:
    """Draw `shape` into the square from (0, 0) to (side, side)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side / 16, side / 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match shape:
        case Shape.STARTING:
            for x in (3.5, 8.0, 12.5):
                painter.drawEllipse(QPointF(x, 8), 1.5, 1.5)
        case Shape.LISTENING:
            painter.drawEllipse(QPointF(8, 8), 3.2, 3.2)
            _ring(painter, colour, 6.2)
        case Shape.SPEECH:
            for x, height in ((2.6, 4.0), (5.3, 9.0), (8.0, 13.0), (10.7, 8.0), (13.4, 5.0)):
                painter.drawRoundedRect(QRectF(x - 0.9, 8 - height / 2, 1.8, height), 0.9, 0.9)
        case Shape.PAUSED:
            painter.drawRect(QRectF(3.5, 2.5, 3.2, 11))
            painter.drawRect(QRectF(9.3, 2.5, 3.2, 11))
        case Shape.NOT_HEARING:
            _ring(painter, colour, 6.0)
            painter.drawLine(QPointF(3.9, 3.9), QPointF(12.1, 12.1))
        case Shape.ENDED:
            painter.drawRoundedRect(QRectF(3, 3, 10, 10), 1, 1)
        case Shape.CAUTION:
            painter.setBrush(QColor(CAUTION))
            painter.setPen(_pen(ON_CAUTION, 0.8))
            painter.drawPolygon(QPolygonF([QPointF(8, 1.2), QPointF(15.2, 14.4), QPointF(0.8, 14.4)]))
            _mark(painter, QColor(ON_CAUTION), 5.6, 9.8, 12.1)
        case Shape.DANGER:
            painter.setBrush(QColor(DANGER))
            painter.setPen(_pen(ON_DANGER, 0.9))
            angles = [math.pi / 8 + corner * math.pi / 4 for corner in range(8)]
            painter.drawPolygon(QPolygonF([QPointF(8 + 7.4 * math.cos(a), 8 + 7.4 * math.sin(a)) for a in angles]))
            _mark(painter, QColor(ON_DANGER), 3.8, 9.2, 11.8)


def icon(shape: Shape) -> QIcon:
    """Return an icon of the shape, with a ground of its own: it must be seen on light and on dark task bars."""
    made = QIcon()
    for side in (16, 22, 32, 48, 64):
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        if shape not in (Shape.CAUTION, Shape.DANGER):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(ICON), side / 16))
            painter.setBrush(QColor(ICON_GROUND))
            painter.drawRoundedRect(QRectF(side / 32, side / 32, side * 15 / 16, side * 15 / 16), side / 5, side / 5)
            painter.translate(side / 6, side / 6)
            painter.scale(2 / 3, 2 / 3)
        paint(painter, shape, side, QColor(ICON))
        painter.end()
        made.addPixmap(picture)
    return made


class Badge(QWidget):
    """A shape as large as a line or two of text. The word beside it says the same, so screen readers skip it."""

    def __init__(self, shape: Shape, side: int, colour: str) -> None:
        """`side` is in device-independent pixels."""
        super().__init__()
        self._shape, self._colour = shape, colour
        self.resize_to(side)

    def resize_to(self, side: int) -> None:
        """Take another size."""
        self.setFixedSize(side, side)

    def show_shape(self, shape: Shape, colour: str) -> None:
        """Show another shape."""
        if (shape, colour) != (self._shape, self._colour):
            self._shape, self._colour = shape, colour
            self.update()

    def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter = QPainter(self)
        paint(painter, self._shape, self.width(), QColor(self._colour))
        painter.end()


def _pen(colour: QColor | str, width: float) -> QPen:
    """Return a pen with round ends and corners."""
    return QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _ring(painter: QPainter, colour: QColor, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, 1.8))
    painter.drawEllipse(QPointF(8, 8), radius, radius)


def _mark(painter: QPainter, colour: QColor, top: float, bottom: float, dot: float) -> None:
    """Draw an exclamation mark."""
    painter.setPen(_pen(colour, 1.8))
    painter.drawLine(QPointF(8, top), QPointF(8, bottom))
    painter.drawPoint(QPointF(8, dot))
