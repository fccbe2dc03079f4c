"""The ten-second test of `livewatch setup` beside a sound server of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import tomllib
from pathlib import Path

from tests.command import LIVEWATCH, ROOT, environment, livewatch
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse


def test_what_is_played_is_heard(pulse: Pulse, tmp_path: Path):
    pulse.pactl("set-default-sink", "call")
    file = str(tmp_path / "config.toml")
    chosen = ("--device", "none", "--loopback", "call.monitor")
    done = livewatch("setup", "--yes", "--test", *chosen, LIVEWATCH_CONFIG=file, **pulse.environ)
    assert "It works. It heard" in done.stderr, done.stderr
    assert done.returncode == 0


def test_what_is_not_heard_is_told(pulse: Pulse, tmp_path: Path):
    """The phrase comes out of one output, and livewatch listens to another."""
    pulse.pactl("set-default-sink", "call")
    pulse.pactl("load-module", "module-null-sink", "sink_name=headset")
    file = str(tmp_path / "config.toml")
    chosen = ("--device", "none", "--loopback", "headset.monitor")
    done = livewatch("setup", "--yes", "--test", *chosen, LIVEWATCH_CONFIG=file, **pulse.environ)
    assert done.returncode == 1
    assert "no words" in done.stderr or "No sound came" in done.stderr


def test_the_sounds_there_are_are_offered(pulse: Pulse, tmp_path: Path):
    file = tmp_path / "config.toml"
    master, slave = pty.openpty()
    os.write(master, b"1\n1\n2\nn\n")  # me; the first sound; normal; no test
    done = subprocess.run(
        [*LIVEWATCH, "setup"], stdin=slave, env=environment(LIVEWATCH_CONFIG=str(file), **pulse.environ),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    os.close(slave)
    os.close(master)
    assert done.returncode == 0, done.stderr
    assert "Which sound should it listen to?" in done.stderr
    assert "The call is on this computer, and comes out of" in done.stderr
    assert tomllib.loads(file.read_text())["listen"] == {"device": "default", "loopback": ""}


def test_only_one_listens(pulse: Pulse):
    from tests.live.listening import Listening

    with Listening(pulse.environ, "--device", "call.monitor") as first:
        first.listens()
        done = livewatch("listen", "--json", "--device", "call.monitor", **pulse.environ)
        assert done.returncode == 1
        assert "already listening (process" in done.stderr


def test_a_suspicious_live_call_leaves_a_draft_where_it_was_asked_for(pulse: Pulse, tmp_path: Path):
    from tests.live.listening import Listening

    draft = tmp_path / "draft.txt"
    with Listening(pulse.environ, "--device", "call.monitor", "--report", str(draft)) as run:
        run.listens()
        player = pulse.play(ROOT / "samples" / "microsoft-short.wav")
        run.alert(40)
        player.kill()
        player.wait()
        run.stop()
    text = draft.read_text("utf-8")
    assert "computer" in text
    assert "I received a telephone call." in text
