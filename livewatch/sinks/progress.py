"""How far a long replay is and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.text import Text

from livewatch.events import CallStarted, Event
from livewatch.sinks.plain import plain
from livewatch.sinks.sink import Stamp
from livewatch.sinks.wording import clock

BAR = 20
"""Characters; plain ASCII, which every terminal can show"""


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a run is. Comes a few times a second, whether or not anything is said."""

    call: int
    """Which recording, from 0"""
    calls: int
    """How many there are"""
    delivered: int
    """Samples of this recording delivered so far"""
    run_s: float
    """Seconds since the run's first sample was delivered"""


def far(tick: Tick, duration: int | None, *, paced: bool) -> str:
    """Say how far: the time within a recording that runs at its own pace, else a bar with a forecast for the whole run.

    `duration` is in samples; None when unknown, and then there is no forecast for the last recording.
    """
    if paced:
        return clock(tick.delivered) + (f" of {clock(duration)}" if duration else "")
    which = f"{tick.call + 1} of {tick.calls}, " if tick.calls > 1 else ""
    if not duration:
        return f"{which}{clock(tick.delivered)}"
    done = (tick.call + min(tick.delivered / duration, 1.0)) / tick.calls
    full = int(done * BAR)
    bar = f"[{'#' * full}{'-' * (BAR - full)}] {which}{done:.0%}"
    if tick.run_s < 1 or done <= 0.01:  # too early to tell
        return bar
    return f"{bar}, about {forecast(tick.run_s * (1 - done) / done)} left"


def forecast(left_s: float) -> str:
    """Write a time that is only a guess: seconds, minutes, or hours and minutes."""
    if left_s < 60:
        return f"{left_s:.0f} s"
    minutes = round(left_s / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


class ProgressLine:
    """One line on the terminal while the events themselves go elsewhere (`--json` into a file or a program)."""

    def __init__(self, console: Console, *, paced: bool) -> None:
        """Take the console of standard error; `paced` as for `far`."""
        self._live = Live(
            console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._paced = paced
        self._call = ""
        self._duration: int | None = None

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Note which recording is running."""
        if isinstance(event, CallStarted):
            self._call, self._duration = event.call, event.duration
            self._live.start()

    def tick(self, tick: Tick) -> None:
        """Redraw the line."""
        text = f"{far(tick, self._duration, paced=self._paced)}  {self._call}"
        self._live.update(Text(plain(text), no_wrap=True, overflow="ellipsis"), refresh=True)

    def close(self) -> None:
        """Remove the line."""
        self._live.stop()
