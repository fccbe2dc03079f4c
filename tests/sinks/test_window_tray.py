"""The icon beside the clock, in a real panel: its shape, its menu, and the window that goes there and comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from livewatch.events import HearingState
from tests.display import needs_display
from tests.needs import needs
from tests.sinks.calls import STARTED, danger, hearing
from tests.sinks.screen import Screen

pytestmark = [needs_display, needs(shutil.which("tint2") is not None, "needs a panel: apt install tint2")]

PANEL = """
panel_items = S
panel_size = 100% 40
panel_position = bottom center horizontal
systray_icon_size = 32
"""


@pytest.fixture
def panel(display: str, tmp_path: Path) -> Iterator[None]:
    """Run a panel with a place for icons, until the test is over."""
    (tmp_path / "tint2rc").write_text(PANEL)
    process = subprocess.Popen(
        ["tint2", "-c", str(tmp_path / "tint2rc")],
        env={**os.environ, "DISPLAY": display},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield
    process.terminate()
    process.wait(10)


@pytest.fixture
def icon(panel: None, screen: Screen) -> tuple[int, int]:
    """Show the icon; the middle of it."""
    tray = screen.desk.tray
    screen.until(lambda: tray.there, 10)
    screen.send(STARTED, hearing())
    screen.until(lambda: tray._icon.isVisible() and tray._icon.geometry().height() > 16, 10)
    screen.pump(0.5)
    place = tray._icon.geometry().center()
    return place.x(), place.y()


def _click(screen: Screen, icon: tuple[int, int], button: int) -> None:
    screen.tool("xdotool", "mousemove", *icon)
    screen.tool("xdotool", "click", button)
    screen.pump(0.3)


def test_the_icon_tells_the_state_by_its_shape(screen: Screen, icon: tuple[int, int]):
    from PySide6.QtGui import QGuiApplication

    shapes = set()
    for state in (HearingState.LISTENING, HearingState.PAUSED, HearingState.NOT_HEARING):
        screen.send(hearing(state, -120.0))
        screen.pump(0.4)
        shot = QGuiApplication.primaryScreen().grabWindow(0, icon[0] - 12, icon[1] - 12, 24, 24).toImage()
        shapes.add(tuple(shot.pixelColor(x, y).lightness() > 128 for x in range(24) for y in range(24)))
    assert len(shapes) == 3
    screen.send(hearing(), *danger())
    screen.pump(0.4)
    shot = QGuiApplication.primaryScreen().grabWindow(0, icon[0] - 12, icon[1] - 12, 24, 24).toImage()
    assert any(shot.pixelColor(x, y).name() == "#8b0000" for x in range(24) for y in range(24))


def test_its_menu_pauses_and_stops_and_can_be_read(screen: Screen, icon: tuple[int, int]):
    menu = screen.desk.tray._menu
    _click(screen, icon, 3)
    screen.until(menu.isVisible)
    assert menu.font().pointSizeF() >= 13
    screen.tool("xdotool", "key", "Down", "Down", "Return")
    screen.until(lambda: screen.pressed.calls == [("pause", True)])
    _click(screen, icon, 3)
    screen.until(menu.isVisible)
    screen.tool("xdotool", "key", "Up", "Return")
    screen.until(lambda: ("stop", None) in screen.pressed.calls)


def test_the_window_goes_to_the_icon_and_comes_back(screen: Screen, icon: tuple[int, int]):
    from PySide6.QtWidgets import QMessageBox

    screen.quiet.close()
    screen.pump()
    box = screen.quiet.findChild(QMessageBox)
    assert "beside the clock" in box.informativeText()
    next(button for button in box.buttons() if button.text() == "&Go on listening").click()
    screen.until(lambda: not screen.quiet.isVisible())
    assert screen.pressed.calls == []
    _click(screen, icon, 1)
    screen.until(screen.quiet.isVisible)
