"""`livewatch doctor` beside a sound server of its own."""

from __future__ import annotations

import json

from tests.command import ROOT, livewatch
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse


def test_a_device_that_plays_is_heard_and_one_that_does_not_is_told(pulse: Pulse):
    playing = pulse.play(ROOT / "samples" / "microsoft-short.wav")
    try:
        done = livewatch("doctor", "--json", **pulse.environ)
    finally:
        playing.kill()
        playing.wait()
    sound = [finding for finding in json.loads(done.stdout)["findings"] if finding["area"] == "sound"]
    monitors = [finding for finding in sound if "loopback" in finding["text"]]
    assert any("heard, peak" in finding["text"] for finding in monitors), sound
    assert not [finding for finding in sound if finding["state"] == "bad"]
