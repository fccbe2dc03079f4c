"""What the window knows, without a window: words, marks, quotes, reminders, and events between threads."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace

import pytest

from livewatch.events import CallEnded, Hearing, HearingState, Hypothesis, Level, Notice
from livewatch.risk.aftermath import load_guidance
from livewatch.sinks.window.attention import Attention
from livewatch.sinks.window.content import compose
from livewatch.sinks.window.inbox import LIMIT, Inbox
from livewatch.sinks.window.model import MOST_SENTENCES, Change, Model
from tests.sinks.calls import CODE, STARTED, caution, danger, hearing
from tests.sinks.events import S, a_call, a_match, an_alert, said


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _marked(model: Model) -> list[str]:
    return [word for sentence in model.sentences for word, marked in sentence.pieces() if marked]


def test_words_are_marked_whether_the_match_comes_before_or_after_they_are_final():
    model = Model()
    sentence, match, *_ = danger()
    for event in (STARTED, sentence, match):
        model.handle(event)
    assert _marked(model) == ["read", "me", "the", "six", "digit", "code"]
    again = Model()
    for event in (STARTED, match, sentence):
        again.handle(event)
    assert _marked(again) == _marked(model)


def test_words_of_the_other_side_are_not_marked():
    model = Model()
    for event in (STARTED, replace(danger()[0], side="me"), replace(CODE, side="caller")):
        model.handle(event)
    assert _marked(model) == []


def test_a_match_that_leaves_words_out_marks_only_those_it_names():
    model = Model()
    model.handle(said("please read me that six digit code", 1))
    model.handle(a_match("read … code", 1.0, end=5 * S))
    assert _marked(model) == ["read", "code"]


def test_a_quote_is_the_sentence_around_it_and_not_more():
    model = Model()
    for event in danger()[:2]:
        model.handle(event)
    text = " ".join(word for word, _ in model.quote(CODE))
    assert text == "To stop the payment I need you to read me the six digit code that we have just sent to your phone."
    long = " ".join(f"w{number}" for number in range(40))
    model.handle(said(long, 100, 9))
    pieces = model.quote(a_match("w20 w21", 108, end=round(108.8 * S)))
    assert pieces[0] == ("…", False)
    assert pieces[-1] == ("…", False)
    assert [word for word, marked in pieces if marked] == ["w20", "w21"]
    assert len(pieces) == 20


def test_a_quote_whose_words_are_gone_is_what_was_heard():
    assert Model().quote(CODE) == tuple((word, True) for word in CODE.heard.split())


def test_nothing_grows_with_the_length_of_a_call():
    model = Model()
    model.handle(STARTED)
    for number in range(3 * MOST_SENTENCES):
        model.handle(said("one two three", number * 2, number))
        model.handle(a_match("one two", number * 2))
    assert len(model.sentences) == MOST_SENTENCES
    assert len(model.matches) < MOST_SENTENCES
    assert sum(len(sentence.marked) for sentence in model.sentences) <= 3 * MOST_SENTENCES


def test_a_call_begins_afresh():
    model = Model()
    for event in [*a_call("one"), *a_call("two")[:1]]:
        model.handle(event)
    assert (model.call, model.level, list(model.sentences), model.ended) == ("two", Level.NONE, [], None)


def test_control_characters_do_not_get_into_what_is_shown():
    model = Model()
    model.handle(said("evil\x1b[2J \u202egnihton", 1))
    model.handle(Notice(S, "lost", "one\x07\ntwo"))
    assert model.sentences[0].pieces() == (("evil[2J", False), ("gnihton", False))
    assert model.notice == "one two"


def test_only_what_changes_is_drawn_again():
    model = Model()
    model.handle(STARTED)
    assert model.handle(hearing()) == Change.METER | Change.HEARING
    assert model.handle(hearing()) == Change.NOTHING
    assert model.handle(hearing(level=-30.0)) == Change.METER
    assert Change.HEARING in model.handle(hearing(HearingState.NOT_HEARING, message="The device is gone."))


def test_a_notice_is_shown_for_a_while_and_being_behind_until_it_is_over():
    model = Model()
    model.handle(Notice(10 * S, "lost", "0.2 s of sound was lost."))
    model.handle(hearing(at=12 * S))
    assert model.notice
    model.handle(hearing(at=19 * S))
    assert not model.notice
    model.handle(Notice(20 * S, "behind", "Recognition is 3 s behind the call."))
    model.handle(hearing(at=200 * S))
    assert model.notice
    model.handle(Notice(201 * S, "caught_up", "Recognition has caught up with the call."))
    model.handle(hearing(at=230 * S))
    assert not model.notice


def test_a_replay_says_by_its_words_that_somebody_speaks():
    model = Model()
    model.handle(STARTED)
    model.handle(said("hello", 1, final=False))
    assert model.state is HearingState.SPEECH
    model.handle(said("hello", 1))
    assert model.state is HearingState.LISTENING


def test_the_warning_says_everything_in_its_order_and_what_fits_the_call():
    model = Model()
    for event in [*caution(), *danger()]:
        model.handle(event)
    content = compose(danger()[-1], model, load_guidance(), "US")  # type: ignore[arg-type]
    assert content.urgent == "HANG UP NOW."
    assert content.spoken() == "Warning. Hang up now. Do not read out any code or password."
    assert [quote.when for quote in content.quotes] == ["00:09", "00:18"]
    assert content.remedies[0].happened == "I gave them a code, a PIN or a password."
    assert content.offices[0].url == "https://reportfraud.ftc.gov"


def test_a_warning_without_evidence_or_advice_can_be_composed():
    content = compose(an_alert(advice=(), evidence=()), Model(), load_guidance(), "")
    assert content.quotes == ()
    assert content.remedies == load_guidance().remedy


# Reminders.


def _raised() -> tuple[Attention, Clock]:
    clock = Clock()
    attention = Attention(clock)
    attention.raised()
    return attention, clock


def test_reminders_come_after_2_5_and_7_minutes_and_no_more():
    attention, clock = _raised()
    times = []
    for second in range(0, 1200, 10):
        clock.now = second
        if attention.due():
            times.append(second)
    assert times == [120, 300, 420]
    assert attention.next_in_s() is None


def test_the_next_reminder_is_known_beforehand():
    attention, clock = _raised()
    assert attention.next_in_s() == 120
    clock.now = 130
    assert attention.due()
    assert attention.next_in_s() == 170


def test_reminders_slept_through_come_once():
    attention, clock = _raised()
    clock.now = 10_000
    assert attention.due()
    assert not attention.due()


@pytest.mark.parametrize("end", ["hung_up", "not_scam", "ended"])
def test_nothing_is_reminded_of_when_it_was_answered_or_the_call_is_over(end):
    attention, clock = _raised()
    if end == "ended":
        attention.call_ended()
    else:
        attention.answered(end)  # type: ignore[arg-type]
    clock.now = 1000
    assert not attention.due()
    assert attention.next_in_s() is None
    assert attention.unanswered == (end == "ended")


def test_who_hung_up_is_reminded_if_the_caller_is_still_heard_and_who_said_not_a_scam_is_not():
    attention, clock = _raised()
    attention.answered("hung_up")
    attention.caller_heard()
    clock.now = 120
    assert attention.unanswered
    assert attention.due()
    attention.answered("not_scam")
    attention.caller_heard()
    clock.now = 1000
    assert not attention.due()


def test_a_new_warning_starts_the_reminders_anew():
    attention, clock = _raised()
    clock.now = 100
    attention.raised()
    clock.now = 130
    assert not attention.due()
    clock.now = 220
    assert attention.due()


# Between threads.


def test_a_later_state_replaces_the_one_that_waits_and_nothing_else_is_lost():
    inbox = Inbox()
    events = [STARTED, *(hearing(level=-float(n)) for n in range(50)), *danger()]
    events[2:2] = [said(f"hello {n}", 1, final=False) for n in range(50)]
    assert [inbox.put(event) for event in events].count(True) == 1
    taken = inbox.take()
    assert len([event for event in taken if isinstance(event, Hearing)]) == 1
    assert len([event for event in taken if isinstance(event, Hypothesis)]) == 2
    assert taken[-1] == danger()[-1]
    assert inbox.take() == []


def test_what_belongs_to_the_call_before_stays_before_the_new_one():
    inbox = Inbox()
    ended = CallEnded("one", S, Level.NONE, 0, 0)
    for event in (STARTED, said("old", 1), ended, STARTED, said("new", 1)):
        inbox.put(event)
    assert inbox.take() == [STARTED, said("old", 1), ended, STARTED, said("new", 1)]


def test_it_is_bounded_and_never_loses_an_alert():
    inbox = Inbox()
    first = an_alert(title="the first")
    inbox.put(first)
    for number in range(LIMIT + 500):
        inbox.put(Notice(number, "lost", "lost"))
    taken = inbox.take()
    assert len(taken) == LIMIT
    assert taken[0] is first


def test_threads_lose_nothing_between_them():
    inbox = Inbox()
    taken: list[object] = []

    def put(thread: int) -> None:
        for number in range(500):
            inbox.put(Notice(number, f"{thread}", ""))

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += inbox.take()
    taken += inbox.take()
    assert len(taken) == 2000


def test_qt_is_not_loaded_until_a_window_is_opened():
    import subprocess

    code = "import sys; import livewatch.sinks.window, livewatch.cli.window; print('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_that_nothing_is_playing_is_not_said_while_somebody_speaks():
    model = Model()
    model.handle(STARTED)
    model.handle(Notice(5 * S, "silent", "Nothing is playing."))
    model.handle(Hearing(5 * S, HearingState.LISTENING, -120.0))
    assert model.notice == "Nothing is playing."
    model.handle(Hearing(6 * S, HearingState.SPEECH, -20.0))
    assert model.notice == ""
    model.handle(Notice(7 * S, "recovered", "The telephone is heard again."))
    model.handle(Hearing(8 * S, HearingState.SPEECH, -20.0))
    assert model.notice == "The telephone is heard again."
