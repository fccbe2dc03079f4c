"""The warning beside other windows: on top, without the focus, reachable by mouse, keyboard and screen reader."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from livewatch.events import HearingState
from tests.display import needs_display
from tests.sinks.calls import STARTED, caution, danger, hearing
from tests.sinks.screen import Screen

pytestmark = needs_display


@pytest.fixture
def other(screen: Screen) -> Iterator[str]:
    """Another program's window, which has the focus; its number."""
    program = subprocess.Popen(
        ["xev", "-geometry", "700x500+300+100", "-name", "other program"],
        env={**os.environ, "DISPLAY": screen.display},
        stdout=subprocess.DEVNULL,
    )
    screen.until(lambda: screen.tool("xdotool", "search", "--onlyvisible", "--name", "other program") != "")
    number = screen.tool("xdotool", "search", "--onlyvisible", "--name", "other program").split()[0]
    screen.tool("xdotool", "windowactivate", "--sync", number)
    screen.until(lambda: screen.active() == number)
    yield number
    program.terminate()
    program.wait(10)


def _mapped(screen: Screen) -> bool:
    return "IsViewable" in screen.tool("xwininfo", "-id", int(screen.alert.winId()))


def test_danger_is_mapped_on_top_and_leaves_the_focus_where_it_is(screen: Screen, other):
    screen.send(STARTED, hearing(HearingState.SPEECH), *danger())
    screen.until(lambda: _mapped(screen))
    screen.pump(0.5)
    assert screen.active() == other
    assert screen.topmost() == int(screen.alert.winId())
    screen.tool("xdotool", "windowactivate", "--sync", other)
    screen.tool("xdotool", "windowraise", other)
    screen.pump(2.0)  # long enough for the keyboard to be let in; it must not come by itself
    assert screen.active() == other
    assert screen.topmost() == int(screen.alert.winId())


def test_what_is_typed_while_the_warning_appears_goes_on_to_the_other_window(screen: Screen, other):
    screen.send(STARTED, *danger())
    screen.tool("xdotool", "key", "Return", "Escape", "h", "n", "space")
    screen.pump(0.5)
    assert screen.alert.isVisible()
    assert screen.pressed.calls == []


def test_caution_brings_a_hidden_window_back_without_the_focus(screen: Screen, other):
    screen.quiet.hide()
    screen.pump(0.3)
    screen.tool("xdotool", "windowactivate", "--sync", other)
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution())
    screen.until(screen.quiet.isVisible)
    screen.pump(0.3)
    assert screen.active() == other


def test_caution_brings_a_minimised_window_back(screen: Screen, other):
    """Openbox gives it the focus in about one of three runs, whatever it is told; no key does anything in it then."""
    screen.quiet.showMinimized()
    screen.pump(0.3)
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution())
    screen.until(lambda: screen.quiet.isVisible() and not screen.quiet.isMinimized())
    assert screen.pressed.calls == []


def test_a_click_brings_the_keyboard_and_esc_puts_the_warning_aside(screen: Screen, other):
    screen.send(STARTED, *danger())
    screen.pump(0.3)
    _click(screen, screen.alert._title)
    screen.until(lambda: screen.active() == str(int(screen.alert.winId())))
    screen.tool("xdotool", "key", "Escape")
    screen.until(lambda: not screen.alert.isVisible())
    assert screen.pressed.calls == []
    assert screen.quiet.strip._title.text().startswith("DANGER: ")
    assert screen.quiet.strip.again.isVisible()


@pytest.mark.parametrize(
    ("keys", "answer"), [(["Return"], "hung_up"), (["Tab", "Return"], "not_scam"), (["Tab", "space"], "not_scam")]
)
def test_the_keyboard_goes_from_answer_to_answer(screen: Screen, other, keys, answer):
    screen.send(STARTED, *danger())
    screen.pump(0.3)
    _click(screen, screen.alert._title)
    screen.until(lambda: screen.active() == str(int(screen.alert.winId())))
    for key in keys:
        screen.tool("xdotool", "key", key)
        screen.pump(0.15)
    screen.until(lambda: not screen.alert.isVisible())
    assert screen.pressed.calls == [("answered", answer)]


def test_it_can_be_reached_by_the_window_manager_after_a_moment(screen: Screen, other):
    screen.send(STARTED, *danger())
    screen.pump(2.0)
    screen.tool("xdotool", "windowactivate", int(screen.alert.winId()))
    screen.until(lambda: screen.active() == str(int(screen.alert.winId())))


def test_shown_again_it_takes_no_focus_either(screen: Screen, other):
    screen.send(STARTED, *danger())
    screen.pump(2.0)
    screen.alert.close()
    screen.tool("xdotool", "windowactivate", "--sync", other)
    screen.now += 121
    screen.desk.warner.remind()
    screen.until(lambda: _mapped(screen))
    screen.pump(0.5)
    assert screen.active() == other
    assert screen.topmost() == int(screen.alert.winId())


def test_it_does_not_flash(screen: Screen, other):
    screen.send(STARTED, *danger())
    screen.pump(0.5)
    first = screen.alert.grab().toImage()
    for _ in range(10):
        screen.pump(0.1)
        assert screen.alert.grab().toImage() == first


def test_screen_readers_are_told_that_it_is_an_alert_and_what_to_do(screen: Screen):
    from PySide6.QtGui import QAccessible

    QAccessible.setActive(True)
    screen.send(STARTED, *danger())
    told = QAccessible.queryAccessibleInterface(screen.alert)
    assert told.role() == QAccessible.Role.AlertMessage
    assert told.text(QAccessible.Text.Name) == "Danger: HANG UP NOW. Do not read out any code or password."
    assert told.text(QAccessible.Text.Description) == "This caller wants your code or password."
    button = QAccessible.queryAccessibleInterface(screen.alert.hung_up)
    assert button.role() == QAccessible.Role.Button
    assert button.text(QAccessible.Text.Name) == "I have hung up"
    words = QAccessible.queryAccessibleInterface(screen.quiet._words)
    assert words.text(QAccessible.Text.Name) == "What is being said"


def _click(screen: Screen, widget: object) -> None:
    from PySide6.QtCore import QPoint

    place = widget.mapToGlobal(QPoint(20, 10))  # type: ignore[attr-defined]
    screen.tool("xdotool", "mousemove", place.x(), place.y(), "click", "1")
    screen.pump(0.2)
