"""The JSON lines are a contract: names, units, rounding, one flushed line per event."""

from __future__ import annotations

import io
import json
import math

import pytest

from livewatch.events import CallStarted, Hypothesis, Level, Notice
from livewatch.sinks.jsonl import JsonLines
from tests.sinks.events import STAMP, S, a_call, a_match, an_alert


def _lines(*events):
    out = io.StringIO()
    sink = JsonLines(out)
    for event in events:
        sink.handle(event, STAMP)
    sink.close()
    assert not out.closed
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_field_of_every_event_is_as_agreed():
    lines = _lines(*a_call())
    assert lines[0] == {
        "event": "call_started", "call": "calls/one.wav", "duration_s": 10.0, "engine": "scripted", "model": "text",
    }  # fmt: skip
    assert lines[2] == {
        "event": "words", "at_s": 4.2, "start_s": 1.0, "end_s": 3.7, "final": False,
        "text": "we see that your computer is infected",
    }  # fmt: skip
    assert lines[3] == {
        "event": "match", "at_s": 5.0, "phrase": "computer-infected", "category": "tech-support",
        "heard": "your computer is infected", "start_s": 2.2, "end_s": 3.7, "points": 18.12, "how": "exact",
        "verified": None,
        "against": 0.0,
    }  # fmt: skip
    assert lines[4] == {
        "event": "level", "at_s": 5.0, "level": "danger", "points": 31.06, "reasons": ["It is said to be infected."],
    }  # fmt: skip
    assert lines[5] == {
        "event": "alert", "at_s": 5.0, "wall_s": 12.346, "level": "danger", "title": "This is very likely a scam.",
        "advice": ["Hang up now.", "Do not install anything."],
        "evidence": [{
            "phrase": "computer-infected", "category": "tech-support", "heard": "your computer is infected",
            "start_s": 2.2, "end_s": 3.7,
        }],
    }  # fmt: skip
    assert lines[7] == {"event": "notice", "at_s": 6.0, "kind": "lost", "message": "0.2 s of sound was lost."}
    assert lines[9] == {
        "event": "call_ended", "call": "calls/one.wav", "level": "danger", "alerts": 1, "audio_s": 10.0,
        "wall_s": 12.346, "cpu_s": 0.988, "lost_s": 0.2,
    }  # fmt: skip


def test_times_are_rounded_to_the_millisecond():
    assert _lines(Notice(S // 3, "x", ""))[0]["at_s"] == 0.333


def test_what_turned_out_to_be_nothing_still_has_times():
    line = _lines(Hypothesis((), 0, True, 0, 3 * S))[0]
    assert (line["start_s"], line["end_s"], line["text"]) == (3.0, 3.0, "")


def test_an_unknown_length_is_null():
    assert _lines(CallStarted("-", None, "vosk", "small"))[0]["duration_s"] is None


@pytest.mark.parametrize(("ratio", "written"), [(0.4321, 0.43), (-math.inf, None), (None, None), (math.nan, None)])
def test_the_second_listen_is_a_number_or_null(ratio, written):
    assert _lines(a_match(verified=ratio))[0]["verified"] == written


def test_nothing_raw_leaves_and_the_name_of_the_call_stays_exact():
    out = io.StringIO()
    sink = JsonLines(out)
    name = "evil\x1b[2J\u202e\udcff.wav"
    sink.handle(CallStarted(name, None, "scripted", "text"), STAMP)
    sink.handle(a_match(heard="\x9b31m\x1b]0;title\x07words\n"), STAMP)
    sink.handle(an_alert(title="a\nb\u2066"), STAMP)
    raw = out.getvalue()
    assert raw.isascii()
    assert not set(raw) & {chr(code) for code in range(32) if code != 10}
    assert raw.count("\n") == 3
    lines = [json.loads(line) for line in raw.splitlines()]
    assert lines[0]["call"] == name
    assert lines[1]["heard"] == "31m]0;titlewords "
    assert lines[2]["title"] == "a b"


def test_each_line_can_be_read_as_soon_as_it_is_written(tmp_path):
    path = tmp_path / "events.jsonl"
    with path.open("w") as out:
        sink = JsonLines(out)
        for count, event in enumerate(a_call(), start=1):
            sink.handle(event, STAMP)
            assert len(path.read_text().splitlines()) == count


def test_levels_are_the_three_words_of_the_contract():
    assert [_lines(an_alert(level))[0]["level"] for level in Level] == ["none", "caution", "danger"]
