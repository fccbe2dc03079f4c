"""The command line as a whole: help, usage, completion, errors."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest
import shtab

from livewatch.cli.parser.common import FILE
from livewatch.cli.replay import demo_sample
from tests.command import LIVEWATCH, environment, livewatch
from tests.needs import needs


def test_help_names_every_command_and_exit_code():
    done = livewatch("--help")
    assert done.returncode == 0
    for word in ("demo", "replay", "evaluate", "models", "config", "completion", "exit codes", "130", "interrupted"):
        assert word in done.stdout
    assert done.stderr == ""


def test_help_answers_at_once_because_it_imports_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "livewatch", "--help"],
        env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "livewatch.cli.parser" in imported
    assert not imported & {
        "numpy",
        "rich",
        "msgspec",
        "soundfile",
        "onnxruntime",
        "vosk",
        "shtab",
        "importlib.metadata",
    }


def test_help_takes_less_than_a_third_of_a_second_of_cpu():
    before = os.times()
    subprocess.run([*LIVEWATCH, "--help"], env=environment(), capture_output=True, check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < 0.3


def test_version_is_one_line():
    done = livewatch("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("livewatch ")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [[], ["replai"], ["replay"], ["replay", "x.wav", "--engine", "whisper"], ["replay", "x.wav", "--write", "doc"],
     ["replay", "x.wav", "--output", "d"], ["config", "set", "engine.threads"], ["--nonsense"]],
)  # fmt: skip
def test_a_wrong_command_line_is_a_usage_error(arguments):
    done = livewatch(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_mistyped_setting_stops_every_command_with_what_was_meant():
    done = livewatch("replay", "x.wav", LIVEWATCH_ENGINE_THREAD="2")
    assert done.returncode == 2
    assert "Did you mean LIVEWATCH_ENGINE_THREADS?" in done.stderr


@pytest.mark.parametrize(("shell", "check"), [("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("tcsh", None)])
def test_completion_scripts_know_the_commands(shell, check):
    done = livewatch("completion", shell)
    assert done.returncode == 0
    for word in ("replay", "evaluate", "realtime", "moonshine"):
        assert word in done.stdout
    if check and shutil.which(check[0]):
        assert subprocess.run(check, input=done.stdout, text=True, check=False).returncode == 0


def test_file_names_are_completed_as_shtab_does_it():
    assert FILE.items() <= shtab.FILE.items()


def test_an_unexpected_fault_is_one_sentence_and_a_traceback_only_with_debug(tmp_path):
    broken = tmp_path / "tomllib.py"
    broken.write_text("def loads(text):\n    raise RuntimeError('broken on purpose')\nTOMLDecodeError = ValueError\n")
    path = f"{tmp_path}{os.pathsep}{environment()['PYTHONPATH']}"
    done = livewatch("config", "show", PYTHONPATH=path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "broken on purpose" in done.stderr
    assert "--debug" in done.stderr
    for arguments in (["--debug", "config", "show"], ["config", "show", "--debug"]):
        assert "Traceback" in livewatch(*arguments, PYTHONPATH=path).stderr


def test_a_reader_that_goes_away_is_no_error():
    command = f"'{sys.executable}' -m livewatch config show | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout == "[engine]\n"
    assert done.stderr == ""
    assert done.returncode == 0


@needs(demo_sample()[1].exists(), "the samples are not there")
def test_the_demo_shows_a_red_alert_in_the_time_of_the_call():
    began = time.monotonic()
    done = livewatch("demo", LIVEWATCH_ENGINE_NAME="moonshine")
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    assert "!! DANGER" in done.stderr
    assert ">>> HANG UP NOW." in done.stderr
    assert "remote access" in done.stderr
    assert done.stdout == ""
    assert took > 15  # as if live
