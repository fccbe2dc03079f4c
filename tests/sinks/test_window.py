"""The window on a real display: every state, the warning, what can be pressed, what is marked, floods."""

from __future__ import annotations

import gc
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from livewatch.events import CallEnded, HearingState, Level, Notice, RiskUpdate
from tests.display import needs_display
from tests.sinks.calls import STARTED, alert, caution, danger, hearing
from tests.sinks.events import STAMP, S, a_match, an_alert, said
from tests.sinks.screen import Screen

pytestmark = needs_display

KEPT = "Keeping the sound of this call."

STATES = {
    "starting": ([STARTED], "Starting…"),
    "listening": ([STARTED, hearing()], "Listening"),
    "speech": ([STARTED, hearing(HearingState.SPEECH, -15.0), said("hello there", 1)], "Hearing speech"),
    "paused": ([STARTED, hearing(HearingState.PAUSED, -120.0)], "Paused"),
    "not-hearing": ([STARTED, hearing(HearingState.NOT_HEARING, -120.0, "The device is gone.")], "Not hearing"),
    "ended": ([STARTED, CallEnded("microphone", 60 * S, Level.NONE, 0, 0)], "The call is over"),
    "caution": ([STARTED, hearing(HearingState.SPEECH), *caution()], "Hearing speech"),
    "keeping": ([STARTED, hearing(HearingState.SPEECH, kept=KEPT), said("hello there", 1)], "Hearing speech"),
    "keeping-deaf": ([STARTED, hearing(HearingState.NOT_HEARING, -120.0, "It is gone.", kept=KEPT)], "Not hearing"),
}


def _texts(widget: Any) -> list[Any]:
    """Labels and buttons with text that can be seen."""
    from PySide6.QtWidgets import QLabel, QPushButton

    found = widget.findChildren(QLabel) + widget.findChildren(QPushButton)
    return [one for one in found if one.isVisible() and one.text() and one.visibleRegion().boundingRect().isValid()]


def _contrast_shown(label: Any, picture: Any) -> float:
    """The highest contrast of any pixel of a label against its commonest colour, as it is on the screen."""
    from collections import Counter

    from PySide6.QtCore import QPoint, QRect

    from livewatch.sinks.window.theme import contrast

    area = label.visibleRegion().boundingRect()
    image = picture.copy(QRect(label.mapTo(label.window(), QPoint(0, 0)) + area.topLeft(), area.size())).toImage()
    edge = 8 if label.metaObject().className() == "QPushButton" else 0  # the frame is not its text
    colours = Counter(
        image.pixelColor(x, y).name()
        for x in range(edge, image.width() - edge)
        for y in range(edge, image.height() - edge)
    )
    ground = colours.most_common(1)[0][0]
    return max(contrast(ground, colour) for colour in colours)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told_by_its_word_and_can_be_read(screen: Screen, state, theme):
    events, word = STATES[state]
    screen.desk._set("window.theme", theme)
    screen.send(*events)
    assert screen.quiet._state.text() == word
    picture = screen.shot(f"{state}-{theme}")
    assert len(_texts(screen.quiet)) >= 4
    for label in _texts(screen.quiet):
        if label.isEnabled():
            assert _contrast_shown(label, picture) >= 7, label.text()


def test_that_sound_is_kept_is_seen_until_the_call_is_over_also_in_the_warning_and_the_tray(screen: Screen):
    def shown(window: Any) -> bool:
        return KEPT in [label.text() for label in _texts(window)]

    screen.send(STARTED, hearing())
    assert not shown(screen.quiet)
    screen.send(hearing(HearingState.SPEECH, kept=KEPT), Notice(S, "keeping", f"{KEPT[:-1]} in a file."))
    assert len([label for label in _texts(screen.quiet) if label.text().startswith(KEPT[:-1])]) == 1
    screen.send(*caution(), *danger())
    screen.until(screen.alert.isVisible)
    picture = screen.shot("keeping-danger", screen.alert)
    assert shown(screen.alert)
    assert shown(screen.quiet)
    assert KEPT in screen.desk.tray._icon.toolTip()
    for label in _texts(screen.alert):
        if label.text() == KEPT:
            assert _contrast_shown(label, picture) >= 7
    screen.send(CallEnded("microphone", 60 * S, Level.DANGER, 1, 0))
    assert not shown(screen.alert)
    assert not shown(screen.quiet)


