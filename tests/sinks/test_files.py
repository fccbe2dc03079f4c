"""Subtitles and labels: their form, when they are written, and what happens when they cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livewatch.errors import LivewatchError
from livewatch.events import CallEnded, CallStarted, Event, Level
from livewatch.sinks.files import FORMATS, Files, write_whole
from tests.sinks.events import STAMP, S, a_call, a_match, an_alert, said

ALL = tuple(FORMATS)


def _write(folder: Path, events: list[Event], formats: tuple[str, ...] = ALL, *, close: bool = True) -> list[str]:
    told: list[str] = []
    sink = Files(formats, folder, lambda name, error: told.append(f"{name}: {error}"))
    for event in events:
        sink.handle(event, STAMP)
    if close:
        sink.close()
    return told


def test_srt_is_numbered_with_commas_and_holds_words_and_warning(tmp_path):
    _write(tmp_path, a_call())
    assert (tmp_path / "one.srt").read_text("utf-8") == (
        "1\n00:00:01,000 --> 00:00:03,700\nwe see that your computer is infected\n\n"
        "2\n00:00:05,000 --> 00:00:11,000\n!! DANGER: This is very likely a scam.\nHang up now.\n\n"
        "3\n00:00:07,000 --> 00:00:08,900\nplease stay on the line\n\n"
    )


def test_vtt_has_its_signature_and_escapes_tags(tmp_path):
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), said("<b>5 & --> 6", 1), *a_call()[-1:]])
    text = (tmp_path / "x.vtt").read_text("utf-8")
    assert text.startswith("WEBVTT\n\n00:00:01.000 --> ")
    assert "&lt;b&gt;5 &amp; --&gt; 6" in text


def test_srt_gives_players_no_tags_to_obey(tmp_path):
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), said("<font> {\\an8}", 1), *a_call()[-1:]])
    body = (tmp_path / "x.srt").read_text("utf-8").split("\n", 2)[2]
    assert not set(body) & set("<>{}")


def test_labels_are_tab_separated_seconds_in_order(tmp_path):
    _write(tmp_path, a_call())
    assert (tmp_path / "one.labels.txt").read_text("utf-8").splitlines() == [
        "1.000\t3.700\twe see that your computer is infected",
        "2.200\t3.700\tmatch computer-infected: your computer is infected",
        "5.000\t5.000\talert danger: This is very likely a scam.",
        "7.000\t8.900\tplease stay on the line",
    ]


def test_long_speech_becomes_cues_of_two_lines_and_seven_seconds(tmp_path):
    text = "and so we went on talking about everything that had happened since the summer " * 6
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), said(text.strip(), 1), *a_call()[-1:]])
    cues = (tmp_path / "x.srt").read_text("utf-8").strip().split("\n\n")
    assert len(cues) >= 6
    for cue in cues:
        lines = cue.split("\n")[2:]
        assert len(lines) <= 2
        assert all(len(line) <= 42 for line in lines)
    assert " ".join(" ".join(cue.split("\n")[2:]) for cue in cues) == text.strip()


def test_an_hour_is_written_as_an_hour(tmp_path):
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), said("late", 3661.5), *a_call()[-1:]])
    assert "01:01:01,500 --> 01:01:01,800" in (tmp_path / "x.srt").read_text()


def test_files_lie_beside_the_recording_unless_a_folder_is_named(tmp_path):
    beside = tmp_path / "calls"
    beside.mkdir()
    told: list[str] = []
    sink = Files(("srt",), None, lambda name, error: told.append(name))
    for event in a_call(str(beside / "one.wav")):
        sink.handle(event, STAMP)
    assert [path.name for path in beside.iterdir()] == ["one.srt"]
    assert sink.written == [beside / "one.srt"]
    assert not told


def test_recordings_of_one_name_do_not_overwrite_each_other(tmp_path):
    names = ["a/one.wav", "b/one.wav", "c/one.wav", "d/one.mp3"]
    _write(tmp_path, [event for name in names for event in a_call(name)], ("srt",))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one-2.srt", "one.mp3.srt", "one.srt", "one.wav.srt"]


def test_a_call_without_an_end_is_still_written_with_its_open_sentence(tmp_path):
    started = CallStarted("x.wav", None, "scripted", "text")
    _write(tmp_path, [started, said("first sentence", 1), said("second was", 4, 1, final=False)])
    assert "second was" in (tmp_path / "x.srt").read_text()
    assert "second was" in (tmp_path / "x.labels.txt").read_text()


def test_the_next_call_also_ends_the_one_before(tmp_path):
    events = [CallStarted("x.wav", None, "scripted", "text"), said("words", 1), *a_call("y.wav")[:1]]
    _write(tmp_path, events, close=False)
    assert (tmp_path / "x.srt").exists()


def test_nothing_is_written_for_a_recording_that_gave_nothing(tmp_path):
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), CallEnded("x.wav", 0, Level.NONE, 0, 0)])
    assert not list(tmp_path.iterdir())


def test_a_quiet_call_gives_empty_files(tmp_path):
    _write(tmp_path, [CallStarted("x.wav", None, "scripted", "text"), CallEnded("x.wav", 5 * S, Level.NONE, 0, 0)])
    assert (tmp_path / "x.vtt").read_text() == "WEBVTT\n\n"
    assert (tmp_path / "x.srt").read_text() == ""


def test_a_folder_that_cannot_be_written_is_told_once_at_the_start_and_names_the_option(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    told = _write(blocked, a_call())
    assert len(told) == 1
    assert "--output DIR" in told[0]
    assert str(blocked) in told[0]


def test_a_disk_that_fails_at_the_end_leaves_no_half_file(tmp_path):
    events = a_call()
    told: list[tuple[str, LivewatchError]] = []
    sink = Files(("srt",), tmp_path, lambda name, error: told.append((name, error)))
    for event in events[:-1]:
        sink.handle(event, STAMP)
    (tmp_path / "one.srt").mkdir()  # a file cannot replace a folder
    sink.handle(events[-1], STAMP)
    assert [name for name, _ in told] == ["calls/one.wav"]
    assert [path.name for path in tmp_path.iterdir()] == ["one.srt"]
    assert sink.written == []


def test_labels_corrected_by_hand_are_kept(tmp_path):
    labels = tmp_path / "one.labels.txt"
    labels.write_text("mine")
    for _ in range(2):
        _write(tmp_path, a_call(), ("labels",))
    _write(tmp_path, [a_call()[0], an_alert(), a_call()[-1]], ("labels",))
    assert labels.read_text().startswith("5.000")
    assert (tmp_path / "one.labels.txt.bak").read_text() == "mine"


def test_writing_twice_the_same_leaves_one_file(tmp_path):
    for _ in range(2):
        _write(tmp_path, a_call(), ("srt",))
    assert [path.name for path in tmp_path.iterdir()] == ["one.srt"]


def test_no_control_character_reaches_a_file(tmp_path):
    evil = "\x1b[2J\u202ewords\x9b"
    events = [
        CallStarted("x.wav", None, "scripted", "text"),
        said(evil, 1),
        a_match(heard=evil, phrase=evil),
        an_alert(title=evil),
        *a_call()[-1:],
    ]
    _write(tmp_path, events)
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert b"words" in data
        assert not set(data) & (set(range(32)) - {9, 10})
        assert "\u202e".encode() not in data
        assert "\x9b".encode() not in data


def test_the_file_has_the_usual_rights(tmp_path):
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "a.txt", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("form", ALL)
def test_the_pipe_has_files_too(tmp_path, form):
    _write(tmp_path, a_call("-"), (form,))
    assert [path.name.split(".")[0] for path in tmp_path.iterdir()] == ["stdin"]
