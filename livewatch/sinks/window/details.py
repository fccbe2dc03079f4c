"""What follows the advice of a warning: what was said, why it is a sign, what if, where to report."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from livewatch.guidance import Office, Remedy
from livewatch.sinks.window.content import Content
from livewatch.sinks.window.text import MarkedLabel, PlainLabel
from livewatch.sinks.window.theme import CAUTION, DANGER, ON_CAUTION, ON_DANGER, Looks, palette


class Details(QWidget):
    """The sections, one below the other."""

    def __init__(self, content: Content, looks: Looks, times: float) -> None:
        """`times` is less than 1 where the screen is too small for the size that was asked for."""
        super().__init__()
        self._looks = looks
        self._times = times
        self.setPalette(palette(DANGER, ON_DANGER, DANGER))
        self._rows = QVBoxLayout(self)
        self.setAutoFillBackground(True)
        self._rows.setContentsMargins(0, 0, 12, 0)
        self._rows.setSpacing(8)
        if content.quotes:
            self._heading("The caller said")
        for quote in content.quotes:
            self._item(quote.when, MarkedLabel(quote.pieces, CAUTION, ON_CAUTION), quote.why)
        if content.more:
            self._text(f"and {content.more} more")
        if content.why:
            self._heading("Why this is a sign")
        for sentence in content.why:
            self._text(sentence)
        self._remedies(content.remedies)
        self._offices(content.offices)
        self._rows.addStretch(1)

    def _remedies(self, remedies: Sequence[Remedy]) -> None:
        self._heading("If it already happened")
        for remedy in remedies:
            said = PlainLabel(remedy.happened)
            said.setFont(self._font(1.1, bold=True))
            self._rows.addWidget(said)
            for number, step in enumerate(remedy.steps, start=1):
                self._item(f"{number}.", PlainLabel(step), "")

    def _offices(self, offices: Sequence[Office]) -> None:
        self._heading("Where to report it")
        for office in offices:
            self._text(f"{office.name}: {office.purpose}." + (f" Telephone {office.phone}." if office.phone else ""))
            if office.url:
                link = QPushButton(office.url)
                link.setFont(self._font(1.0))
                link.setAccessibleDescription(f"Opens the page of {office.name} in your browser")
                link.setStyleSheet(self._looks.button(DANGER, ON_DANGER, ON_DANGER))
                link.clicked.connect(lambda _=False, url=office.url: QDesktopServices.openUrl(QUrl(url)))
                self._rows.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _heading(self, text: str) -> None:
        heading = PlainLabel(text)
        heading.setFont(self._font(1.25, bold=True))
        heading.setContentsMargins(0, 10, 0, 0)
        self._rows.addWidget(heading)

    def _text(self, text: str) -> None:
        label = PlainLabel(text)
        label.setFont(self._font(1.1))
        self._rows.addWidget(label)

    def _item(self, mark: str, text: QLabel, below: str) -> None:
        """Put `mark` before `text`, whose lines stay indented, and `below` under it."""
        text.setFont(self._font(1.1))
        before = PlainLabel(mark)
        before.setFont(self._font(1.1))
        before.setWordWrap(False)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(text)
        if below:
            why = PlainLabel(below)
            why.setFont(self._font(1.0))
            column.addWidget(why)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(before, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        self._rows.addLayout(row)

    def _font(self, times: float, *, bold: bool = False) -> QFont:
        return self._looks.font(times * self._times, bold=bold)
