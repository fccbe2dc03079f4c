"""The recogniser's process is killed while a call goes on: no alert is lost, none comes twice."""

from __future__ import annotations

import random
import signal
import time

from tests.live.listening import SAMPLES, Listening, kill_child
from tests.live.pulse import Pulse, needs_pulse
from tests.live.test_faults import CURED_S, SEEN_S

pytestmark = needs_pulse


def test_kills_at_random_moments_lose_no_alert_and_repeat_none(pulse: Pulse):
    """Three kills, at random moments, in a call that must reach caution and danger."""
    chance = random.Random()
    with Listening(pulse.environ) as listening:
        listening.listens()
        began = time.monotonic()
        pulse.play(SAMPLES / "microsoft-short.wav")
        for number, after in zip((signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT), (4, 12, 20), strict=True):
            time.sleep(max(0.0, began + after + chance.uniform(0, 4) - time.monotonic()))
            killed = kill_child(listening, number)
            told = listening.notice("restarted", 2 * SEEN_S, killed)
            assert told.at - killed < SEEN_S
            assert number.name in told.event["message"]
        listening.alert(40)
        time.sleep(4)
        last = listening.stop()
        titles = [event["title"] for event in listening.events("alert")]
        assert len(titles) == len(set(titles)) >= 1
        assert last["level"] == "danger"
        assert last["alerts"] == len(titles)
        assert last["lost_s"] == 0
        found = [(event["phrase"], round(event["start_s"])) for event in listening.events("match")]
        phrases = [told for told in found if told[0] != "gist"]
        assert len(phrases) == len(set(phrases))
        gist = [(event["points"], event["start_s"]) for event in listening.events("match") if event["phrase"] == "gist"]
        assert len(gist) == len(set(gist))  # it grows, and a new process begins with the words it hears again


def test_words_go_on_soon_after_a_kill(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        pulse.play(SAMPLES / "microsoft-short.wav")
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30)
        killed = kill_child(listening, signal.SIGSEGV)
        came = listening.wait(lambda event: event["event"] == "words" and event["text"], 15, killed + 0.1)
        assert came.at - killed < 3 + SEEN_S  # 3 s is the bar on a quiet computer


def test_a_recogniser_that_hangs_is_replaced(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        stopped = kill_child(listening, signal.SIGSTOP)
        assert listening.notice("behind", 2 + 2 * SEEN_S, stopped).at - stopped < 2 + SEEN_S  # told at 2 s behind
        listening.notice("restarted", 25, stopped)
        listening.notice("caught_up", 30, stopped)
        pulse.play(SAMPLES / "microsoft-short.wav")
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30, stopped)
        assert listening.stop()["event"] == "call_ended"


def test_the_process_that_holds_the_device_is_replaced(pulse: Pulse):
    with Listening(pulse.environ) as listening:
        listening.listens()
        time.sleep(1)
        killed = kill_child(listening, signal.SIGSEGV, "livewatch.audio.capture")
        assert listening.notice("dead", 2 * SEEN_S, killed).at - killed < SEEN_S
        recovered = listening.notice("recovered", 2 * CURED_S, killed).at
        assert recovered - killed < CURED_S
        assert listening.stop()["lost_s"] < recovered - killed + 2
