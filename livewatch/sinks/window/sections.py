"""Headings, texts and lists, one below the other: what stands under a warning and in the summary after a call."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from livewatch.guidance import Office, Remedy
from livewatch.sinks.window.text import PlainLabel
from livewatch.sinks.window.theme import Looks, palette


class Sections(QWidget):
    """Filled from the top once, then only shown. It belongs into something that scrolls."""

    def __init__(self, looks: Looks, ground: str, text: str, times: float = 1.0) -> None:
        """`ground` and `text` are colours; `times` is less than 1 where the screen is too small for the size wanted."""
        super().__init__()
        self._looks = looks
        self._ground, self._ink = ground, text
        self._times = times
        self.setPalette(palette(ground, text, ground))
        self.setAutoFillBackground(True)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 12, 0)
        self._rows.setSpacing(8)

    def heading(self, text: str) -> None:
        """Begin a section."""
        heading = PlainLabel(text)
        heading.setFont(self._font(1.25, bold=True))
        heading.setContentsMargins(0, 10, 0, 0)
        self._rows.addWidget(heading)

    def text(self, text: str, *, bold: bool = False) -> None:
        """Add a paragraph."""
        label = PlainLabel(text)
        label.setFont(self._font(1.1, bold=bold))
        self._rows.addWidget(label)

    def item(self, mark: str, text: QLabel, below: str = "") -> None:
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

    def remedies(self, remedies: Sequence[Remedy]) -> None:
        """Say what to do if it already happened."""
        self.heading("If it already happened")
        for remedy in remedies:
            self.text(remedy.happened, bold=True)
            for number, step in enumerate(remedy.steps, start=1):
                self.item(f"{number}.", PlainLabel(step))

    def offices(self, offices: Sequence[Office]) -> None:
        """Say where to report it; addresses can be pressed."""
        self.heading("Where to report it")
        for office in offices:
            self.text(f"{office.name}: {office.purpose}." + (f" Telephone {office.phone}." if office.phone else ""))
            if office.url:
                link = QPushButton(office.url)
                link.setFont(self._font(1.0))
                link.setAccessibleDescription(f"Opens the page of {office.name} in your browser")
                link.setStyleSheet(self._looks.button(self._ground, self._ink, self._ink))
                link.clicked.connect(lambda _=False, url=office.url: QDesktopServices.openUrl(QUrl(url)))
                self._rows.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def end(self) -> None:
        """Keep what was added at the top."""
        self._rows.addStretch(1)

    def _font(self, times: float, *, bold: bool = False) -> QFont:
        return self._looks.font(times * self._times, bold=bold)