def test_every_state_has_a_shape_of_its_own(screen: Screen):
    pictures = set()
    for state in ("starting", "listening", "speech", "paused", "not-hearing", "ended"):
        screen.send(*STATES[state][0])
        image = screen.quiet._badge.grab().toImage()
        ground = image.pixelColor(0, 0)
        pictures.add(
            tuple(image.pixelColor(x, y) == ground for x in range(image.width()) for y in range(image.height()))
        )
    assert len(pictures) == 6


def test_what_does_not_hear_says_nothing_reassuring(screen: Screen):
    screen.send(STARTED, hearing())
    assert screen.quiet.strip._title.text() == "Nothing suspicious so far."
    screen.send(hearing(HearingState.NOT_HEARING, -120.0, "The microphone sends no sound."))
    assert screen.quiet._detail.text() == "The microphone sends no sound."
    assert screen.quiet.strip._title.text() == ""
    screen.send(hearing())
    assert screen.quiet.strip._title.text() == "Nothing suspicious so far."


def test_caution_is_a_strip_with_advice_and_two_answers(screen: Screen):
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution())
    strip = screen.quiet.strip
    assert strip._title.text().startswith("CAUTION: ")
    assert strip._advice.text().startswith("Be careful.")
    assert "unusual activity" in strip._reasons.text()
    assert not screen.alert.isVisible()
    strip.not_scam.click()
    screen.pump()
    assert screen.pressed.calls == [("answered", "not_scam")]
    assert strip._title.text() == "You said: not a scam. livewatch goes on listening."


def test_danger_says_what_to_do_first_and_large_enough(screen: Screen):
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution(), *danger())
    window = screen.alert
    picture = screen.shot("danger", window)
    shown = sorted((one for one in _texts(window)), key=lambda one: one.mapTo(window, one.rect().topLeft()).y())
    assert [one.text() for one in shown[:3]] == [
        "HANG UP NOW.",
        "Do not read out any code or password.",
        "This caller wants your code or password.",
    ]
    for label in shown[:2]:
        assert label.font().pointSizeF() >= 28
        assert label.fontInfo().pointSizeF() >= 27.5  # what the screen really draws
    for label in shown:
        assert _contrast_shown(label, picture) >= 7, label.text()


def test_the_whole_warning_can_be_read_down_to_its_end(screen: Screen):
    screen.send(STARTED, *caution(), *danger())
    bar = screen.alert._scroll.verticalScrollBar()
    read: set[str] = set()
    for value in range(0, bar.maximum() + 200, 100):
        bar.setValue(value)
        screen.pump(0.02)
        picture = screen.alert.grab()
        for label in _texts(screen.alert):
            if label.visibleRegion().boundingRect().height() >= label.height() - 1:
                assert _contrast_shown(label, picture) >= 7, label.text()
                read.add(label.text())
    order = ["The caller said", "Why this is a sign", "If it already happened", "Where to report it"]
    assert read.issuperset(order)
    assert "https://www.ic3.gov" in read
    assert (
        "Call your bank now, on the number on your card. Ask them to lock online banking and to stop payments." in read
    )
    screen.shot("danger-end", screen.alert)


