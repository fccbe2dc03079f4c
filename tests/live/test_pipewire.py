"""The same on PipeWire, which fails differently: a device that goes is replaced in silence, and the stream goes on."""

from __future__ import annotations

import time

from tests.command import livewatch
from tests.live.listening import SAMPLES, Listening
from tests.live.pipewire import PipeWire, needs_pipewire
from tests.live.test_faults import CURED_S, SEEN_S

pytestmark = needs_pipewire


def test_monitors_are_found_a_call_is_heard_and_a_device_that_is_replaced_is_told(pipewire: PipeWire):
    shown = livewatch("devices", **pipewire.environ)
    assert "call.monitor" in shown.stdout, shown.stderr
    assert "other.monitor" in shown.stdout
    with Listening(pipewire.environ, "--device", "telephone") as listening:
        listening.listens()
        pipewire.play(SAMPLES / "microsoft-short.wav")
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30)
        sink = next(each for each in pipewire.listed("sinks") if each["name"] == "call")
        done = time.monotonic()
        pipewire.pactl("unload-module", str(sink["owner_module"]))
        seen = listening.wait(
            lambda event: event["event"] == "notice" and event["kind"] in ("dead", "moved"), 2 * SEEN_S, done
        )
        assert seen.at - done < SEEN_S
        pipewire.pactl(
            "load-module", "module-null-sink", "sink_name=call", "sink_properties=device.description=Telephone"
        )
        back = time.monotonic()
        assert listening.notice("recovered", 2 * CURED_S, back).at - back < CURED_S
        pipewire.play(SAMPLES / "microsoft-short.wav")
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30, back)
        assert listening.stop()["event"] == "call_ended"


def test_a_server_that_crashes_is_missed_and_found_again(pipewire: PipeWire):
    with Listening(pipewire.environ, "--device", "telephone") as listening:
        listening.listens()
        time.sleep(1)
        done = time.monotonic()
        pipewire.kill()
        assert listening.notice("dead", 2 * SEEN_S, done).at - done < SEEN_S
        pipewire.start_server()
        back = time.monotonic()
        assert listening.notice("recovered", 2 * CURED_S, back).at - back < CURED_S
        listening.stop()
