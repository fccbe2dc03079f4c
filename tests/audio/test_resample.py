import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.audio.resample import CHUNK, Resampler, to_chunks
from livewatch.errors import AudioError
from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import frequency, rms_dbfs, tone

RATES = [4000, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 384000]


def convert(sound, rate, channels=1, caller="mix", cuts=()):
    resampler = Resampler(rate, channels, caller)
    blocks = np.split(np.asarray(sound, np.float32).reshape(-1, channels), sorted(cuts))
    return np.concatenate([*(resampler.push(block) for block in blocks), resampler.finish()])


@pytest.mark.parametrize("rate", RATES)
def test_the_length_and_the_pitch_are_right_at_every_rate(rate):
    samples = convert(tone(1000, rate, 3.0), rate)
    assert len(samples) == 3 * SAMPLE_RATE
    assert frequency(samples) == pytest.approx(1000, abs=1)
    assert rms_dbfs(samples[1600:-1600]) == pytest.approx(-9.03, abs=0.05)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
@pytest.mark.parametrize("hz", [8600, 10000, 10900])
def test_a_tone_above_the_band_does_not_fold_into_it(rate, hz):
    samples = convert(tone(hz, rate, 1.0, peak=0.9), rate)
    assert rms_dbfs(samples[1600:-1600]) < -80  # the int16 rounding alone is at about -98


@pytest.mark.parametrize("rate", [8000, 11025])
def test_no_mirror_image_appears_above_the_band_of_a_telephone(rate):
    samples = convert(tone(3000, rate, 1.0, peak=0.9), rate)[1600:-1600]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    above = spectrum[len(spectrum) * (rate // 2 + 200) // 8000 :].sum()
    assert 10 * np.log10(above / spectrum.sum()) < -80


def test_time_does_not_drift_in_an_hour():
    """Half an hour at 44.1 kHz with a click in each minute: each is where it belongs, to the sample."""
    rate, minutes = 44100, 30
    resampler = Resampler(rate, 1)
    clicks, at = [], 0
    for _ in range(minutes):
        minute = np.zeros((rate * 60, 1), np.float32)
        minute[rate * 30] = 1.0
        out = resampler.push(minute)
        clicks.append(at + int(np.argmax(np.abs(out))))
        at += len(out)
    assert clicks == [SAMPLE_RATE * (60 * minute + 30) for minute in range(minutes)]
    assert at + len(resampler.finish()) == SAMPLE_RATE * 60 * minutes


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from(RATES[:-1]),
    channels=st.integers(1, 3),
    cuts=st.lists(st.integers(0, 3000), max_size=8),
    seed=st.integers(0, 99),
)
def test_the_samples_do_not_depend_on_the_block_sizes(rate, channels, cuts, seed):
    sound = np.random.default_rng(seed).uniform(-1, 1, (3000, channels))
    whole = convert(sound, rate, channels)
    cut = convert(sound, rate, channels, cuts=cuts)
    assert len(cut) == len(whole)
    assert np.abs(cut.astype(int) - whole).max(initial=0) <= 1


def test_every_int16_value_passes_unchanged_at_16_khz():
    values = np.arange(-32768, 32768)
    assert (convert(values / 32768, SAMPLE_RATE) == values).all()


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_what_is_too_loud_is_clipped_and_never_wraps_around(rate):
    samples = convert(tone(200, rate, 1.0, peak=4.0), rate)
    assert samples.max() == 32767
    assert samples.min() == -32768
    loud = np.abs(tone(200, SAMPLE_RATE, 1.0)) > 0.2
    assert (np.sign(samples) == np.sign(tone(200, SAMPLE_RATE, 1.0)))[loud].all()


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_nan_and_infinity_become_silence_and_are_counted(rate):
    sound = np.zeros((rate, 1), np.float32)
    sound[100:110] = np.nan
    sound[200] = np.inf
    sound[201] = -np.inf
    resampler = Resampler(rate, 1)
    samples = np.concatenate([resampler.push(sound), resampler.finish()])
    assert (samples == 0).all()
    assert (resampler.unreal, resampler.taken) == (12, rate)


def test_numbers_near_the_end_of_float32_do_not_poison_what_follows():
    sound = np.zeros(8000, np.float32)
    sound[1000:1010] = [3e38, -3e38] * 5
    samples = convert(sound, 8000)
    assert (samples[8000:] == 0).all()


def test_the_other_side_of_a_call_is_not_heard_nor_counted():
    stereo = np.stack([tone(500, 8000), np.full(16000, np.nan)], axis=1)
    resampler = Resampler(8000, 2, "left")
    samples = np.concatenate([resampler.push(stereo.astype(np.float32)), resampler.finish()])
    assert rms_dbfs(samples[1600:-1600]) == pytest.approx(-9.03, abs=0.05)
    assert resampler.unreal == 0


def test_chunks_are_short_gapless_and_come_out_before_the_error():
    def blocks():
        yield np.full((8000, 1), 0.5, np.float32)
        raise AudioError("damaged", "It broke.")

    got = []
    with pytest.raises(AudioError, match=r"It broke\."):
        got.extend(to_chunks(blocks(), Resampler(8000, 1), "mix"))  # extend keeps what came before the error
    assert got[-1].end == SAMPLE_RATE
    assert [chunk.start for chunk in got[1:]] == [chunk.end for chunk in got[:-1]]
    assert max(len(chunk.samples) for chunk in got) == CHUNK