@pytest.mark.parametrize("size", [1.0, 2.0, 3.0])
def test_nothing_is_cut_off_at_any_text_size(screen: Screen, size):
    screen.desk._set("window.text_size", size)
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution())
    for label in _texts(screen.quiet):
        if label.metaObject().className() != "QPushButton" and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    screen.send(*danger())
    screen.shot(f"danger-size-{size}", screen.alert)
    room = screen.alert.screen().availableGeometry()
    assert room.contains(screen.alert.geometry())
    for label in (screen.alert._urgent, screen.alert._rest):
        assert label.height() >= label.heightForWidth(label.width())
    details = screen.alert._scroll.widget()
    assert details.width() <= screen.alert._scroll.viewport().width()
    assert screen.alert.hung_up.visibleRegion().boundingRect().size() == screen.alert.hung_up.size()


def test_the_quotes_mark_what_was_spotted(screen: Screen):
    from livewatch.sinks.window.text import MarkedLabel

    screen.send(STARTED, *caution(), *danger())
    quotes = screen.alert.findChildren(MarkedLabel)
    assert [len(quote._ranges) for quote in quotes] == [1, 1]
    text, span = quotes[1].text(), quotes[1]._ranges[0]
    assert text[span.start : span.start + span.length] == "read me the six digit code"


def test_markup_and_control_characters_are_shown_letter_by_letter(screen: Screen):
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QLabel

    evil = "<b>bold</b> <img src=x> a\x1b[31mb &amp; c"
    shown = "<b>bold</b> <img src=x> a[31mb &amp; c"
    match = a_match(evil, 1.0, category="code", why=evil, end=9 * S)
    screen.send(STARTED, Notice(S, "lost", evil), said(evil, 1), match)
    screen.send(an_alert(title=evil, advice=(evil, evil), evidence=(match,)))
    assert screen.quiet._words.toPlainText() == shown
    assert screen.quiet._detail.text() == shown
    texts = [label.text() for label in screen.alert.findChildren(QLabel)]
    assert texts.count(shown) == 4  # title, quote, its reason, the other advice
    for label in screen.alert.findChildren(QLabel) + screen.quiet.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_live_words_are_revised_and_follow_the_newest(screen: Screen):
    screen.send(STARTED, said("one two tree", 1, final=False), said("one two three", 1))
    assert screen.quiet._words.toPlainText() == "one two three"
    for number in range(1, 60):
        screen.send(said(f"sentence number {number}", number * 3, number))
        assert screen.quiet._words.toPlainText().count("\n") == number
        if number > 10:
            break
    bar = screen.quiet._words.verticalScrollBar()
    assert bar.value() == bar.maximum()


def test_the_text_is_the_same_however_the_sentences_came(screen: Screen):
    """Two sides speak at once, sentences are revised and vanish: compare with a text written anew."""
    screen.send(STARTED)
    for number in range(60):
        side = ("caller", "me")[number % 2]
        hypothesis = said(f"this is sentence number {number // 4} {number}", number, number // 4, final=number % 4 == 3)
        screen.sink.handle(type(hypothesis)(**{**_fields(hypothesis), "side": side}), STAMP)
        screen.pump(0.01)
        incremental = screen.quiet._words.toPlainText()
        screen.quiet.show_words(screen.desk._model.sentences, anew=True)
        assert screen.quiet._words.toPlainText() == incremental


def _fields(event: Any) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__slots__}


# What can be pressed.


def test_pause_and_going_on_reach_the_run(screen: Screen):
    screen.send(STARTED, hearing())
    screen.quiet._pause.click()
    screen.send(hearing(HearingState.PAUSED, -120.0))
    assert screen.quiet._pause.text() == "&Go on listening"
    screen.quiet._pause.click()
    screen.send(hearing())
    assert screen.pressed.calls == [("pause", True), ("pause", False)]
    assert screen.quiet._pause.text() == "&Pause"


def test_a_known_caller_is_not_warned_of_until_the_next_call(screen: Screen):
    screen.send(STARTED, *caution())
    screen.quiet._known.click()
    screen.send(*danger())
    assert screen.pressed.calls == [("known_caller", None)]
    assert not screen.alert.isVisible()
    assert screen.quiet.strip._title.text() == "You know this caller. No more warnings in this call."
    screen.send(STARTED, *danger())
    assert screen.alert.isVisible()


