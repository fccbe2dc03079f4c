"""The recogniser's process, the real one: its queue, its death, and what of a call survives it."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from livewatch.errors import PhraseError
from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    AudioChunk,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Level,
    Match,
    Notice,
    RiskUpdate,
)
from livewatch.runner import wire
from livewatch.runner.feed import LONGEST
from livewatch.runner.recogniser import Message, Recogniser
from livewatch.runner.resume import Resume
from livewatch.settings import load
from tests.command import ROOT
from tests.sinks.events import a_call, a_match, an_alert, said

S = SAMPLE_RATE
CHUNK = S // 25


class Driven:
    """A recogniser and the events it gave."""

    def __init__(self, **settings: object) -> None:
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        spoken = {"engine.name": "moonshine", **settings}
        loaded = load(spoken, {"LIVEWATCH_CONFIG": os.devnull}).settings
        self.recogniser = Recogniser(loaded, 1, self._inbox.put)
        self.events: list[Event] = []

    def work(self, wait_s: float) -> None:
        """Take what it says, for so long."""
        until = time.monotonic() + wait_s
        while (left := until - time.monotonic()) > 0:
            self.recogniser.tend()
            try:
                self.events += self.recogniser.receive(self._inbox.get(timeout=min(left, 0.05)))
            except queue.Empty:
                continue

    def until(self, kind: type[Event], within: float = 30) -> Event:
        """Take what it says until an event of `kind` has come."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            found = [event for event in self.events if isinstance(event, kind)]
            if found:
                return found[-1]
            self.work(0.05)
        raise AssertionError(f"no {kind.__name__} came; {self.recogniser.ready}, {len(self.events)} events")

    def loaded(self) -> None:
        until = time.monotonic() + 30
        while self.recogniser.ready is None and time.monotonic() < until:
            self.work(0.05)


@pytest.fixture
def driven() -> Iterator[Driven]:
    driven = Driven()
    yield driven
    driven.recogniser.close()


def _sound(seconds: float) -> Iterator[AudioChunk]:
    noise = np.random.default_rng(0).integers(-500, 500, round(seconds * S)).astype(np.int16)
    for start in range(0, len(noise), CHUNK):
        yield AudioChunk(noise[start : start + CHUNK], start)


