"""How the call looks, as a strip: nothing suspicious, a calm yellow, or red while a warning waits for its answer."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from livewatch.events import Level
from livewatch.sinks.window.content import Content
from livewatch.sinks.window.model import Model
from livewatch.sinks.window.shapes import Badge, Shape
from livewatch.sinks.window.text import PlainLabel
from livewatch.sinks.window.theme import CAUTION, DANGER, ON_CAUTION, ON_DANGER, Looks, palette

MOST_REASONS = 3


class Said(Enum):
    """What the person has said about the warnings of this call."""

    NOTHING = auto()
    HUNG_UP = auto()
    NOT_SCAM = auto()
    KNOWN = auto()


NOTICED = "No warning so far. livewatch has noticed:"
"""In place of the first of these when there are reasons that do not add up to a warning"""
CALM = {
    Said.NOTHING: "Nothing suspicious so far.",
    Said.HUNG_UP: "Well done. If they call again, do not answer.",
    Said.NOT_SCAM: "You said: not a scam. livewatch goes on listening.",
    Said.KNOWN: "You know this caller. No more warnings in this call.",
}


class Strip(QFrame):
    """The level with its reasons, and at caution the advice with two answers."""

    answered = Signal(str)

    def __init__(self, looks: Looks) -> None:
        super().__init__()
        self._looks = looks
        self._level = Level.NONE
        self._deaf = False
        self._said = Said.NOTHING
        self._badge = Badge(Shape.CAUTION, 36, looks.colours.text)
        self._title, self._advice, self._reasons = PlainLabel(), PlainLabel(), PlainLabel()
        self._ended = False
        """Whether there is a call to look back at"""
        self.again = QPushButton("S&how the warning again")
        self.last = QPushButton("The &last suspicious call")
        self.hung_up = QPushButton("I have &hung up")
        self.not_scam = QPushButton("&Not a scam")
        self.hung_up.clicked.connect(lambda: self.answered.emit("hung_up"))
        self.not_scam.clicked.connect(lambda: self.answered.emit("not_scam"))
        text = QVBoxLayout()
        text.setSpacing(4)
        for label in (self._title, self._advice, self._reasons):
            text.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(text, 1)
        buttons = QHBoxLayout()
        self._buttons = (self.again, self.last, self.hung_up, self.not_scam)
        for button in self._buttons:
            button.setVisible(False)
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addLayout(head)
        layout.addLayout(buttons)
        self.setAutoFillBackground(True)

    def show_call(self, model: Model, said: Said, warning: Content | None) -> None:
        """Show the level; `warning` is the one that waits for its answer, if there is one."""
        self._level = warning.level if warning is not None else Level.NONE
        self._said = said
        for button in self._buttons:
            button.setVisible(button is self.last and self._ended and warning is None)
        reasons = model.reasons[:MOST_REASONS]
        self._reasons.setText("\n".join(f"• {reason}" for reason in reasons))
        if warning is None:
            self.show_deaf(deaf=self._deaf)
            self._advice.setVisible(False)
            self._reasons.setVisible(bool(reasons) and said is not Said.HUNG_UP)
        else:
            danger = self._level is Level.DANGER
            self._title.setText(f"{'DANGER' if danger else 'CAUTION'}: {warning.title}")
            self._advice.setText(f"{warning.urgent} {warning.rest}".strip())
            self._advice.setVisible(True)
            self._reasons.setVisible(bool(reasons))
            self.again.setVisible(danger)
            self.hung_up.setVisible(not danger)
            self.not_scam.setVisible(not danger)
        self._badge.setVisible(warning is not None)
        self.restyle()

    def offer_last(self) -> None:
        """There is a call to look back at, while no warning waits."""
        self._ended = True
        self.last.setVisible(self._level is Level.NONE)

    def show_deaf(self, *, deaf: bool) -> None:
        """Say nothing reassuring while nothing is heard."""
        self._deaf = deaf
        if self._level is Level.NONE:
            nothing = self._said is Said.NOTHING
            calm = NOTICED if nothing and self._reasons.text() else CALM[self._said]
            self._title.setText("" if deaf and nothing else calm)

    def restyle(self) -> None:
        """Take over colours and sizes."""
        looks, colours = self._looks, self._looks.colours
        ground, text = {
            Level.NONE: (colours.ground, colours.text),
            Level.CAUTION: (CAUTION, ON_CAUTION),
            Level.DANGER: (DANGER, ON_DANGER),
        }[self._level]
        self._badge.show_shape(Shape.DANGER if self._level is Level.DANGER else Shape.CAUTION, text)
        self.setPalette(palette(ground, text, ground))
        self._title.setFont(looks.font(1.1, bold=self._level is not Level.NONE))
        self._advice.setFont(looks.font(1.3, bold=True))
        self._reasons.setFont(looks.font())
        self._badge.resize_to(round(self._title.fontMetrics().height() * 1.6))
        for button in self._buttons:
            button.setFont(looks.font())
            button.setStyleSheet(looks.button(ground, text, text))
