"""`livewatch doctor`: finds what is wrong, says what to type, and works where there is nothing at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from livewatch.audio.devices import Device
from livewatch.doctor import Finding, State, sound
from livewatch.settings import load
from tests.command import LIVEWATCH, environment, livewatch
from tests.needs import needs

BARE = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "PULSE_SERVER": "unix:/nonexistent", "XDG_RUNTIME_DIR": "/nonexistent"}
"""No screen and no sound server"""


def _namespaces() -> bool:
    return (
        shutil.which("unshare") is not None and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0
    )


@pytest.fixture(scope="module")
def bare() -> tuple[int, list[dict[str, str]]]:
    done = livewatch("doctor", "--json", **BARE)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert report["ok"] is (done.returncode == 0)
    return done.returncode, report["findings"]


def _of(findings: list[dict[str, str]], area: str) -> list[dict[str, str]]:
    return [finding for finding in findings if finding["area"] == area]


def test_everything_is_looked_at_without_sound_and_screen(bare):
    _, findings = bare
    assert [finding["area"] for finding in findings if finding["area"] not in ("notices", "sound")] == [
        "versions", "settings", "phrases", "recogniser", "speed", "screen", "history", "history",
    ]  # fmt: skip
    assert _of(findings, "sound")
    assert all(finding["todo"] for finding in findings if finding["state"] == "bad")


def test_the_recogniser_hears_the_known_answer_and_its_speed_is_measured(bare):
    _, findings = bare
    (heard,) = _of(findings, "recogniser")
    assert heard["state"] == "good"
    assert "3 of 3 phrases" in heard["text"]
    (speed,) = _of(findings, "speed")
    assert "CPU seconds" in speed["text"]


def test_a_screen_that_is_missing_is_only_a_note(bare):
    _, findings = bare
    (screen,) = _of(findings, "screen")
    assert screen["state"] == "note"
    assert "livewatch listen" in screen["todo"]


def test_wrong_settings_are_told_and_all_else_is_still_looked_at(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("[engine]\nname = 'voks'\n")
    done = livewatch("doctor", "--json", LIVEWATCH_CONFIG=str(file), **BARE)
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    (settings,) = _of(findings, "settings")
    assert settings["state"] == "bad"
    assert "Did you mean vosk?" in settings["text"]
    assert _of(findings, "recogniser")[0]["state"] == "good"


def test_a_bad_phrase_list_is_told_with_its_line(tmp_path):
    phrases = tmp_path / "mine.toml"
    phrases.write_text('[[phrase]]\nid = "x"\nsay = "a (b"\ncategory = "nothing"\n')
    done = livewatch("doctor", LIVEWATCH_PHRASES_FILES=str(phrases), LIVEWATCH_ENGINE_NAME="scripted", **BARE)
    assert done.returncode == 1
    assert f"{phrases}:" in done.stdout
    assert "livewatch config set engine.name auto" in done.stdout


def test_a_recogniser_that_is_not_there_is_told_with_what_to_type(tmp_path):
    done = livewatch("doctor", LIVEWATCH_ENGINE_NAME="vosk", LIVEWATCH_MODELS=str(tmp_path), **BARE)
    assert done.returncode == 1
    assert "livewatch models get vosk-model-small-en-us-0.15" in done.stdout


@needs(_namespaces(), "user namespaces are not allowed here")
def test_it_works_without_any_network_and_says_the_same(bare):
    done = subprocess.run(
        ["unshare", "-rn", *LIVEWATCH, "doctor", "--json"], env=environment(**BARE), capture_output=True, check=False
    )
    findings = json.loads(done.stdout)["findings"]
    assert [(f["area"], f["state"]) for f in findings] == [(f["area"], f["state"]) for f in bare[1]]


MICROPHONE = Device("mic", "Microphone", "input", "ALSA", 1, 48_000, True)
MONITOR = Device("out.monitor", "Monitor of Speakers", "loopback", "PulseAudio", 2, 48_000)


@pytest.mark.parametrize(
    ("device", "level", "state", "told"),
    [
        (MICROPHONE, -30.0, State.GOOD, "peak -30 dB"),
        (MICROPHONE, -120.0, State.BAD, "digital silence"),
        (MICROPHONE, -100.0, State.GOOD, "peak"),
        (MICROPHONE, 0.0, State.NOTE, "too loud"),
        (MICROPHONE, None, State.BAD, "no sound comes"),
        (MONITOR, None, State.NOTE, "nothing is playing"),
        (MONITOR, -120.0, State.NOTE, "nothing plays"),
    ],
)
def test_what_a_level_means(monkeypatch, device, level, state, told):
    monkeypatch.setattr(sound, "list_devices", lambda: [device])
    findings: list[Finding] = list(
        sound.check(load(environ={"LIVEWATCH_CONFIG": os.devnull}).settings, lambda _: [level])
    )
    judged = next(finding for finding in findings if finding.text.startswith(device.label))
    assert judged.state is state
    assert told in judged.text
    assert bool(judged.todo) or state is not State.BAD


def test_a_device_of_the_settings_that_is_gone_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(sound, "list_devices", lambda: [MICROPHONE])
    settings = load({"listen.device": "headset"}, {"LIVEWATCH_CONFIG": os.devnull}).settings
    bad = [finding for finding in sound.check(settings, lambda _: [-30.0]) if finding.state is State.BAD]
    assert [("listen.device" in finding.text, finding.todo) for finding in bad] == [
        (True, "livewatch devices, then livewatch config set listen.device NAME")
    ]


def test_a_recogniser_that_crashes_is_told(tmp_path):
    """A package of the recogniser that kills its process when it is imported, found before the real one."""
    fake = tmp_path / "onnxruntime.py"
    fake.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    found = environment(**BARE)
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from livewatch.cli import main; sys.exit(main(['doctor']))"],
        env={**found, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(tmp_path)])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The recogniser crashes" in done.stdout
    assert "Everything" not in done.stdout
