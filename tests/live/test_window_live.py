"""`livewatch listen` with its window, on a real sound server and a real display."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from tests.command import start
from tests.display import needs_display, windows
from tests.live.listening import SAMPLES
from tests.live.pulse import Pulse, needs_pulse

pytestmark = [needs_pulse, needs_display]

PHRASE_END_S = 15.025
"""Of the phrase in the sample that makes it dangerous"""


def _wait(display: str, name: str, within: float) -> float:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if windows(display, name):
            return time.monotonic()
        time.sleep(0.02)
    raise AssertionError(f"no window {name!r} within {within} s")


def test_a_call_that_is_played_is_warned_of_on_the_screen(pulse: Pulse, display: str):
    """The tone sounds into the sink that is listened to: it must not be heard as words."""
    environ = {**pulse.environ, "DISPLAY": display, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    began = time.monotonic()
    listening = start("listen", environ=environ)
    try:
        assert _wait(display, "livewatch: ", 30) - began < 15
        time.sleep(4)
        played = time.monotonic()
        player = pulse.play(SAMPLES / "microsoft-short.wav")
        warned = _wait(display, "livewatch: danger", 30)
        assert warned - played < PHRASE_END_S + 8  # the bar is half a second (benchmarks.live_latency)
        window = windows(display, "livewatch: danger")[0]
        player.wait(60)
        time.sleep(3)  # what is said after the answer belongs to a new call, which may be warned of again
        for arguments in (["windowactivate", "--sync", window], ["key", "Return"]):
            subprocess.run(["xdotool", *arguments], env={**os.environ, "DISPLAY": display}, check=True, timeout=10)
        until = time.monotonic() + 15
        while windows(display, "livewatch: danger"):
            assert time.monotonic() < until, "the answer did not take the warning away"
            time.sleep(0.1)
        listening.send_signal(signal.SIGINT)
        assert listening.wait(30) == 130
        _, said = listening.communicate()
        assert "Traceback" not in said
    finally:
        listening.kill()
        listening.wait()
