"""Where the sound of a live track belongs on the clock of its call."""

from __future__ import annotations

from livewatch.audio.clock import TrackClock
from livewatch.events import SAMPLE_RATE

S = SAMPLE_RATE
BLOCK = S // 25


class Line:
    """Blocks of 40 ms that arrive when they were spoken, unless said otherwise."""

    def __init__(self, began: float = 1.0) -> None:
        self.clock = TrackClock()
        self.clock.opened()
        self.now = began
        self.lost = 0
        self.starts: list[int] = []

    def run(self, seconds: float, pace: float = 1.0) -> None:
        """Give so many seconds of sound, arriving `pace` times as fast as it was spoken."""
        for _ in range(round(seconds * 25)):
            self.now += 0.04 / pace
            lost = self.clock.lost(self.now, BLOCK)
            self.lost += lost
            self.starts.append(self.clock.place(BLOCK, lost))

    @property
    def end(self) -> float:
        """Seconds up to which sound has been placed."""
        return (self.starts[-1] + BLOCK) / S


def test_the_first_sample_is_placed_by_the_wall_clock_and_the_rest_by_counting():
    line = Line(began=3.5)
    line.run(10)
    assert abs(line.starts[0] / S - 3.5) < 0.001
    assert [after - before for before, after in zip(line.starts, line.starts[1:], strict=False)] == [BLOCK] * 249
    assert line.lost == 0


def test_a_clock_that_drifts_loses_nothing():
    line = Line()
    line.run(1800, pace=0.995)
    assert line.lost == 0


def test_sound_that_comes_late_is_not_lost():
    line = Line()
    line.run(30)
    line.now += 6
    line.run(9, pace=3)  # what six seconds held back comes in three, and on it goes
    line.run(30)
    assert line.lost == 0
    assert abs(line.end - line.now) < 0.05


def test_sound_that_never_came_is_lost_once_it_is_sure():
    line = Line()
    line.run(30)
    line.now += 6
    line.run(2)
    assert line.lost == 0
    line.run(10)
    assert abs(line.lost / S - 6) < 0.05
    assert abs(line.end - line.now) < 0.05
    line.run(60)
    assert abs(line.lost / S - 6) < 0.05


def test_a_busy_computer_loses_nothing():
    line = Line()
    line.run(10)
    for _ in range(20):
        line.now += 0.6
        line.run(0.6, pace=1000)  # what was held back comes at once
        line.run(1)
    assert line.lost == 0


def test_a_device_that_is_opened_again_lost_what_was_said_meanwhile():
    line = Line()
    line.run(10)
    line.now += 3
    line.clock.opened()
    line.run(10)
    assert abs(line.lost / S - 3) < 0.05
    assert abs(line.end - line.now) < 0.05
