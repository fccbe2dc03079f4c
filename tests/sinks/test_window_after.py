"""The window after the call: when it comes, what it says, who keeps what, keyboard and screen reader."""

from __future__ import annotations

import os

import pytest

from livewatch.events import CallEnded, Level, RiskUpdate
from livewatch.settings import load
from livewatch.sinks.window.after import UNSAVED, unsaved
from tests.display import needs_display
from tests.sinks.calls import STARTED, alert, caution, danger, hearing
from tests.sinks.events import S, a_match, said
from tests.sinks.screen import Screen

pytestmark = needs_display

ENDED = CallEnded("microphone", 60 * S, Level.DANGER, 2, 0)


def _scam(screen: Screen) -> None:
    """A dangerous call, answered by hanging up."""
    screen.send(STARTED, *caution(), *danger())
    screen.alert.hung_up.click()
    screen.send(ENDED, STARTED, hearing())


def _texts(screen: Screen) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in screen.after.findChildren(QLabel) if label.text()]


def test_after_hanging_up_it_says_what_to_do_and_what_was_heard(screen: Screen):
    _scam(screen)
    assert screen.after.isVisible()
    texts = _texts(screen)
    assert texts[0] == "This call was very likely a scam."
    assert "call your bank first" in " ".join(texts[:3])
    order = ["What matters now", "If it already happened", "What was heard", "Where to report it"]
    assert [text for text in texts if text in order] == order
    assert "“read me the six digit code”" in texts
    assert "00:18" in texts


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [1.0, 2.0])
def test_it_fits_the_screen_and_nothing_is_cut_off(screen: Screen, theme, size):
    screen.desk._set("window.theme", theme)
    screen.desk._set("window.text_size", size)
    _scam(screen)
    screen.pump(0.2)
    screen.shot(f"after-{theme}-{size}", screen.after)
    assert screen.after.screen().availableGeometry().contains(screen.after.geometry())
    for label in (screen.after._verdict, screen.after._first, screen.after._told):
        assert label.height() >= label.heightForWidth(label.width())
    for button in (screen.after.save, screen.after.done):
        assert button.visibleRegion().boundingRect().size() == button.size()
    shown = screen.after._scroll
    assert shown.widget().width() <= shown.viewport().width()
    assert shown.viewport().height() >= 3 * shown.fontMetrics().lineSpacing()


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        ({"listen.keep_sound": "/calls"}, "only if you save it. What was kept of the sound is in /calls."),
        ({"history.enabled": True}, "This report is kept only if you save it."),
    ],
)
def test_that_nothing_is_kept_is_not_said_where_something_is(spoken, told):
    settings = load(spoken, {"LIVEWATCH_CONFIG": os.devnull}).settings
    assert unsaved(settings).endswith(told)


def test_nothing_is_kept_unless_somebody_saves_it(screen: Screen):
    _scam(screen)
    assert screen.after._told.text() == UNSAVED
    screen.after.done.click()
    screen.pump()
    assert screen.kept == []
    screen.quiet.strip.last.click()
    screen.pump()
    screen.after.save.click()
    (record,) = screen.kept
    assert record.level is Level.DANGER
    assert [match.phrase for match in record.heard()][-1] == "code.read"
    assert "report-1.html" in screen.after._told.text()
    assert screen.after.save.text() == "&Open the report"


def test_a_report_that_cannot_be_written_is_said_and_can_be_tried_again(screen: Screen):
    _scam(screen)
    screen.full = True
    screen.after.save.click()
    assert screen.after._told.text() == "The report cannot be written: the disk is full. Make room."
    screen.full = False
    screen.after.save.click()
    assert len(screen.kept) == 1


def test_a_warning_that_nobody_has_answered_stays_in_front(screen: Screen):
    screen.send(STARTED, *danger(), ENDED, STARTED, hearing())
    assert screen.alert.isVisible()
    assert not screen.after.isVisible()
    screen.alert.hung_up.click()
    screen.pump()
    assert screen.after.isVisible()


