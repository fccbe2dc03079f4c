"""Whether a track really hears: every judgement with a clock of the test's own."""

from __future__ import annotations

import numpy as np
import pytest

from livewatch.audio.health import STALL_S, START_S, ZEROS_S, Health

RATE = 48_000
BLOCK = RATE // 25
"""40 ms"""


class Track:
    """A device that gives blocks, and a clock."""

    def __init__(self, **options: bool) -> None:
        self.now = 100.0
        self.health = Health('"Microphone"', self.now, **{"loopback": False, **options})
        self.health.opened(self.now, RATE)
        self._random = np.random.default_rng(0)

    def run(self, seconds: float, amplitude: int = 300, *, speech: bool = False, pace: float = 1.0) -> list[str]:
        """Give sound for so long; return the kinds of trouble that were seen, in order."""
        seen: list[str] = []
        for _ in range(round(seconds / 0.04)):
            self.now += 0.04
            block = self._random.integers(-amplitude, amplitude, (round(BLOCK * pace), 1), endpoint=True)
            self.health.frames(self.now, np.clip(block, -32_768, 32_767).astype(np.int16), speech=speech)
            trouble = self.health.judge(self.now)
            if trouble is not None and seen[-1:] != [trouble.kind]:
                seen.append(trouble.kind)
        return seen

    def wait(self, seconds: float) -> str | None:
        """Let time go by without sound; return what is wrong then."""
        self.now += seconds
        trouble = self.health.judge(self.now)
        return None if trouble is None else trouble.kind


def test_a_good_microphone_is_well():
    track = Track()
    assert track.run(600, speech=True, amplitude=8000) == []


def test_it_hears_only_after_the_first_frame():
    track = Track()
    assert not track.health.hears
    assert track.wait(START_S - 0.1) is None
    assert track.wait(0.2) == "stalled"
    track.run(0.1)
    assert track.health.hears
    assert track.wait(0) is None


def test_no_frames_are_a_stall_within_two_seconds_however_active_the_stream_says_it_is():
    track = Track()
    track.run(10)
    assert track.wait(STALL_S - 0.2) is None
    assert track.wait(0.3) == "stalled"
    assert STALL_S < 2
    assert track.health.level(track.now) == -120


def test_a_source_that_the_server_suspends_is_told_from_one_that_hangs():
    track = Track()
    track.run(5)
    track.health.suspended(True)
    assert track.wait(1) == "suspended"
    track.health.suspended(False)
    track.run(1)
    assert track.wait(0) is None


def test_a_device_that_has_gone_is_told_until_it_gives_sound_again():
    track = Track()
    track.run(5)
    track.health.gone("It was unplugged.")
    trouble = track.health.judge(track.now)
    assert trouble is not None
    assert trouble.deaf
    assert trouble.message.startswith("It was unplugged.")
    assert track.wait(100) == "dead"
    track.health.opened(track.now, 8000)
    assert not track.health.hears
    assert track.run(0.2) == []


def test_exact_zeros_are_digital_silence_and_one_step_of_noise_is_a_quiet_room():
    assert Track().run(60, amplitude=1) == []
    track = Track()
    track.run(2)
    assert track.run(ZEROS_S - 0.1, amplitude=0) == []
    assert track.run(0.2, amplitude=0) == ["muted"]
    assert track.run(0.1, amplitude=1) == []


def test_on_a_loopback_zeros_only_mean_that_nothing_is_playing():
    track = Track(loopback=True)
    assert track.run(10, amplitude=0) == ["silent"]
    trouble = track.health.judge(track.now)
    assert trouble is not None
    assert not trouble.deaf


def test_a_loopback_that_gives_no_frames_while_nothing_plays_is_not_broken():
    track = Track(loopback=True, idles=True)
    track.run(1)
    assert track.wait(600) == "silent"


def test_crackling_is_told_and_its_end_too():
    track = Track()
    assert track.run(0.9, amplitude=60_000) == []
    assert track.run(2.5, amplitude=60_000) == ["clipping"]
    assert track.run(3) == ["clipping"]
    track.run(3)
    assert track.wait(0) is None
    assert track.run(60, amplitude=32_000) == []


@pytest.mark.parametrize(("amplitude", "seen"), [(200, ["quiet"]), (400, []), (3000, [])])
def test_speech_that_is_too_quiet_is_told(amplitude: int, seen: list[str]):
    assert Track().run(30, amplitude, speech=True) == seen


def test_a_quiet_room_in_which_nobody_speaks_is_not_too_quiet():
    assert Track().run(120, amplitude=20, speech=False) == []


def test_speech_that_is_loud_enough_again_ends_it():
    track = Track()
    assert track.run(5, 100, speech=True) == ["quiet"]
    assert track.run(0.1, 3000, speech=True) == []


@pytest.mark.parametrize(("pace", "within"), [(1.05, 13), (0.95, 13), (1.01, 64), (0.992, 64)])
def test_a_clock_that_is_off_is_told(pace: float, within: float):
    assert Track().run(within, pace=pace) == ["off_rate"]


@pytest.mark.parametrize("pace", [1.002, 0.998])
def test_clocks_as_far_off_as_cheap_ones_are_is_no_fault(pace: float):
    assert Track().run(300, pace=pace) == []


def test_late_sound_after_a_standstill_is_no_wrong_clock():
    track = Track()
    track.run(30)
    track.wait(6)
    assert track.run(1, pace=6) == []
    assert track.run(60) == []


def test_another_device_than_the_wanted_is_told():
    track = Track()
    track.run(3)
    track.health.moved('"Webcam"')
    trouble = track.health.judge(track.now)
    assert trouble is not None
    assert trouble.kind == "moved"
    assert '"Webcam"' in trouble.message
    track.health.moved("")
    assert track.wait(0) is None


def test_the_level_is_the_peak_of_the_last_tenth_of_a_second():
    track = Track()
    track.run(1, 3277)
    assert track.health.level(track.now) == pytest.approx(-20, abs=0.2)
    track.run(0.2, 33)
    assert track.health.level(track.now) == pytest.approx(-60, abs=1)
