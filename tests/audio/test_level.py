import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.audio.level import FLOOR_DBFS, DigitalSilence, measure
from tests.audio.recordings import tone

ONE_SECOND = 16_000


def test_a_full_scale_sine_is_minus_three_decibels():
    level = measure(np.rint(tone(1000, ONE_SECOND, 1.0, peak=32767 / 32768) * 32768).astype(np.int16))
    assert level.rms_dbfs == pytest.approx(-3.01, abs=0.01)
    assert level.peak_dbfs == pytest.approx(0, abs=0.01)


def test_half_the_amplitude_is_six_decibels_less():
    level = measure(np.full(100, 16384, np.int16))
    assert level.rms_dbfs == level.peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert level.clipped == 0


def test_the_lowest_sample_is_full_scale_and_does_not_overflow():
    level = measure(np.full(100, -32768, np.int16))
    assert level.rms_dbfs == level.peak_dbfs == 0
    assert level.clipped == 100


def test_one_step_of_noise_is_quiet_and_silence_is_the_floor():
    assert measure(np.array([1, -1] * 50, np.int16)).rms_dbfs == pytest.approx(-90.3, abs=0.1)
    assert measure(np.zeros(100, np.int16)).rms_dbfs == FLOOR_DBFS
    assert measure(np.zeros(0, np.int16)).peak_dbfs == FLOOR_DBFS


def test_five_seconds_of_zeros_are_digital_silence():
    silence = DigitalSilence()
    second = np.zeros(ONE_SECOND, np.int16)
    assert [silence.accept(second) for _ in range(6)] == [False] * 4 + [True] * 2
    assert silence.accept(np.array([0, 1], np.int16)) is False


def test_the_quietest_noise_is_never_digital_silence():
    noise = np.random.default_rng(1).integers(-1, 2, ONE_SECOND).astype(np.int16)
    silence = DigitalSilence()
    assert not any(silence.accept(noise) for _ in range(60))


@given(samples=st.lists(st.sampled_from([0, 0, 0, 0, 7]), max_size=60), cuts=st.lists(st.integers(0, 60), max_size=5))
def test_silence_does_not_depend_on_the_chunk_sizes(samples, cuts):
    sound = np.array(samples, np.int16)
    silence = DigitalSilence(after=4)
    for part in np.split(sound, sorted(cuts)):
        silence.accept(part)
    assert silence.silent is (len(sound) >= 4 and not sound[-4:].any())