def test_who_says_that_it_was_no_scam_is_not_told_otherwise(screen: Screen):
    screen.send(STARTED, *danger())
    screen.alert.not_scam.click()
    screen.send(RiskUpdate(30 * S, Level.NONE, 0, ()), ENDED, STARTED, hearing())
    assert not screen.after.isVisible()
    assert screen.quiet.strip.last.isVisible()


def test_caution_is_only_offered_and_a_quiet_call_leaves_nothing(screen: Screen):
    screen.send(STARTED, hearing(), CallEnded("microphone", 60 * S, Level.NONE, 0, 0), STARTED, hearing())
    assert not screen.quiet.strip.last.isVisible()
    screen.send(*caution(), CallEnded("microphone", 60 * S, Level.CAUTION, 1, 0), STARTED, hearing())
    assert not screen.after.isVisible()
    screen.shot("after-caution-offer")
    screen.quiet.strip.last.click()
    screen.pump()
    assert _texts(screen)[0] == "Some things in this call were suspicious."


def test_an_earlier_call_can_still_be_saved(screen: Screen):
    _scam(screen)
    money = a_match("buy gift cards", 40, category="money", phrase="gift", why="Wants gift cards.", points=36.0)
    screen.send(said("now go and buy gift cards", 39, 5), money, alert(Level.DANGER, money))
    assert screen.after.isVisible()  # what is on the screen stays there
    screen.alert.hung_up.click()
    screen.send(ENDED, STARTED, hearing())
    assert "“buy gift cards”" in _texts(screen)
    screen.shot("after-two-calls", screen.after)
    screen.after.earlier.click()
    screen.pump()
    assert "“read me the six digit code”" in _texts(screen)
    assert not screen.after.earlier.isEnabled()
    screen.after.save.click()
    assert "code.read" in {match.phrase for match in screen.kept[0].heard()}


def test_after_stopping_it_is_still_shown_and_closing_it_ends(screen: Screen):
    screen.send(STARTED, *danger())
    screen.desk._stop()
    screen.send(ENDED)
    screen.sink.close()
    screen.until(screen.after.isVisible)
    assert not screen.alert.isVisible()
    assert screen.finished == []
    screen.after.done.click()
    screen.until(lambda: screen.finished == [True])


def test_the_keyboard_reads_saves_and_closes(screen: Screen):
    _scam(screen)
    screen.until(lambda: screen.active() == str(int(screen.after.winId())))  # a button was pressed just before
    screen.tool("xdotool", "key", "Return")
    screen.pump(0.2)
    assert screen.kept == []  # a key meant for the window before
    screen.tool("xdotool", "key", "Next")
    screen.until(lambda: screen.after._scroll.verticalScrollBar().value() > 0)
    for _ in range(12):
        if screen.after.focusWidget() is screen.after.save:
            break
        screen.tool("xdotool", "key", "Tab")
        screen.pump(0.1)
    screen.tool("xdotool", "key", "Return")
    screen.until(lambda: len(screen.kept) == 1)
    screen.tool("xdotool", "key", "Escape")
    screen.until(lambda: not screen.after.isVisible())


def test_screen_readers_know_what_it_is_and_what_to_do_first(screen: Screen):
    from PySide6.QtGui import QAccessible

    QAccessible.setActive(True)
    _scam(screen)
    told = QAccessible.queryAccessibleInterface(screen.after)
    assert told.text(QAccessible.Text.Name) == "After the call. This call was very likely a scam."
    assert "call your bank first" in told.text(QAccessible.Text.Description)
    scroll = QAccessible.queryAccessibleInterface(screen.after._scroll)
    assert scroll.text(QAccessible.Text.Name) == "What to do, what was heard, where to report it"
    save = QAccessible.queryAccessibleInterface(screen.after.save)
    assert save.text(QAccessible.Text.Name) == "Save the report"


def test_the_keyboard_stays_where_it_is_when_the_summary_comes_late(screen: Screen):
    screen.send(STARTED, *danger())
    screen.alert.hung_up.click()
    screen.pump(0.3)
    before = screen.active()
    screen.now += 10  # a busy computer needs long for the last words
    screen.send(ENDED)
    screen.until(screen.after.isVisible)
    screen.pump(0.5)
    assert screen.active() == before != str(int(screen.after.winId()))