@pytest.mark.parametrize("answer", ["hung_up", "not_scam"])
def test_the_warning_stays_until_it_is_answered(screen: Screen, answer):
    screen.send(STARTED, *danger(), CallEnded("microphone", 60 * S, Level.DANGER, 1, 0), STARTED, hearing())
    assert screen.alert.isVisible()
    getattr(screen.alert, answer).click()
    screen.pump()
    assert not screen.alert.isVisible()
    assert screen.pressed.calls == [("answered", answer)]


def test_it_comes_again_at_a_new_kind_of_danger_and_after_it_was_answered(screen: Screen):
    screen.send(STARTED, *danger())
    screen.alert.not_scam.click()
    money = a_match("buy gift cards", 40, category="money", why="Wants gift cards.", points=36.0)
    screen.send(said("now go and buy gift cards", 39, 5), money, alert(Level.DANGER, money))
    assert screen.alert.isVisible()
    assert screen.alert._title.text() == "This caller wants your money."


def test_a_new_call_after_hanging_up_does_not_bring_the_old_warning_back(screen: Screen):
    screen.send(STARTED, *danger())
    screen.alert.hung_up.click()
    screen.send(CallEnded("microphone", 60 * S, Level.DANGER, 1, 0), STARTED, hearing())
    assert "Well done" in screen.quiet.strip._title.text()
    screen.send(said("unusual activity", 1), a_match("unusual activity", 1))
    assert not screen.alert.isVisible()
    assert screen.quiet.strip._title.text() == "Nothing suspicious so far."


def test_in_a_replay_the_caller_who_talks_on_brings_the_warning_back(qt, display, tmp_path):
    screen = Screen(display, tmp_path, live=False)
    screen.send(STARTED, *danger())
    screen.alert.hung_up.click()
    screen.send(said("unusual activity", 40, 9), a_match("unusual activity", 40))
    assert screen.quiet.strip._title.text().startswith("DANGER: ")
    screen.now += 121
    screen.desk.warner.remind()
    screen.pump()
    assert screen.alert.isVisible()
    screen.close()


def test_it_reminds_while_the_call_goes_on(screen: Screen):
    screen.send(STARTED, *danger())
    screen.alert.close()
    screen.pump()
    assert "DANGER" in screen.quiet.strip._title.text()
    shown = []
    for minute in range(1, 12):
        screen.now = 1000.0 + 60 * minute
        screen.desk.warner.remind()
        screen.pump(0.05)
        if screen.alert.isVisible():
            shown.append(minute)
            assert screen.alert._again.isVisible()
            screen.alert.close()
    assert shown == [2, 5, 7]


def test_the_timer_of_the_reminder_is_set_and_stopped(screen: Screen):
    screen.send(STARTED, *danger())
    assert 114_000 <= screen.desk.warner.timer.remainingTime() <= 126_010
    screen.alert.not_scam.click()
    assert not screen.desk.warner.timer.isActive()


def test_closing_asks_first_and_stopping_ends_the_run(screen: Screen):
    from PySide6.QtWidgets import QMessageBox

    screen.send(STARTED, hearing())
    screen.quiet.close()
    screen.pump()
    box = screen.quiet.findChild(QMessageBox)
    assert screen.quiet.isVisible()
    screen.shot("closing", box)
    texts = {button.text(): button for button in box.buttons()}
    texts["&Go on listening"].click()
    screen.pump()
    assert screen.pressed.calls == []
    screen.quiet.close()
    screen.pump()
    box = screen.quiet.findChild(QMessageBox)
    next(button for button in box.buttons() if button.text() == "&Stop listening").click()
    screen.pump()
    assert screen.pressed.calls == [("stop", None)]
    assert screen.finished == []
    screen.sink.close()
    screen.until(lambda: screen.finished == [True])


