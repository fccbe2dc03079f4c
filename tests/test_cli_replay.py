"""`livewatch replay` with real files: events, exit codes, what bad input gets, interruption, pipes, terminals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.command import LIVEWATCH, environment, livewatch, start

SCAM = "Hello sir. I need remote access to your computer. It will only take a minute.\n"
ORDINARY = "Shall we meet at the station on Sunday. Yes I will bring the cake.\n"
SCRIPTED = ("--engine", "scripted")


@pytest.fixture
def scam(tmp_path: Path) -> Path:
    path = tmp_path / "scam.txt"
    path.write_text(SCAM)
    return path


@pytest.fixture
def ordinary(tmp_path: Path) -> Path:
    path = tmp_path / "ordinary.txt"
    path.write_text(ORDINARY)
    return path


@pytest.fixture
def silence(tmp_path: Path) -> Path:
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * 8000 * 3))
    return path


def _events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_alert_is_exit_code_3_and_an_ordinary_call_0(scam, ordinary):
    done = livewatch("replay", scam, ordinary, *SCRIPTED)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "!! DANGER" in done.stderr
    quiet = livewatch("replay", ordinary, *SCRIPTED)
    assert quiet.returncode == 0
    assert "nothing suspicious" in quiet.stderr


def test_json_is_the_whole_call_on_standard_output_and_nothing_else_is_said(scam):
    done = livewatch("replay", scam, "--json", *SCRIPTED)
    assert done.returncode == 3
    assert done.stderr == ""
    events = _events(done.stdout)
    assert events[0]["event"] == "call_started"
    assert events[0]["call"] == str(scam)
    assert events[-1]["event"] == "call_ended"
    assert {event["event"] for event in events} == {"call_started", "words", "match", "level", "alert", "call_ended"}
    times = [event["at_s"] for event in events if "at_s" in event]
    assert times == sorted(times)  # type: ignore[type-var]


def test_realtime_takes_its_time_and_says_the_same(scam):
    fast = _events(livewatch("replay", scam, "--json", *SCRIPTED).stdout)
    began = time.monotonic()
    paced = _events(livewatch("replay", scam, "--json", "--realtime", *SCRIPTED).stdout)
    duration = float(str(fast[0]["duration_s"]))
    assert time.monotonic() - began >= duration
    for event, other in zip(fast, paced, strict=True):
        timeless = {"wall_s", "cpu_s"}
        assert {k: v for k, v in event.items() if k not in timeless} == {
            k: v for k, v in other.items() if k not in timeless
        }
    alert = next(event for event in paced if event["event"] == "alert")
    assert 0 <= float(str(alert["wall_s"])) - float(str(alert["at_s"])) < 0.5
    assert float(str(paced[-1]["wall_s"])) == pytest.approx(duration, abs=0.5)


def test_a_real_recording_through_the_built_in_recogniser(silence):
    done = livewatch("replay", silence, "--json", "--engine", "moonshine")
    assert done.returncode == 0, done.stderr
    events = _events(done.stdout)
    assert [event["event"] for event in events] == ["call_started", "call_ended"]
    assert events[0]["engine"] == "moonshine"
    assert events[0]["duration_s"] == events[-1]["audio_s"] == 3.0


def test_auto_takes_what_is_there_and_says_so(silence, tmp_path):
    done = livewatch("replay", silence, LIVEWATCH_MODELS=str(tmp_path / "none"))
    assert done.returncode == 0, done.stderr
    assert "Listening with moonshine: no Vosk model is installed." in done.stderr


def test_a_damaged_vosk_model_is_passed_over_by_auto_aloud_and_refused_by_name(silence, tmp_path):
    broken = tmp_path / "models" / "vosk-model-en-broken" / "am"
    broken.mkdir(parents=True)
    (broken / "final.mdl").write_bytes(b"\0")
    models = str(tmp_path / "models")
    done = livewatch("replay", silence, LIVEWATCH_MODELS=models)
    assert done.returncode == 0, done.stderr
    assert "Listening with moonshine: Vosk cannot be used (" in done.stderr
    named = livewatch("replay", silence, "--engine", "vosk", LIVEWATCH_MODELS=models)
    assert named.returncode == 1
    assert "vosk-model-en-broken" in named.stderr
    assert "Listening" not in named.stderr


def test_without_a_standard_output_nothing_breaks(scam):
    command = f"'{sys.executable}' -m livewatch replay '{scam}' --json --engine scripted >&-"
    done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert done.stderr == ""


def test_bad_input_gets_a_sentence_each_and_the_rest_is_still_watched(tmp_path, silence):
    (tmp_path / "notes.wav").write_text("this is no sound at all, only words\n" * 10)
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "hollow").mkdir()
    bad = [tmp_path / name for name in ("missing.wav", "silense.wav", "notes.wav", "empty.wav", "hollow")]
    done = livewatch("replay", *bad, silence, "--json", "--engine", "moonshine")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for path in bad:
        assert path.name in done.stderr
    assert "silence.wav" in done.stderr  # what silense.wav was meant to be
    ended = [event for event in _events(done.stdout) if event["event"] == "call_ended"]
    assert str(silence) in [event["call"] for event in ended]
    for line in done.stderr.splitlines():
        assert line.startswith(("livewatch: ", "  hint: ")), line


def test_an_error_wins_over_an_alert(scam, tmp_path):
    done = livewatch("replay", tmp_path / "none.txt", scam, *SCRIPTED)
    assert done.returncode == 1
    assert "!! DANGER" in done.stderr


def test_a_bad_line_in_a_phrase_list_is_told_and_the_good_ones_work(ordinary, tmp_path):
    book = tmp_path / "own.toml"
    book.write_text(
        '[[phrase]]\nid = "own.cake"\ncategory = "offer"\nsay = ["bring the cake"]\npoints = 40\nwhy = "Cake."\n'
        '[[phrase]]\nid = "own.bad"\ncategory = "offer"\nsay = ["(unclosed"]\npoints = 40\nwhy = "Bad."\n'
    )
    done = livewatch("replay", ordinary, "--phrases", book, "--json", *SCRIPTED)
    assert done.returncode == 1
    assert re.search(rf"{re.escape(str(book))}:\d+: ", done.stderr), done.stderr


def test_a_phrase_list_that_is_not_there_stops_the_run(ordinary, tmp_path):
    done = livewatch("replay", ordinary, "--phrases", tmp_path / "none.toml", *SCRIPTED)
    assert done.returncode == 1
    assert "none.toml" in done.stderr
    assert done.stderr.count("livewatch: ") == 1


def test_files_are_written_beside_the_recording_or_into_the_folder(scam, tmp_path):
    done = livewatch("replay", scam, "--write", "srt,vtt,labels", *SCRIPTED)
    assert done.returncode == 3
    for name in ("scam.srt", "scam.vtt", "scam.labels.txt"):
        assert (tmp_path / name).stat().st_size > 0
        assert f"Wrote {tmp_path / name}" in done.stderr
    livewatch("replay", scam, "--write", "srt", "--output", tmp_path / "new" / "folder", *SCRIPTED)
    assert "remote access" in (tmp_path / "new" / "folder" / "scam.srt").read_text()


def test_a_folder_that_cannot_be_written_is_an_error_that_names_the_option(scam, tmp_path):
    (tmp_path / "file").write_text("")
    done = livewatch("replay", scam, "--write", "srt", "--output", tmp_path / "file" / "folder", *SCRIPTED)
    assert done.returncode == 1
    assert "--output" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_call_cleanly_and_what_was_found_is_written(scam, tmp_path, number):
    scam.write_text(SCAM + ORDINARY * 20)
    process = start("replay", scam, scam, "--json", "--realtime", "--write", "srt", *SCRIPTED)
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if '"event": "alert"' in line:
            process.send_signal(number)
            break
    rest, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors == ""
    events = _events("".join(seen) + rest)
    assert [event["event"] for event in events].count("call_ended") == 1
    assert events[-1]["event"] == "call_ended"
    assert events[-1]["level"] == "danger"
    assert "remote access" in (tmp_path / "scam.srt").read_text()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("after_s", [0.03, 0.1, 0.2, 0.4, 0.8])
def test_an_interrupt_at_any_time_leaves_no_traceback(scam, after_s):
    """From the first line of `main` on; what comes before is Python's own start."""
    scam.write_text(SCAM * 30)
    code = (
        "import os, signal, sys, threading\n"
        "from livewatch.cli import main\n"
        f"threading.Timer({after_s}, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        f"sys.exit(main(['replay', {str(scam)!r}, '--realtime', '--engine', 'scripted']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_ends_it_quietly(scam):
    command = f"'{sys.executable}' -m livewatch replay '{scam}' --json --engine scripted | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment(), capture_output=True, text=True, check=False
    )
    assert json.loads(done.stdout)["event"] == "call_started"
    assert done.stderr == ""
    assert done.returncode in (0, 3)


def test_people_who_pipe_the_words_to_head_see_no_traceback(scam):
    command = f"'{sys.executable}' -m livewatch replay '{scam}' --engine scripted 2>&1 | head -1"
    done = subprocess.run(["bash", "-c", command], env=environment(), capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_sound_from_a_pipe_raw_and_as_wav(silence):
    raw = np.zeros(32_000, np.int16).tobytes()
    done = livewatch("replay", "-", "--json", "--engine", "moonshine", given=raw)
    assert done.returncode == 0, done.stderr
    assert _events(done.stdout)[-1]["audio_s"] == 2.0
    done = livewatch("replay", "-", "--json", "--engine", "moonshine", "--rate", "8000", given=raw)
    assert _events(done.stdout)[-1]["audio_s"] == pytest.approx(4.0, abs=0.1)
    done = livewatch("replay", "-", "--json", "--engine", "moonshine", given=silence.read_bytes())
    assert _events(done.stdout)[-1]["audio_s"] == pytest.approx(3.0, abs=0.1)


def test_an_empty_pipe_and_a_wrong_format_are_told():
    done = livewatch("replay", "-", "--json", "--engine", "moonshine", given=b"")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    done = livewatch("replay", "-", "--format", "s17", "--engine", "moonshine", given=b"")
    assert done.returncode in (1, 2)
    assert "s17" in done.stderr


def test_a_pipe_that_says_nothing_can_be_interrupted():
    reading, writing = os.pipe()
    process = start("replay", "-", "--json", "--engine", "moonshine", stdin=reading)
    os.write(writing, bytes(32_000))
    assert process.stdout
    assert '"call_started"' in process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    os.close(reading)
    os.close(writing)
    assert process.returncode == 130, errors
    assert errors == ""
    assert _events(rest)[-1]["event"] == "call_ended"


def _on_a_terminal(*arguments: str | Path, columns: int = 60, **environ: str) -> tuple[int, str]:
    """Run with standard error on a terminal; returns the exit code and everything written to it."""
    main, side = pty.openpty()
    variables = environment(**{"TERM": "xterm-256color", "COLUMNS": str(columns), **environ})
    if "NO_COLOR" not in environ:
        variables.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [*LIVEWATCH, *map(str, arguments)], stdin=side, stdout=side, stderr=side, env=variables, close_fds=True
    )
    os.close(side)
    written = b""
    while True:
        try:
            block = os.read(main, 65_536)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not block:
            break
        written += block
    os.close(main)
    return process.wait(timeout=20), written.decode("utf-8", "replace")


def test_on_a_terminal_there_is_a_red_panel_a_progress_bar_and_the_cursor_comes_back(scam):
    code, written = _on_a_terminal("replay", scam, *SCRIPTED)
    assert code == 3
    assert "╔" in written
    assert "HANG UP NOW." in written
    assert re.search(r"\x1b\[[0-9;]*48;5;88m", written)  # dark red in 256 colours
    assert re.search(r"\[#*-*\] \d+%", written)
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


def test_no_color_is_obeyed(scam):
    code, written = _on_a_terminal("replay", scam, *SCRIPTED, NO_COLOR="1")
    assert code == 3
    assert "!! DANGER" in written
    assert not re.search(r"\x1b\[[0-9;]*[34]8;", written)


def test_a_dumb_terminal_gets_plain_lines(scam):
    _, written = _on_a_terminal("replay", scam, *SCRIPTED, TERM="dumb")
    assert "\x1b" not in written
    assert ">>> HANG UP NOW." in written


def test_a_terminal_without_unicode_gets_plain_lines(scam):
    _, written = _on_a_terminal("replay", scam, *SCRIPTED, PYTHONIOENCODING="ascii")
    assert written.isascii()
    assert '"need remote access"' in written or '"remote access' in written
    assert "\\u" not in written


def test_a_file_name_cannot_steer_the_terminal(tmp_path):
    evil = tmp_path / "a\x1b]0;owned\x07\x1b[2J.txt"
    evil.write_text(SCAM)
    done = livewatch("replay", evil, tmp_path / "b\x1b[31m.txt", *SCRIPTED)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "\x07" not in done.stderr
    (tmp_path / "x").mkdir()
    code, written = _on_a_terminal("replay", evil, *SCRIPTED)
    assert code == 3
    assert "\x1b]" not in written
    assert "\x1b[2J" not in written
