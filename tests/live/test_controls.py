"""What people can do to a live run, and what they see of it: a listener in this process, a real server, real sound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from livewatch.audio.wanted import Wanted
from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    CallEnded,
    CallStarted,
    Event,
    Hearing,
    HearingState,
    Hypothesis,
    Level,
    Notice,
    RiskUpdate,
)
from livewatch.runner import Stop
from livewatch.runner.listen import Listener
from livewatch.settings import load
from tests.fakes import Collected
from tests.live.listening import SAMPLES
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse


class Live:
    """A listener that runs in a thread."""

    def __init__(self) -> None:
        self.sink = Collected()
        settings = load({"engine.name": "moonshine"}, {"LIVEWATCH_CONFIG": "/dev/null"}).settings
        self.controls = Listener(settings, [Wanted("telephone", "input", "any")], [self.sink], Stop())
        self._thread = threading.Thread(target=self.controls.run)
        self._thread.start()

    def until(self, wanted: Callable[[Event], bool], within: float) -> Event:
        until = time.monotonic() + within
        while time.monotonic() < until:
            for event in list(self.sink.events):
                if wanted(event):
                    return event
            time.sleep(0.02)
        raise AssertionError(f"it did not come: {[e for e in self.sink.events if isinstance(e, Notice)]}")

    def of(self, *kinds: type) -> list[Event]:
        return [event for event in list(self.sink.events) if isinstance(event, kinds)]

    def states(self) -> list[HearingState]:
        """The states in order, each once."""
        states: list[HearingState] = []
        for event in self.of(Hearing):
            assert isinstance(event, Hearing)
            if states[-1:] != [event.state]:
                states.append(event.state)
        return states

    def close(self) -> None:
        self.controls.stop()
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def live(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    for name, value in pulse.environ.items():
        monkeypatch.setenv(name, value)
    live = Live()
    yield live
    live.close()
    assert live.sink.closed == 1
    assert isinstance(live.of(CallStarted, CallEnded)[-1], CallEnded)


def _ready(live: Live) -> None:
    live.until(lambda event: isinstance(event, Notice) and event.kind == "listening", 20)


def test_it_looks_like_listening_only_once_it_listens(live: Live):
    _ready(live)
    live.until(lambda event: isinstance(event, Hearing) and event.state is HearingState.LISTENING, 15)
    assert live.states() == [HearingState.STARTING, HearingState.LISTENING]


def test_paused_it_hears_nothing_and_looks_like_it(pulse: Pulse, live: Live):
    _ready(live)
    live.controls.pause(True)
    live.until(lambda event: isinstance(event, Notice) and event.kind == "paused", 15)
    pulse.play(SAMPLES / "microsoft-short.wav")
    time.sleep(6)
    assert not [event for event in live.of(Hypothesis) if event.text]  # type: ignore[union-attr]
    assert live.states()[-1] is HearingState.PAUSED
    live.controls.pause(False)
    live.until(lambda event: isinstance(event, Hypothesis) and bool(event.text), 30)
    live.close()
    ended = live.of(CallEnded)[-1]
    assert isinstance(ended, CallEnded)
    assert ended.lost == 0


def test_its_own_voice_is_not_recognised(pulse: Pulse, live: Live):
    _ready(live)
    heard = live.of(Hearing)[-1]
    assert isinstance(heard, Hearing)
    live.controls.mute_for(5)
    pulse.play(SAMPLES / "microsoft-short.wav")
    first = live.until(lambda event: isinstance(event, Hypothesis) and bool(event.text), 40)
    assert isinstance(first, Hypothesis)
    assert first.words[0].start > heard.at + 4.5 * SAMPLE_RATE  # the sample speaks from its first second on


def test_of_a_caller_who_is_known_nothing_is_warned(pulse: Pulse, live: Live):
    _ready(live)
    live.controls.known_caller()
    pulse.play(SAMPLES / "microsoft-short.wav")
    live.until(lambda event: isinstance(event, Hypothesis) and "remote access" in event.text.lower(), 50)
    time.sleep(1.5)
    assert not live.of(Alert, RiskUpdate)


def test_a_wrong_alarm_is_forgotten_a_new_ask_warns_and_hanging_up_begins_the_next_call(pulse: Pulse, live: Live):
    _ready(live)
    pulse.play(SAMPLES / "microsoft-short.wav")
    first_alert = live.until(lambda event: isinstance(event, Alert), 40)
    live.controls.answered("not_scam")
    live.until(lambda event: isinstance(event, RiskUpdate) and event.level is Level.NONE and not event.reasons, 15)
    live.until(lambda event: isinstance(event, Alert) and event.level is Level.DANGER and event is not first_alert, 40)
    live.controls.answered("hung_up")
    live.until(lambda event: isinstance(event, CallEnded), 20)
    live.until(lambda event: len(live.of(CallStarted)) == 2, 20)
    live.close()
    first, second = live.of(CallEnded)
    assert isinstance(first, CallEnded)
    assert isinstance(second, CallEnded)
    assert (first.level, second.at < first.at) == (Level.DANGER, True)