def test_settings_apply_at_once_and_are_kept(screen: Screen):
    from PySide6.QtWidgets import QCheckBox, QComboBox

    from livewatch.sinks.window.preferences import Preferences

    before = screen.quiet._state.font().pointSizeF()
    screen.quiet._settings.click()
    screen.pump()
    dialog = screen.quiet.findChild(Preferences)
    screen.shot("settings", dialog)
    size = dialog.findChildren(QComboBox)[0]
    size.setCurrentIndex(size.findData(2.0))
    size.activated.emit(size.currentIndex())
    dialog.findChildren(QCheckBox)[1].click()
    screen.pump()
    assert screen.quiet._state.font().pointSizeF() == pytest.approx(2 * before)
    assert screen.saved == [("window.text_size", 2.0), ("alert.voice", True)]
    assert screen.desk._settings.alert.voice


# Much and for long.


def test_a_flood_from_a_thread_does_not_stop_the_window_or_lose_the_alert(screen: Screen):
    from PySide6.QtCore import QTimer

    beats: list[float] = []
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(20)
    screen.send(STARTED)

    def flood() -> None:
        for number in range(20_000):
            screen.sink.handle(hearing(HearingState.SPEECH, -float(number % 60)), STAMP)
            screen.sink.handle(said(f"word {number}", 1, number // 50, final=False), STAMP)
        for event in danger():
            screen.sink.handle(event, STAMP)

    thread = threading.Thread(target=flood)
    thread.start()
    screen.until(screen.alert.isVisible, 60)
    thread.join()
    timer.stop()
    gaps = [after - before for before, after in pairwise(beats)]
    assert max(gaps) < 3.0, max(gaps)


def _resident_mb() -> float:
    import os

    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_500_alerts_and_10_000_words_leave_nothing_behind(screen: Screen):
    from PySide6.QtWidgets import QWidget

    def warn(times: int) -> None:
        for number in range(times):
            for event in danger():
                screen.sink.handle(event, STAMP)
            screen.sink.handle(said("and ten more words are said in the meantime here", number * 5, number), STAMP)
            screen.sink.handle(said("and ten more words are said once again right here", number * 5, number), STAMP)
            screen.pump(0.001)

    screen.send(STARTED)
    warn(150)
    gc.collect()
    before, widgets = _resident_mb(), len(screen.alert.findChildren(QWidget))
    warn(500)
    screen.pump()
    gc.collect()
    assert len(screen.alert.findChildren(QWidget)) == widgets
    assert _resident_mb() - before < 8
    assert screen.quiet._words.blockCount() <= 200


@pytest.mark.parametrize("size", [1.0, 1.5, 2.0])
def test_a_window_that_grows_with_a_warning_stays_on_the_screen(screen: Screen, size):
    screen.desk._set("window.text_size", size)
    room = screen.quiet.screen().availableGeometry()
    screen.quiet.move(room.center().x() - 200, room.bottom() - screen.quiet.frameGeometry().height())
    screen.send(STARTED, hearing(HearingState.SPEECH), *caution())
    screen.until(lambda: screen.quiet.strip._title.text().startswith("CAUTION"))
    screen.pump(0.5)
    screen.shot(f"caution-{size}")
    assert room.contains(screen.quiet.frameGeometry())


def test_what_was_noticed_is_not_called_nothing(screen: Screen):
    screen.send(STARTED, hearing(), RiskUpdate(5 * S, Level.NONE, 6.0, ("Sounds like a recorded announcement.",)))
    assert screen.quiet.strip._title.text() == "No warning so far. livewatch has noticed:"
    assert screen.quiet.strip._reasons.text() == "• Sounds like a recorded announcement."
    screen.send(RiskUpdate(6 * S, Level.NONE, 0.0, ()))
    assert screen.quiet.strip._title.text() == "Nothing suspicious so far."
