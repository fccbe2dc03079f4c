"""After the call: what people are told, and what a record is."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from livewatch.events import Event, Level
from livewatch.risk.aftermath import load_guidance
from livewatch.sinks.jsonl import fields
from livewatch.sinks.readback import read_records
from livewatch.sinks.record import CallRecord, Recorder, Sentence
from livewatch.sinks.summary import Summaries, summary
from tests.sinks.events import STAMP, S, a_call, a_match, an_alert


def _recorded(events: list[Event]) -> CallRecord:
    recorder = Recorder()
    for event in events:
        recorder.handle(event, STAMP)
    recorder.close()
    return recorder.records[-1]


def test_it_says_what_was_heard_when_how_bad_and_what_to_do():
    lines = summary(_recorded(a_call()), load_guidance(), "US")
    assert lines[0] == "This call was very likely a scam."
    assert "calls/one.wav, 00:10 long" in lines[1]
    assert (
        "  00:02  “your computer is infected” – Nobody can see from outside whether your computer is infected." in lines
    )
    assert "  - Do not install anything." in lines
    assert any("reportfraud.ftc.gov" in line for line in lines)
    assert not any("Hang up now" in line for line in lines)  # it is over


def test_lost_sound_and_a_call_that_was_cut_off_are_said():
    assert "Part of the sound was lost" in " ".join(summary(_recorded(a_call())))
    assert "not heard to its end" in summary(_recorded(a_call()[:-1]))[1]


def test_only_calls_that_were_not_quiet_are_summed_up():
    said: list[str] = []
    sink = Summaries(said.append)
    for event in [*a_call()[:3], *a_call("two.wav")[:1]]:
        sink.handle(event, STAMP)
    sink.close()
    assert said == []
    assert summary(CallRecord("quiet")) == ("Nothing suspicious was heard.",)


def test_control_characters_of_names_and_words_are_not_shown():
    alert = an_alert(evidence=(a_match("\x1b[2Jremote\u202e access"),))
    text = "".join(summary(CallRecord("\x1b]0;x\x07", level=Level.DANGER, alerts=(alert,))))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_what_is_read_back_is_what_was_recorded():
    lines = [json.dumps(fields(event, STAMP)).encode() for event in a_call()]
    (read,), damaged = read_records(lines)
    live = _recorded(a_call())
    assert damaged == 0
    assert [match.heard for match in read.heard()] == [match.heard for match in live.heard()]
    assert (read.level, read.end, read.lost, read.complete) == (live.level, live.end, live.lost, live.complete)
    assert [sentence.text for sentence in read.sentences] == [sentence.text for sentence in live.sentences]


def test_the_sentence_of_a_phrase_leaves_out_what_stands_beside_it():
    first = Sentence(0, 4 * S, "Is it safe? Yes madam. You have to pay with gift")
    record = CallRecord("x", sentences=(first, Sentence(4 * S, 8 * S, "cards. Why?")))
    quoted = a_match("pay with gift cards", 3.0)
    assert record.sentence_of(quoted) == "You have to pay with gift cards."
    assert (
        record.sentence_of(a_match("something else", 3.0))
        == "Is it safe? Yes madam. You have to pay with gift cards. Why?"
    )
    assert record.sentence_of(a_match("alone", 60.0)) == "alone"


@given(st.lists(st.sampled_from(a_call()), max_size=30))
def test_any_order_of_events_can_be_recorded_and_summed_up(events):
    recorder = Recorder()
    for event in events:
        recorder.handle(event, STAMP)
    recorder.close()
    assert all(summary(record) for record in recorder.records)


def test_what_was_read_twice_is_quoted_once_in_its_last_reading_and_the_gist_not_at_all():
    early = a_match("this can equal the call", 4.0)
    late = a_match("this is an important call", 4.1)
    again = a_match("this is an important call", 40.0)
    gist = a_match("this ... important ... legal", 4.0, phrase="gist", category="gist")
    record = CallRecord("one", level=Level.DANGER, alerts=(an_alert(evidence=(early, gist)),), matches=(late, again))
    assert record.quotes() == (late, again)
    lines = "\n".join(summary(record))
    assert "equal" not in lines
    assert "legal" not in lines
