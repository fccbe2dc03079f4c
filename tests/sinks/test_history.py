"""The history: what is kept survives everything, and what must not be kept is not."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.errors import LivewatchError
from livewatch.events import CallStarted, Level
from livewatch.sinks.history import History, clear, expire, kept_calls
from livewatch.sinks.mask import masked
from livewatch.sinks.readback import read_records
from tests.command import ROOT, livewatch
from tests.needs import needs
from tests.sinks.events import STAMP, S, a_call, a_match, an_alert

posix = needs(os.name == "posix", "file modes and signals as on Unix")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history"


class Told:
    """Who is told of errors."""

    def __init__(self) -> None:
        self.errors: list[LivewatchError] = []

    def __call__(self, name: str, error: LivewatchError) -> None:
        self.errors.append(error)


def _no_trouble(name: str, error: LivewatchError) -> None:
    raise AssertionError(name) from error


def _keep(folder: Path, *calls: list) -> None:
    history = History(folder, _no_trouble)
    for event in (event for call in calls for event in call):
        history.handle(event, STAMP)
    history.close()


def test_a_call_is_read_back_as_it_was_warned_of(folder):
    _keep(folder, a_call("one.wav"))
    (kept,) = kept_calls(folder)
    record = kept.record
    assert (record.call, record.level, record.end, record.lost, record.complete) == (
        "one.wav", Level.DANGER, 10 * S, 3200, True,
    )  # fmt: skip
    assert [alert.title for alert in record.alerts] == ["This is very likely a scam."]
    assert [match.heard for match in record.heard()] == ["your computer is infected"]
    assert kept.damaged == 0
    assert abs(record.started - datetime.now(UTC)) < timedelta(minutes=1)


def test_what_was_spotted_after_the_last_alert_is_kept_as_well(folder):
    call = a_call()
    call.insert(-1, a_match("buy gift cards", 8.0, phrase="gift-cards"))
    _keep(folder, call)
    assert [match.heard for match in kept_calls(folder)[0].record.heard()] == [
        "your computer is infected", "buy gift cards",
    ]  # fmt: skip


def test_nothing_but_start_alerts_and_end_is_kept(folder):
    _keep(folder, a_call())
    text = next(folder.iterdir()).read_text()
    assert [json.loads(line)["event"] for line in text.splitlines()] == ["call_started", "alert", "call_ended"]
    assert "please stay on the line" not in text


@posix
def test_only_its_user_can_read_it(folder):
    before = os.umask(0)
    try:
        _keep(folder, a_call())
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("read me the code 482913", "read me the code ******"),
        ("4 8 2 9 1 3", "* * * * * *"),
        ("my card is 4000-1234 5678.9010", "my card is ****-**** ****.****"),
        ("four one two nine", "* * * *"),
        ("oh seven double nine", "* * * *"),
        ("it is forty one twenty nine", "it is * * * *"),
        ("FOUR 1 two", "* * *"),
        ("pay $500 now", "pay $*** now"),
        ("one or two gift cards of $50", "one or two gift cards of $50"),
        ("twenty five dollars", "twenty five dollars"),
        ("someone phoned at 9", "someone phoned at 9"),
        ("٤٨٢٩", "****"),
    ],
)
def test_numbers_that_were_read_out_are_masked(said, kept):
    assert masked(said) == kept


@given(st.text(alphabet="0123456789 -.,/()abc"))
def test_no_run_of_three_digits_is_left(text):
    import re

    assert not re.search(r"(\d[\s\-.,/()]*){3}", masked(text))


def test_digits_are_masked_in_quotes_and_in_the_name_of_the_call(folder):
    alert = an_alert(evidence=(a_match("read me 4 8 2 9 1 3"),))
    start = CallStarted("+1 415 555 0199.wav", None, "scripted", "text")
    _keep(folder, [start, a_match("four one two nine", 1.0), alert, a_call()[-1]])
    text = next(folder.iterdir()).read_text()
    for number in ("4 8 2", "415", "0199", "four one"):
        assert number not in text
    assert kept_calls(folder)[0].record.heard()[-1].heard == "read me * * * * * *"


@posix
def test_no_alert_that_was_shown_is_lost_in_200_kills(folder):
    """SIGKILL at a random moment of a real process that prints every alert when `handle` has returned."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    chance = random.Random(5)
    shown_in_all = 0
    # A few processes at once: the start of Python takes much longer than the time that is of interest here.
    for round_number in range(25):
        folders = [folder / f"{round_number}-{number}" for number in range(8)]
        children = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.sinks.printing", each], cwd=ROOT, env=environment, stdout=subprocess.PIPE
            )
            for each in folders
        ]
        for child in children:
            first = child.stdout.readline()
            assert first == b"1\n"
            time.sleep(chance.uniform(0, 0.03))
            child.kill()
        for child, each in zip(children, folders, strict=True):
            lines = child.stdout.read().split(b"\n")  # a number without its line end was not printed whole
            child.wait()
            child.stdout.close()
            shown = max([1, *map(int, lines[:-1])])
            shown_in_all += shown
            (kept,) = kept_calls(each)
            assert [alert.at // S for alert in kept.record.alerts][:shown] == list(range(1, shown + 1))
    assert shown_in_all > 400


def test_a_damaged_last_line_never_blocks_the_rest(folder):
    _keep(folder, a_call("one.wav"), a_call("two.wav"))
    whole = {path: path.read_bytes() for path in folder.iterdir()}
    for path, data in whole.items():
        ended = data[: data.rstrip(b"\n").rfind(b"\n") + 1]  # start and alert
        for damage in (data[:-1], data[:-30], ended + b"\0" * 4096, ended + b"\xff\xfe{", ended + b"[" * 100_000):
            path.write_bytes(damage)
            kept = kept_calls(folder)
            assert sorted(each.record.call for each in kept) == ["one.wav", "two.wav"]
            assert all(len(each.record.alerts) == 1 for each in kept)
        path.write_bytes(data)


def test_a_damaged_first_line_does_not_cost_the_alerts(folder):
    _keep(folder, a_call())
    path = next(folder.iterdir())
    path.write_bytes(path.read_bytes()[20:])
    (kept,) = kept_calls(folder)
    assert kept.damaged == 1
    assert len(kept.record.alerts) == 1


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_reading_takes_whatever_is_in_the_file(noise, place):
    import io

    from livewatch.sinks.jsonl import fields

    data = b"".join(json.dumps(fields(event, STAMP)).encode() + b"\n" for event in a_call())
    records, damaged = read_records(io.BytesIO(data[:place] + noise + data[place:]))
    assert damaged <= noise.count(b"\n") + 2
    assert len(records) >= 1


def test_old_calls_go_and_nothing_else_does(folder):
    now = datetime.now(UTC)
    for days in (1, 29, 31, 400):
        history = History(folder, _no_trouble, now=lambda days=days: now - timedelta(days=days))
        for event in a_call(f"{days}.wav"):
            history.handle(event, STAMP)
    theirs = folder / "call-notes.jsonl"
    theirs.write_text("mine")
    assert expire(folder, 30) == 2
    assert [kept.record.call for kept in kept_calls(folder)] == ["1.wav", "29.wav"]
    assert theirs.exists()
    assert clear(folder) == 2
    assert list(folder.iterdir()) == [theirs]


def test_a_run_that_lasts_for_weeks_removes_what_has_become_too_old(folder):
    clock = [datetime.now(UTC).replace(microsecond=0)]
    history = History(folder, _no_trouble, now=lambda: clock[0], keep_days=30)
    for _ in range(8):
        for event in a_call():
            history.handle(event, STAMP)
        clock[0] += timedelta(days=10)
    assert len(kept_calls(folder)) == 4


def test_a_folder_that_cannot_be_made_is_told_once_and_nothing_is_raised(tmp_path):
    (tmp_path / "data").write_text("a file")
    told = Told()
    history = History(tmp_path / "data" / "history", told)
    for event in [*a_call(), *a_call()]:
        history.handle(event, STAMP)
    history.close()
    assert [error.code for error in told.errors] == ["history"]
    assert "Warnings are shown all the same" in told.errors[0].message
    assert "livewatch config set history.enabled false" in told.errors[0].hint


@pytest.fixture
def small_disk(tmp_path: Path):
    """64 kB, as a disk of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a file system can only be mounted by root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_on_a_full_disk_the_call_goes_on_and_later_alerts_are_kept_when_there_is_room(small_disk):
    told = Told()
    history = History(small_disk, told)
    start, alert, end = a_call()[0], an_alert(), a_call()[-1]
    history.handle(start, STAMP)
    history.handle(an_alert(title="before"), STAMP)
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(b"x" * 100_000)
    long = an_alert(title="long " * 2000)
    history.handle(long, STAMP)
    history.handle(alert, STAMP)
    assert len(told.errors) == 1
    assert "No space left on device" in told.errors[0].message
    filler.unlink()
    history.handle(an_alert(title="after"), STAMP)
    history.handle(end, STAMP)
    (kept,) = kept_calls(small_disk)
    titles = [each.title for each in kept.record.alerts]
    assert titles == ["before", long.title.strip(), alert.title, "after"] or titles == [
        "before", long.title, alert.title, "after",
    ]  # fmt: skip
    assert kept.record.complete


@posix
def test_replay_warns_though_the_history_cannot_be_written(tmp_path):
    script = _script(tmp_path)
    done = livewatch("replay", script, "--engine", "scripted", "--history", "--json",
                     LIVEWATCH_HISTORY_FOLDER="/dev/full/history")  # fmt: skip
    assert '"event": "alert"' in done.stdout
    assert done.stderr.count("cannot be written") == 1
    assert "Traceback" not in done.stderr


def _script(folder: Path) -> Path:
    script = folder / "call.txt"
    script.write_text("I need remote access to your computer. Read me the code on your phone 4 8 2 9 1 3.")
    return script


def test_replay_keeps_only_when_asked_and_the_commands_show_it(tmp_path, folder):
    script = _script(tmp_path)
    settings = {"LIVEWATCH_HISTORY_FOLDER": str(folder)}
    livewatch("replay", script, "--engine", "scripted", LIVEWATCH_HISTORY_ENABLED="true", **settings)
    assert not folder.exists()
    empty = livewatch("history", "list", **settings)
    assert empty.returncode == 0
    assert "livewatch config set history.enabled true" in empty.stderr
    livewatch("replay", script, "--engine", "scripted", "--history", **settings)
    listed = livewatch("history", "list", **settings)
    assert "DANGER" in listed.stdout
    assert script.name in listed.stdout
    shown = livewatch("history", "show", "1", LANG="en_GB.UTF-8", **settings)
    assert "need remote access" in shown.stdout
    assert "Where to report it:" in shown.stdout
    wrong = livewatch("history", "show", "2", **settings)
    assert wrong.returncode == 2
    assert "there are 1" in wrong.stderr
    assert livewatch("history", "path", **settings).stdout == f"{folder}\n"
    refused = livewatch("history", "clear", **settings)
    assert (refused.returncode, len(list(folder.iterdir()))) == (2, 1)
    assert livewatch("history", "clear", "--yes", **settings).returncode == 0
    assert list(folder.iterdir()) == []
