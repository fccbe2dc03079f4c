"""What every sink must do, the fake one of the tests included."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from livewatch.events import Event, Level
from livewatch.sinks.files import FORMATS, Files
from livewatch.sinks.history import History
from livewatch.sinks.jsonl import JsonLines
from livewatch.sinks.lines import Lines
from livewatch.sinks.progress import ProgressLine
from livewatch.sinks.record import Recorder
from livewatch.sinks.sink import Sink
from livewatch.sinks.summary import Summaries
from livewatch.sinks.terminal import Terminal
from livewatch.sinks.window.bridge import WindowSink
from tests.fakes import Collected
from tests.sinks.events import STAMP, a_call, a_match, an_alert, said


def _no_trouble(name: str, error: Exception) -> None:
    raise AssertionError(name) from error


def _console() -> Console:
    # The colours of the other tests: rich keeps a style's codes from the first console it was drawn on.
    return Console(file=io.StringIO(), force_terminal=True, width=50, height=20, color_system="truecolor")


SINKS: dict[str, Callable[[Path], Sink]] = {
    "jsonl": lambda _: JsonLines(io.StringIO()),
    "lines": lambda _: Lines(io.StringIO(), words=True),
    "terminal": lambda _: Terminal(_console(), words=True, paced=True),
    "progress": lambda _: ProgressLine(_console(), paced=False),
    "files": lambda folder: Files(tuple(FORMATS), folder, _no_trouble),
    "history": lambda folder: History(folder / "history", _no_trouble),
    "recorder": lambda _: Recorder(),
    "summaries": lambda _: Summaries(str),
    "window": lambda _: WindowSink(),
    "collected": lambda _: Collected(),
}


@pytest.fixture(params=SINKS)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Sink]:
    return lambda: SINKS[request.param](tmp_path)


def _handle(sink: Sink, events: list[Event]) -> None:
    for event in events:
        sink.handle(event, STAMP)


def test_it_takes_several_calls_one_after_the_other(make):
    sink = make()
    _handle(sink, [*a_call("one.wav"), *a_call("two.wav"), *a_call("-")])
    sink.close()


def test_it_takes_a_call_that_breaks_off_and_another_after_it(make):
    for kept in range(len(a_call())):
        sink = make()
        _handle(sink, a_call("one.wav")[:kept] + a_call("two.wav"))
        sink.close()


def test_it_can_be_closed_without_any_call_and_twice(make):
    sink = make()
    sink.close()
    sink.close()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1).filter(str.strip), st.sampled_from([Level.CAUTION, Level.DANGER]))
def test_it_takes_whatever_is_said(make, text, level):
    sink = make()
    events: list[Event] = [
        a_call()[0],
        said(text, 1, final=False),
        a_match(heard=text, why=text),
        an_alert(level, title=text, advice=(), evidence=()),
        an_alert(level, title=text, advice=(text,), evidence=(a_match(heard=text),)),
        said(text, 1),
        said("", 2, 1),
        a_call()[-1],
    ]
    _handle(sink, events)
    sink.close()
