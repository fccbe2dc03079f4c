"""What can go wrong with live sound, done to a real sound server: it is seen, and over soon after its cause."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.live.listening import SAMPLES, Listening
from tests.live.pipe import Pipe, noise
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse

SEEN_S = 4.0
CURED_S = 10.0
"""Twice the bars: those are measured on a quiet computer (benchmarks.faults); here it may have a lot else to do"""


@pytest.fixture
def listening(pulse: Pulse) -> Iterator[Listening]:
    with Listening(pulse.environ, "--device", "telephone") as listening:
        listening.listens()
        time.sleep(1)
        yield listening


def _recovers(pulse: Pulse, listening: Listening, since: float) -> None:
    """It says that it hears again, and does."""
    assert listening.notice("recovered", 2 * CURED_S, since).at - since < CURED_S
    pulse.play(SAMPLES / "microsoft-short.wav")
    listening.wait(lambda event: event["event"] == "words" and event["text"], 30, since)


def _call_ends_once(listening: Listening) -> dict:
    last = listening.stop()
    assert last["event"] == "call_ended"
    assert len(listening.events("call_started")) == len(listening.events("call_ended")) == 1
    return last


def _unplug(pulse: Pulse, name: str) -> None:
    sink = next(each for each in pulse.listed("sinks") if each["name"] == name)
    pulse.pactl("unload-module", str(sink["owner_module"]))


def _plug_in(pulse: Pulse) -> float:
    """It comes back as another card would: other rate, one channel."""
    pulse.pactl(
        "load-module", "module-null-sink", "sink_name=call", "rate=8000", "channels=1",
        "sink_properties=device.description=Telephone",
    )  # fmt: skip
    return time.monotonic()


def test_a_device_that_is_unplugged_is_missed_at_once_and_found_again_by_its_name(pulse: Pulse, listening: Listening):
    _unplug(pulse, "other")
    done = time.monotonic()
    _unplug(pulse, "call")
    assert listening.notice("dead", SEEN_S + 3, done).at - done < SEEN_S
    time.sleep(3)
    assert "recovered" not in listening.told()
    _recovers(pulse, listening, _plug_in(pulse))
    assert _call_ends_once(listening)["lost_s"] > 2.5


def test_a_device_that_the_server_replaces_by_another_is_taken_again_when_it_is_back(
    pulse: Pulse, listening: Listening
):
    done = time.monotonic()
    _unplug(pulse, "call")
    assert listening.notice("moved", SEEN_S + 3, done).at - done < SEEN_S
    time.sleep(1)
    _recovers(pulse, listening, _plug_in(pulse))
    _call_ends_once(listening)


def test_a_sound_server_that_crashes_is_missed_and_found_again(pulse: Pulse, listening: Listening):
    done = time.monotonic()
    pulse.kill()
    assert listening.notice("dead", SEEN_S + 3, done).at - done < SEEN_S
    time.sleep(2)
    pulse.start()
    _recovers(pulse, listening, time.monotonic())
    _call_ends_once(listening)


def test_a_sound_server_that_stands_still_is_seen_and_its_late_sound_is_not_thrown_away(
    pulse: Pulse, listening: Listening
):
    done = time.monotonic()
    pulse.signal(signal.SIGSTOP)
    assert listening.notice("stalled", SEEN_S + 3, done).at - done < SEEN_S
    time.sleep(max(0.0, done + 6 - time.monotonic()))
    pulse.signal(signal.SIGCONT)
    _recovers(pulse, listening, time.monotonic())
    last = _call_ends_once(listening)
    assert last["audio_s"] == pytest.approx(listening.lasted(), abs=1)


def test_a_source_that_is_suspended_is_seen(pulse: Pulse, listening: Listening):
    done = time.monotonic()
    pulse.pactl("suspend-sink", "call", "1")
    seen = listening.wait(
        lambda event: event["event"] == "notice" and event["kind"] in ("suspended", "stalled"), SEEN_S + 3, done
    )
    assert seen.at - done < SEEN_S
    time.sleep(2)
    pulse.pactl("suspend-sink", "call", "0")
    _recovers(pulse, listening, time.monotonic())
    time.sleep(4)  # only then is it sure that nothing comes late
    last = _call_ends_once(listening)
    assert last["audio_s"] == pytest.approx(listening.lasted(), abs=1)


def test_a_stream_that_is_moved_to_another_source_is_seen(pulse: Pulse, listening: Listening):
    (output,) = pulse.listed("source-outputs")
    done = time.monotonic()
    pulse.pactl("move-source-output", str(output["index"]), "other.monitor")
    moved = listening.notice("moved", SEEN_S + 3, done)
    assert moved.at - done < SEEN_S
    assert "other.monitor" in moved.event["message"]
    _call_ends_once(listening)


def test_who_asked_for_the_default_gets_the_new_default(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        time.sleep(1)
        done = time.monotonic()
        pulse.pactl("set-default-source", "other.monitor")
        assert "Monitor of Other" in listening.notice("moved", CURED_S, done).event["message"]
        pulse.play(SAMPLES / "microsoft-short.wav", "other")
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30)
        _call_ends_once(listening)


@pytest.fixture
def fifo(pulse: Pulse, tmp_path: Path) -> Iterator[Pipe]:
    pipe = Pipe(pulse, tmp_path)
    yield pipe
    pipe.close()


def test_digital_silence_and_a_source_that_crackles_are_told_from_a_quiet_room(pulse: Pulse, fifo: Pipe):
    fifo.sound = noise(1)  # one step of int16: a very quiet room
    with Listening(pulse.environ, "--device", "fifo") as listening:
        listening.listens()
        time.sleep(7)
        assert not {"muted", "silent", "quiet"} & set(listening.told())
        done = time.monotonic()
        fifo.sound = lambda count: np.zeros(count, np.int16)
        muted = listening.notice("muted", 5 + 2 * SEEN_S, done)
        assert 4.5 < muted.at - done < 5 + SEEN_S
        fifo.sound = noise(1)
        listening.notice("recovered", CURED_S, muted.at)
        done = time.monotonic()
        loud = np.sin(np.arange(320) * 2 * np.pi * 5 / 320) * 60_000
        fifo.sound = lambda count: np.clip(loud, -32_768, 32_767).astype(np.int16)
        assert listening.notice("clipping", 12, done).at - done < 2 + SEEN_S  # two bad seconds make it one
        _call_ends_once(listening)


def test_a_source_that_runs_too_slow_is_seen(pulse: Pulse, fifo: Pipe):
    fifo.sound = noise(50)
    fifo.pace = 0.95
    with Listening(pulse.environ, "--device", "fifo") as listening:
        listening.listens()
        assert "slow" in listening.notice("off_rate", 40).event["message"]
        _call_ends_once(listening)
