"""`livewatch listen` on a real sound server: from the first frame to the end of the call."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.command import livewatch
from tests.live.listening import SAMPLES, Listening
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse


def test_a_call_that_is_played_is_heard_and_warned_of(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        first = listening.came[0].event
        assert first["event"] == "call_started"
        assert first["duration_s"] is None
        played = time.monotonic()
        pulse.play(SAMPLES / "microsoft-short.wav")
        alert = listening.alert(30)
        assert alert.at - played < 15.025 + 6  # where the phrase ends; the bar is half a second
        last = listening.stop()
        assert last["event"] == "call_ended"
        assert last["level"] == "danger"
        assert last["lost_s"] == 0
        assert last["audio_s"] == pytest.approx(listening.lasted(), abs=1)
        assert listening.process.returncode == 130
        assert set(listening.told()) <= {"listening", "silent", "recovered", "behind", "caught_up"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_ended_before_it_has_heard_anything(pulse: Pulse, number: int):
    with Listening(pulse.environ) as listening:
        time.sleep(0.8)
        listening.process.send_signal(number)
        listening.process.wait(15)
        time.sleep(0.1)
        ends = [event["event"] for event in listening.events("call_started") + listening.events("call_ended")]
        assert ends in ([], ["call_started", "call_ended"])
        assert "Traceback" not in (listening.process.stderr.read() if listening.process.stderr else "")


def test_no_process_is_left_behind_when_it_is_killed(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        children = listening.children("livewatch")
        assert len(children) == 2
        listening.process.kill()
        until = time.monotonic() + 5
        while any(Path(f"/proc/{each}").exists() for each in children) and time.monotonic() < until:
            time.sleep(0.1)
        assert not [each for each in children if Path(f"/proc/{each}").exists()]


def test_devices_shows_monitors_and_what_was_plugged_in_a_moment_ago(pulse: Pulse):
    before = livewatch("devices", **pulse.environ)
    assert before.returncode == 0, before.stderr
    assert "* call.monitor" in before.stdout
    assert "headset" not in before.stdout
    pulse.pactl("load-module", "module-null-sink", "sink_name=headset", "rate=44100")
    assert "headset.monitor" in livewatch("devices", **pulse.environ).stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [("monitor", "fits several devices"), ("telefone", "fits no device")],
)
def test_a_name_that_does_not_say_which_device_is_answered_with_the_candidates(pulse: Pulse, name: str, said: str):
    done = livewatch("listen", "--json", "--device", name, **pulse.environ)
    assert done.returncode == 2
    assert said in done.stderr
    assert "call.monitor" in done.stderr
    assert "other.monitor" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_sound_server_it_says_so_in_a_sentence(tmp_path: Path):
    done = livewatch("listen", "--json", PULSE_SERVER=f"unix:{tmp_path}/none", ALSA_CONFIG_PATH="/dev/null")
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("livewatch: error: ")
    assert "Traceback" not in done.stderr


def test_of_two_tracks_the_loopback_is_the_caller_and_the_echo_does_not_count_again(pulse: Pulse, tmp_path: Path):
    """The caller is played twice: into the loopback, and 120 ms later and 3 dB lower into the microphone."""
    samples, rate = soundfile.read(SAMPLES / "microsoft-short.wav", dtype="float32", always_2d=True)
    echo = tmp_path / "echo.wav"
    soundfile.write(echo, np.concatenate([np.zeros(round(0.12 * rate)), samples.mean(axis=1) * 0.7]), rate)
    with Listening(pulse.environ, "--device", "other", "--loopback", "telephone") as listening:
        listening.listens()
        time.sleep(1.5)
        pulse.play(SAMPLES / "microsoft-short.wav", "call")
        pulse.play(echo, "other")
        listening.alert(30)
        time.sleep(12)
        last = listening.stop()
        phrases = [event["phrase"] for event in listening.events("match") if event["phrase"] != "gist"]
        assert len(phrases) == len(set(phrases))
        titles = [event["title"] for event in listening.events("alert")]
        assert last["alerts"] == len(titles) == len(set(titles)) >= 2  # as on one track
        finals = [event["text"] for event in listening.events("words") if event["final"] and event["text"]]
        assert len([text for text in finals if "remote access" in text]) == 1


def test_a_call_ends_when_nobody_speaks_and_the_next_begins_clean(pulse: Pulse, tmp_path: Path):
    environ = {**pulse.environ, "LIVEWATCH_LISTEN_CALL_ENDS_AFTER_S": "10"}
    samples, rate = soundfile.read(SAMPLES / "unusual-activity.wav", dtype="float32", always_2d=True)
    call = tmp_path / "call.wav"
    soundfile.write(call, samples.mean(axis=1)[: 12 * rate], rate)
    with Listening(environ) as listening:
        listening.listens()
        player = pulse.play(call)
        listening.wait(lambda event: event["event"] == "match", 40)
        player.wait()
        ended = listening.wait(lambda event: event["event"] == "call_ended", 40)
        assert ended.event["alerts"] == len(listening.events("alert"))
        listening.wait(lambda event: event["event"] == "call_started", 15, since=ended.at)
        begun = time.monotonic()
        second = listening.stop()
        assert second["level"] == "none"
        assert second["alerts"] == 0
        assert second["audio_s"] < begun - ended.at + 5
        kinds = [came.event["event"] for came in listening.came if came.event["event"].startswith("call")]
        assert kinds == ["call_started", "call_ended"] * 2


def test_no_socket_but_the_sound_servers_is_opened(pulse: Pulse, tmp_path: Path):
    unshare = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if unshare.returncode:
        pytest.skip("needs network namespaces (unshare -rn)")
    import sys

    from tests.command import environment

    said = tmp_path / "said.jsonl"
    with said.open("wb") as out:
        process = subprocess.Popen(
            ["unshare", "-rn", sys.executable, "-m", "livewatch", "listen", "--json"],
            stdout=out,
            env=environment(**pulse.environ),
        )
        until = time.monotonic() + 20
        while b'"listening"' not in said.read_bytes() and time.monotonic() < until:
            time.sleep(0.1)
        pulse.play(SAMPLES / "microsoft-short.wav")
        while b'"danger"' not in said.read_bytes() and time.monotonic() < until + 20:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.wait(15)
    assert b'"level": "danger"' in said.read_bytes()