def test_a_recogniser_that_is_too_slow_loses_the_oldest_and_every_sample_is_accounted_for(driven: Driven):
    driven.recogniser.begin("call")
    for chunk in _sound(60):
        driven.recogniser.hear(chunk)
        assert driven.recogniser.behind <= LONGEST + S
    driven.recogniser.end()
    ended = driven.until(CallEnded)
    assert isinstance(ended, CallEnded)
    assert ended.at == 60 * S
    lost = [event for event in driven.events if isinstance(event, Notice) and event.kind == "lost"]
    assert lost
    assert 45 * S < ended.lost < 50.5 * S


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_what_was_shown_survives_a_crash_and_is_not_shown_again(driven: Driven, number: int):
    samples, rate = soundfile.read(ROOT / "samples" / "microsoft-short.wav", dtype="int16", always_2d=True)
    speech = np.repeat(samples[:, 0], S // rate)[: 17 * S]
    driven.recogniser.begin("call")
    driven.loaded()
    killed = False
    for start in range(0, len(speech), CHUNK):
        driven.recogniser.hear(AudioChunk(speech[start : start + CHUNK], start))
        driven.work(0.012)  # about three times as fast as it was spoken
        if not killed and any(isinstance(event, Alert) for event in driven.events):
            killed = True
            os.kill(driven.recogniser._process.pid, number)
    driven.recogniser.end()
    ended = driven.until(CallEnded, 60)
    assert killed
    assert len([event for event in driven.events if isinstance(event, CallStarted)]) == 1
    restarted = [event for event in driven.events if isinstance(event, Notice) and event.kind == "restarted"]
    assert len(restarted) == 1
    assert signal.Signals(number).name in restarted[0].message
    alerts = [event for event in driven.events if isinstance(event, Alert)]
    assert len(alerts) == len({alert.title for alert in alerts}) >= 2  # at the pretext, and at the ask
    assert isinstance(ended, CallEnded)
    assert (ended.level, ended.alerts, ended.lost) == (Level.DANGER, len(alerts), 0)
    places = [(event.phrase, event.start // S) for event in driven.events if isinstance(event, Match)]
    places = [place for place in places if place[0] != "gist"]  # which grows in its place
    assert len(places) == len(set(places))
    utterances = [event.utterance for event in driven.events if isinstance(event, Hypothesis)]
    assert utterances == sorted(utterances)


def test_a_sound_that_kills_it_again_and_again_is_left_out(driven: Driven):
    driven.recogniser.begin("call")
    driven.loaded()
    for chunk in _sound(2):
        driven.recogniser.hear(chunk)
    for _ in range(3):
        driven.loaded()
        os.kill(driven.recogniser._process.pid, signal.SIGSEGV)
        while driven.recogniser.ready is not None:
            driven.work(0.05)
    driven.work(3)
    driven.loaded()
    driven.recogniser.end()
    driven.until(CallEnded)
    told = [event.message for event in driven.events if isinstance(event, Notice) and event.kind == "restarted"]
    assert "heard again" in told[0]
    assert "may be missing" in told[2]


def test_what_cannot_be_loaded_is_told_as_it_would_be_without_a_process():
    driven = Driven(**{"phrases.files": ["/nowhere/list.toml"]})
    with pytest.raises(PhraseError, match="nowhere"):
        driven.work(20)
    driven.recogniser.close()


def test_the_next_call_begins_at_level_none(driven: Driven):
    driven.recogniser.begin("one")
    driven.recogniser.end()
    driven.recogniser.begin("two")
    driven.recogniser.end()
    while len([event for event in driven.events if isinstance(event, CallEnded)]) < 2:
        driven.work(0.1)
    calls = [event.call for event in driven.events if isinstance(event, CallStarted | CallEnded)]
    assert calls == ["one", "one", "two", "two"]


def test_events_and_sound_come_through_unchanged():
    for event in a_call():
        assert wire.event_of(wire.event(event)) == event
    chunk = AudioChunk(np.arange(-5, 5, dtype=np.int16), 12_345_678_901, 7, side="me", waiting=9)
    back = wire.chunk_of(wire.sound(chunk))
    assert back.samples.tolist() == chunk.samples.tolist()
    assert replace(back, samples=chunk.samples) == chunk


def test_a_dismissed_warning_stays_dismissed_after_a_restart():
    resume = Resume("call")
    for event in (a_match(), RiskUpdate(5 * S, Level.DANGER, 31.0, ("x",)), an_alert()):
        assert list(resume.pass_on(event)) == [event]
    resume.dismiss()
    later = a_match("give me the code", 20.0, phrase="code")
    assert list(resume.pass_on(later)) == [later]
    resume.restart()
    begin = resume.begin()
    assert [match.phrase for match in begin.before] == ["computer-infected", "code"]
    assert begin.dismissed == 1
    ended = resume.ended(30 * S)
    assert (ended.level, ended.alerts) == (Level.DANGER, 1)


def test_sentences_that_were_finished_are_not_shown_again_and_numbers_go_on():
    resume = Resume("call")
    done, begun = said("hello this is windows", 1.0, 0), said("your computer", 3.0, 1, final=False)
    assert [*resume.pass_on(done), *resume.pass_on(begun)] == [done, begun]
    resume.restart()
    assert list(resume.pass_on(said("hello this is windows", 1.02, 0))) == []
    again = list(resume.pass_on(said("your computer is infected", 3.0, 1)))
    assert [event.utterance for event in again] == [3]
    assert list(resume.pass_on(CallStarted("call", None, "x", "y"))) == []
    assert list(resume.pass_on(Notice(2 * S, "lost", "0.2 s"))) == []


def test_deaths_while_it_is_loaded_again_do_not_end_the_call(driven: Driven):
    """A computer short of memory kills it again and again; what could be loaded once can be loaded once more."""
    driven.recogniser.begin("call")
    driven.loaded()
    for deaths in range(1, 4):
        driven.recogniser._process.kill()
        until = time.monotonic() + 10
        while len(driven.recogniser._deaths) < deaths and time.monotonic() < until:
            driven.work(0.05)
    driven.loaded()
    assert driven.recogniser.ready is not None
    assert len([event for event in driven.events if isinstance(event, Notice) and event.kind == "restarted"]) == 3
