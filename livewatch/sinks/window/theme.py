"""Colours and sizes of the window. Every pair of text and ground has a contrast of at least 7:1 (checked by a test)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from livewatch.settings.structs import Theme, WindowSettings

LEAST_ADVICE_PT = 28.0
"""Points: the advice of a warning is never smaller, whatever the system's text size"""


@dataclass(frozen=True, slots=True)
class Colours:
    """One set of colours, as #rrggbb."""

    ground: str
    field: str
    """Behind the live words, and of buttons"""
    text: str
    quiet: str
    """Of text that matters less"""
    line: str
    """Frames and the empty part of the meter"""
    calm: str
    """All is well"""
    mark: str
    """Behind words that were spotted"""
    on_mark: str


LIGHT = Colours("#f6f6f3", "#ffffff", "#161616", "#434343", "#8a8a86", "#0b5a2b", "#ffd84d", "#161616")
DARK = Colours("#1c1e20", "#2a2d30", "#f4f4f4", "#cfd2d4", "#7d8286", "#86dca6", "#ffd84d", "#161616")

QUIET = "#8a8a86"
"""Of buttons that cannot be pressed now"""
CAUTION, ON_CAUTION = "#ffd84d", "#161616"
DANGER, ON_DANGER = "#8b0000", "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1..21."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[first : first + 2], 16) / 255 for first in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Looks:
    """The colours and fonts in use. Follows the system unless the settings say otherwise."""

    def __init__(self, settings: WindowSettings) -> None:
        self.choose(settings.theme, settings.text_size)

    def choose(self, theme: Theme, text_size: float) -> None:
        """Take other settings; whoever shows something has to be drawn again."""
        self.theme: Theme = theme
        self.text_size = text_size
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        QApplication.styleHints().setColorScheme(schemes[theme])
        self.update()

    def update(self) -> None:
        """Take over what the system has changed."""
        dark = QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        if self.theme != "system":
            dark = self.theme == "dark"
        self.colours = DARK if dark else LIGHT
        self._system_pt = max(10.0, QApplication.font().pointSizeF())

    @property
    def body_pt(self) -> float:
        """Points of ordinary text: a third larger than in other programs, since it is read from further away."""
        return self._system_pt * 1.3 * self.text_size

    def font(self, times: float = 1.0, *, least_pt: float = 0.0, bold: bool = False) -> QFont:
        """Return a font `times` as large as ordinary text."""
        font = QFont(QApplication.font())
        font.setPointSizeF(max(self.body_pt * times, least_pt))
        font.setBold(bold)
        return font

    def palette(self) -> QPalette:
        """Return the palette of the quiet window."""
        colours = self.colours
        return palette(colours.ground, colours.text, colours.field)

    def button(self, ground: str, text: str, frame: str) -> str:
        """Return the style of a large button with a frame that shows the keyboard's place."""
        return (
            f"QPushButton {{ background: {ground}; color: {text}; border: 2px solid {frame}; border-radius: 8px;"
            " padding: 8px 14px; }"
            f"QPushButton:focus {{ border: 4px solid {frame}; padding: 6px 12px; }}"
            f"QPushButton:disabled {{ color: {QUIET}; border-color: {QUIET}; }}"
            f"QPushButton:pressed, QPushButton:checked {{ background: {frame}; color: {ground}; }}"
        )


def scroll_bar(handle: str, ground: str) -> str:
    """Return the style of a scroll bar that is wide enough for a hand that shakes."""
    return (
        f"QScrollBar:vertical {{ width: 24px; background: {ground}; border-radius: 8px; }}"
        f"QScrollBar::handle:vertical {{ background: {handle}; border-radius: 8px; min-height: 48px; margin: 4px; }}"
        "QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }"
    )


def room_for(window: QWidget) -> QRect:
    """Return where `window` may be on the screen with the pointer, without the frame that comes around it."""
    screen = QGuiApplication.screenAt(window.cursor().pos()) or QGuiApplication.primaryScreen()
    return screen.availableGeometry().adjusted(16, 40, -16, -16)


def palette(ground: str, text: str, field: str) -> QPalette:
    """Return a palette of few colours."""
    made = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, ground),
        (QPalette.ColorRole.WindowText, text),
        (QPalette.ColorRole.Base, field),
        (QPalette.ColorRole.Text, text),
        (QPalette.ColorRole.Button, field),
        (QPalette.ColorRole.ButtonText, text),
        (QPalette.ColorRole.PlaceholderText, text),
    ):
        made.setColor(role, QColor(colour))
    return made
