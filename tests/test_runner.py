"""The runner: pace, loss, lag, failures, Ctrl-C. Real threads and a real clock; the pipeline is real or a probe."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.assembly import Kit
from livewatch.audio.source import Source
from livewatch.audio.stdin import StdinSource
from livewatch.errors import AudioError
from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    AudioChunk,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Level,
    Notice,
)
from livewatch.runner import Call, Outcome, Runner, Stop
from livewatch.runner.feed import PIECE, Fed, Queue
from livewatch.settings import load
from livewatch.sinks.progress import Tick
from livewatch.sinks.sink import Sink
from tests.fakes import Collected, SilentSource

S = SAMPLE_RATE


def _run(
    watch: Callable[[Source], Iterator[Event]],
    sources: list[Source | Exception],
    *sinks: Sink,
    paced: bool = False,
    stop: Stop | None = None,
    waits: bool = False,
    tick: Callable[[Tick], None] | None = None,
) -> tuple[Outcome, list[tuple[str, Exception]]]:
    told: list[tuple[str, Exception]] = []

    def opener(source: Source | Exception) -> Callable[[], Source]:
        def open_it() -> Source:
            if isinstance(source, Exception):
                raise source
            return source

        return open_it

    calls = [Call(f"call {number}", opener(source), waits) for number, source in enumerate(sources)]
    runner = Runner(
        watch,
        sinks,
        paced=paced,
        stop=stop or Stop(),
        report=lambda name, error: told.append((name, error)),
        tick=tick,
    )
    return runner.run(calls), told


def _probe(source: Source, work: Callable[[AudioChunk], None] = lambda chunk: None) -> Iterator[Event]:
    """A pipeline that only works on each chunk and says one thing per chunk."""
    yield CallStarted(source.name, source.duration, "probe", "none")
    at = 0
    for chunk in source:
        work(chunk)
        at = chunk.end
        yield Hypothesis((), 0, True, 0, at)
    yield CallEnded(source.name, at, Level.NONE, 0, 0)


class _Breaks(SilentSource):
    """Half of its sound, then an error."""

    error: Exception = AudioError("damaged", "The recording is cut off.", "Get it again.")

    def __iter__(self) -> Iterator[AudioChunk]:
        for chunk in super().__iter__():
            if chunk.start * 2 >= (self.duration or 0):
                raise self.error
            yield chunk


@pytest.fixture
def kit() -> Iterator[Kit]:
    kit = Kit(load({"engine.name": "scripted"}, {"LIVEWATCH_CONFIG": os.devnull}).settings, live=False)
    yield kit
    kit.close()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "call.txt"
    path.write_text("Hello sir. I need remote access to your computer. It will only take a minute.\n")
    return path


def test_an_alert_comes_through_with_stamps_that_only_rise(kit, script):
    sink = Collected()
    outcome, told = _run(kit.watch, [kit.open(script)], sink)
    assert outcome.alerts >= 1
    assert not outcome.interrupted
    assert not told
    assert isinstance(sink.events[0], CallStarted)
    assert isinstance(sink.events[-1], CallEnded)
    for stamps in ([stamp.wall_s for stamp in sink.stamps], [stamp.cpu_s for stamp in sink.stamps]):
        assert stamps == sorted(stamps)
        assert stamps[0] >= 0
    assert sink.closed == 1


def test_paced_and_unpaced_replay_give_the_same_events(kit, script):
    fast, paced = Collected(), Collected()
    _run(kit.watch, [kit.open(script)], fast)
    _run(kit.watch, [kit.open(script)], paced, paced=True)
    finals = [[e.text for e in sink.events if isinstance(e, Hypothesis) and e.final] for sink in (fast, paced)]
    assert finals[0] == finals[1]
    alerts = [[(e.at, e.title) for e in sink.events if isinstance(e, Alert)] for sink in (fast, paced)]
    assert alerts[0] == alerts[1]
    assert paced.stamps[-1].wall_s >= fast.stamps[-1].wall_s


def test_each_piece_is_delivered_when_its_last_sample_would_have_been_spoken():
    arrived: list[tuple[float, AudioChunk]] = []
    fed = Fed(SilentSource("tone", 3 * S // 2), Stop(), paced=True)
    for chunk in fed:
        arrived.append((time.monotonic(), chunk))
        if len(arrived) == 20:
            time.sleep(0.15)  # a slow moment must not move the schedule
    assert fed.began is not None
    lateness = [at - fed.began - chunk.end / S for at, chunk in arrived]
    assert min(lateness) >= -0.001
    assert np.median(lateness) < 0.05
    assert all(len(chunk.samples) <= PIECE for _, chunk in arrived)
    assert sum(len(chunk.samples) for _, chunk in arrived) == 3 * S // 2
    assert max(chunk.waiting for _, chunk in arrived) >= 2 * PIECE


def test_a_reader_that_is_too_slow_loses_the_oldest_and_knows_how_much():
    fed = Fed(SilentSource("x", S), Stop(), paced=True, limit=S // 5)
    end = lost = heard = 0
    for chunk in fed:
        assert chunk.start == end + chunk.lost
        assert chunk.waiting <= S // 5
        end, lost, heard = chunk.end, lost + chunk.lost, heard + len(chunk.samples)
        time.sleep(2.5 * PIECE / S)
    assert lost > 0
    assert end == S
    assert heard + lost == S


@given(st.lists(st.one_of(st.none(), st.integers(1, 700)), max_size=60), st.integers(1, 2000))
def test_the_queue_never_holds_more_than_its_limit_and_accounts_for_every_sample(steps, limit):
    queue = Queue(limit)
    delivered = taken = lost = 0
    for step in [*steps, *[None] * 61]:
        if step is not None:
            queue.put(AudioChunk(np.zeros(step, np.int16), delivered))
            delivered += step
            continue
        chunk = queue.take(wait_s=0)
        if chunk is not None:
            assert chunk.start == taken + chunk.lost
            assert chunk.waiting <= limit
            assert chunk.waiting == delivered - chunk.end
            taken, lost = chunk.end, lost + chunk.lost
    assert taken == delivered


def test_lag_is_said_once_and_so_is_its_end(monkeypatch):
    monkeypatch.setattr("livewatch.runner.tap.BEHIND", S // 5)
    monkeypatch.setattr("livewatch.runner.tap.CAUGHT_UP", S // 20)
    sink = Collected()

    def work(chunk: AudioChunk) -> None:
        if chunk.start == 10 * PIECE:
            time.sleep(0.5)

    _run(lambda source: _probe(source, work), [SilentSource("x", 3 * S // 2)], sink, paced=True)
    notices = [event for event in sink.events if isinstance(event, Notice)]
    assert [notice.kind for notice in notices] == ["behind", "caught_up"]
    assert "s behind the call" in notices[0].message


def test_an_unpaced_replay_is_never_behind_and_needs_no_thread():
    sink, threads = Collected(), set()
    before = threading.active_count()
    _run(
        lambda source: _probe(source, lambda _: threads.add(threading.active_count())),
        [SilentSource("x", 60 * S)],
        sink,
    )
    assert threads == {before}
    assert not [event for event in sink.events if isinstance(event, Notice)]


@pytest.mark.parametrize("paced", [False, True])
def test_a_call_that_fails_is_told_ended_and_the_others_go_on(kit, script, paced):
    sink = Collected()
    missing = AudioError("missing", "There is no file.", "Look again.")
    sources = [missing, _Breaks("cut.wav", S), kit.open(script)]

    def watch(source: Source) -> Iterator[Event]:
        return kit.watch(source) if source.name == str(script) else _probe(source)

    outcome, told = _run(watch, sources, sink, paced=paced)
    assert outcome.failed == 2
    assert outcome.alerts >= 1
    assert [name for name, _ in told] == ["call 0", "call 1"]
    assert told[0][1] is missing
    assert told[1][1] is _Breaks.error
    cut = sink.events[: next(n for n, e in enumerate(sink.events) if isinstance(e, CallEnded)) + 1]
    assert isinstance(cut[-2], Notice)
    assert cut[-2].kind == "failed"
    assert cut[-1] == CallEnded("cut.wav", S // 2, Level.NONE, 0, 0)
    assert isinstance(sink.events[-1], CallEnded)
    assert sink.events[-1].level is Level.DANGER


def test_what_was_found_before_a_failure_is_in_its_end(kit, script):
    sink = Collected()

    def watch(source: Source) -> Iterator[Event]:
        yield from list(kit.watch(source))[:-1]
        raise RuntimeError("a fault of our own")

    outcome, told = _run(watch, [kit.open(script), SilentSource("x", S)], sink)
    ends = [event for event in sink.events if isinstance(event, CallEnded)]
    assert ends[0].level is Level.DANGER
    assert ends[0].alerts == outcome.alerts >= 1
    assert isinstance(told[0][1], RuntimeError)


def test_what_is_wrong_with_a_recording_that_can_be_read_is_said_before_its_end():
    source = SilentSource("x", S)
    source.problems = ["It was cut off."]  # type: ignore[attr-defined]
    sink = Collected()
    outcome, _ = _run(_probe, [source], sink)
    assert sink.events[-2] == Notice(S, "damaged", "It was cut off.")
    assert isinstance(sink.events[-1], CallEnded)
    assert outcome.failed == 0


@pytest.mark.parametrize("paced", [False, True])
def test_a_stop_ends_the_call_cleanly_and_begins_no_other(kit, script, paced):
    sink, stop = Collected(), Stop()

    def watch(source: Source) -> Iterator[Event]:
        for event in kit.watch(source):
            yield event
            if isinstance(event, Alert):
                stop.requested = True

    began = time.monotonic()
    outcome, told = _run(watch, [kit.open(script), kit.open(script)], sink, stop=stop, paced=paced)
    assert outcome.interrupted
    assert not told
    ends = [event for event in sink.events if isinstance(event, CallEnded)]
    assert len(ends) == 1
    assert ends[0] is sink.events[-1]
    assert ends[0].level is Level.DANGER
    assert any(isinstance(event, Hypothesis) and event.final and "remote access" in event.text for event in sink.events)
    assert "only take a minute" not in " ".join(e.text for e in sink.events if isinstance(e, Hypothesis))
    assert sink.closed == 1
    assert time.monotonic() - began < 10


def test_the_second_ctrl_c_ends_it_hard_and_the_handlers_are_given_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Stop() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_silent_pipe_can_be_stopped():
    reading, writing = os.pipe()
    stop, sink = Stop(), Collected()
    threading.Timer(0.3, lambda: setattr(stop, "requested", True)).start()
    began = time.monotonic()
    with os.fdopen(reading, "rb", buffering=0) as stream:
        os.write(writing, bytes(6400))
        outcome, _ = _run(_probe, [StdinSource(stream)], sink, stop=stop, waits=True)  # type: ignore[list-item]
        os.close(writing)
        time.sleep(0.1)  # the feeder sees the end of its pipe before the descriptor goes
    assert outcome.interrupted
    assert 0.25 < time.monotonic() - began < 2
    assert isinstance(sink.events[-1], CallEnded)


def test_a_pipe_loses_nothing_however_slow_the_reader():
    reading, writing = os.pipe()
    data = np.arange(3 * S, dtype=np.int16).tobytes()
    writer = threading.Thread(target=lambda: (os.fdopen(writing, "wb").write(data), None))
    writer.start()
    heard: list[AudioChunk] = []

    def work(chunk: AudioChunk) -> None:
        heard.append(chunk)
        time.sleep(0.02)

    with os.fdopen(reading, "rb", buffering=0) as stream:
        _run(lambda source: _probe(source, work), [StdinSource(stream)], waits=True)  # type: ignore[list-item]
    writer.join()
    assert np.concatenate([chunk.samples for chunk in heard]).tobytes() == data
    assert {chunk.waiting for chunk in heard} == {0}
    assert {chunk.lost for chunk in heard} == {0}


class _Fails(Collected):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def handle(self, event, stamp):
        super().handle(event, stamp)
        if len(self.events) == 3:
            raise self.error


def test_a_reader_that_has_gone_away_ends_the_run_quietly():
    other = Collected()
    outcome, told = _run(_probe, [SilentSource("x", S), SilentSource("y", S)], _Fails(BrokenPipeError()), other)
    assert outcome == Outcome(failed=0, alerts=0, interrupted=False)
    assert not told
    assert other.closed == 1
    assert {event.call for event in other.events if isinstance(event, CallStarted)} == {"x"}


def test_a_sink_that_cannot_go_on_ends_the_run_with_its_error():
    other = Collected()
    with pytest.raises(OSError, match="No space left"):
        _run(_probe, [SilentSource("x", S)], _Fails(OSError(28, "No space left on device")), other)
    assert other.closed == 1


def test_no_feeder_is_left_behind():
    _run(_probe, [SilentSource("x", S // 5)] * 3, Collected(), paced=True)
    assert not [thread for thread in threading.enumerate() if thread.name == "feeder"]


def test_ticks_come_also_when_nothing_is_said():
    ticks: list[Tick] = []
    _run(_probe, [SilentSource("x", S // 2), SilentSource("y", S // 2)], Collected(), paced=True, tick=ticks.append)
    assert {(tick.call, tick.calls) for tick in ticks} == {(0, 2), (1, 2)}
    assert 6 <= len(ticks) <= 12
    assert [tick.run_s for tick in ticks] == sorted(tick.run_s for tick in ticks)
