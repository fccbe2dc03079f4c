"""`livewatch setup`: questions with usual answers, and what they write."""

from __future__ import annotations

import os
import pty
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.command import LIVEWATCH, environment, livewatch

SILENT = {"PULSE_SERVER": "unix:/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def _typed(text: str, file: Path, *arguments: str) -> tuple[int, str]:
    """Run setup at a terminal of its own, type `text`, return the exit code and what it said."""
    master, slave = pty.openpty()
    os.write(master, text.encode())
    done = subprocess.run(
        [*LIVEWATCH, "setup", *arguments], stdin=slave, env=environment(LIVEWATCH_CONFIG=str(file), **SILENT),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(slave)
    os.close(master)
    return done.returncode, done.stderr


def test_the_usual_answers_write_the_usual_settings(file):
    done = livewatch("setup", "--yes", LIVEWATCH_CONFIG=str(file), **SILENT)
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(file.read_text()) == {
        "listen": {"device": "default", "loopback": ""},
        "risk": {"caution_points": 20.0, "danger_points": 30.0},
    }
    assert "The law:" in done.stderr


@pytest.mark.parametrize(("careful", "caution", "danger"), [("early", 15, 25), ("sure", 25, 35)])
def test_flags_answer_the_questions_in_any_order_of_before_and_after(file, careful, caution, danger):
    for before in ("sure", "early"):
        livewatch("setup", "--yes", "--careful", before, LIVEWATCH_CONFIG=str(file), **SILENT)
        done = livewatch(
            "setup", "--who", "helped", "--device", "headset", "--careful", careful,
            LIVEWATCH_CONFIG=str(file), **SILENT,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    written = tomllib.loads(file.read_text())
    assert written["risk"] == {"caution_points": caution, "danger_points": danger}
    assert written["listen"]["device"] == "headset"
    assert written["alert"]["voice"] is True


def test_whoever_sits_there_is_asked_and_enter_is_enough(file):
    code, said = _typed("\n\nn\n", file, "--device", "default")
    assert code == 0, said
    assert "Who sits here during a call?" in said
    assert "How careful should it be?" in said
    assert tomllib.loads(file.read_text())["risk"]["caution_points"] == 20


def test_an_answer_that_is_none_is_asked_again(file):
    code, said = _typed("7\nhelp\n2\n3\nn\n", file, "--device", "default")
    assert code == 0, said
    assert said.count("Please type a number from 1 to 2.") == 2
    assert tomllib.loads(file.read_text())["risk"]["danger_points"] == 35
    assert tomllib.loads(file.read_text())["window"]["text_size"] == 1.5


def test_without_a_terminal_nothing_is_asked_and_nothing_written(file):
    done = livewatch("setup", LIVEWATCH_CONFIG=str(file), **SILENT)
    assert done.returncode == 2
    assert "livewatch setup --yes" in done.stderr
    assert not file.exists()


def test_the_test_alone_asks_nothing_and_changes_nothing(file):
    file.write_text("[engine]\nthreads = 2\n")
    done = livewatch("setup", "--test", LIVEWATCH_CONFIG=str(file), **SILENT)
    assert done.returncode == 1
    assert "Who sits here" not in done.stderr
    assert file.read_text() == "[engine]\nthreads = 2\n"


def test_a_test_that_cannot_be_made_says_why(file):
    done = livewatch("setup", "--yes", "--test", LIVEWATCH_CONFIG=str(file), **SILENT)
    assert done.returncode == 1
    assert "The test could not be made" in done.stderr
    assert "Traceback" not in done.stderr
    assert file.exists()


def test_listen_offers_it_once_and_goes_on_without(file):
    """Both ends at a terminal; there is no sound here, so that listening itself ends at once."""
    home = environment(HOME=str(file.parent), XDG_CONFIG_HOME=str(file.parent), **SILENT)
    del home["LIVEWATCH_CONFIG"]
    told = []
    for _ in range(2):
        master, slave = pty.openpty()
        os.write(master, b"y\n\n\n\nn\n")
        done = subprocess.run(
            [*LIVEWATCH, "listen", "--no-window", "--device", "nothing-like-this"],
            stdin=slave, stdout=slave, stderr=slave, env=home, timeout=60, check=False,
        )  # fmt: skip
        os.close(slave)
        told.append(_all(master))
        assert done.returncode in (1, 2)
    assert "Answer three questions now?" in told[0]
    assert "Written to" in told[0]
    assert "Answer three questions now?" not in told[1]


def _all(master: int) -> str:
    text = b""
    try:
        while part := os.read(master, 4096):
            text += part
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return text.decode()
