"""Every kind of recording comes out with the right pitch, level and length."""

import numpy as np
import pytest
import soundfile

from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import (
    frequency,
    needs_ffmpeg,
    needs_sox,
    read,
    rms_dbfs,
    run,
    tone,
    with_ffmpeg,
    write_tone,
)

BY_FFMPEG = {
    "pcm_u8.wav": ["-c:a", "pcm_u8"],
    "pcm_s24.wav": ["-c:a", "pcm_s24le"],
    "pcm_s32.wav": ["-c:a", "pcm_s32le"],
    "float.wav": ["-c:a", "pcm_f32le"],
    "double.wav": ["-c:a", "pcm_f64le"],
    "mulaw.wav": ["-c:a", "pcm_mulaw", "-ar", "8000"],
    "alaw.wav": ["-c:a", "pcm_alaw", "-ar", "8000"],
    "gsm610.wav": ["-c:a", "libgsm_ms", "-ar", "8000"],
    "ima_adpcm.wav": ["-c:a", "adpcm_ima_wav"],
    "ms_adpcm.wav": ["-c:a", "adpcm_ms"],
    "rf64.wav": ["-rf64", "always"],
    "flac.flac": [],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "voice.opus": ["-c:a", "libopus", "-b:a", "16k"],
    "constant.mp3": ["-c:a", "libmp3lame", "-b:a", "64k"],
    "variable.mp3": ["-c:a", "libmp3lame", "-q:a", "6"],
    "apple.aiff": [],
    "sun.au": [],
    "core.caf": [],
    "w64.w64": [],
}

BY_SOX = {
    "telephone.gsm": ["-r", "8000"],
    "exchange.ul": ["-r", "8000"],
    "exchange.al": ["-r", "8000"],
    "exchange.sln": ["-r", "8000"],
}

PHONES_BY_FFMPEG = {
    "memo.m4a": ["-c:a", "aac"],
    "memo.aac": ["-c:a", "aac"],
    "fast.m4a": ["-c:a", "aac", "-movflags", "+faststart"],
    "call.3gp": ["-c:a", "aac"],
    "alac.m4a": ["-c:a", "alac"],
    "browser.webm": ["-c:a", "libopus"],
    "windows.wma": ["-c:a", "wmav2"],
    "kept.mka": ["-c:a", "ac3"],
    "wideband.g722": ["-c:a", "g722", "-ar", "16000"],
    "speex.spx": ["-c:a", "libspeex", "-ar", "16000"],
    "g726.wav": ["-c:a", "g726", "-ar", "8000"],
}


@pytest.fixture
def original(tmp_path):
    return write_tone(tmp_path / "original.wav", rate=44100)


def assert_is_the_tone(path):
    samples, source = read(path)
    assert len(samples) == pytest.approx(2 * SAMPLE_RATE, abs=0.08 * SAMPLE_RATE)  # encoders pad
    if source.duration is not None:
        assert source.duration == pytest.approx(len(samples), abs=0.15 * SAMPLE_RATE)
    middle = samples[SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]
    assert frequency(middle) == pytest.approx(1000, abs=2)
    assert rms_dbfs(middle) == pytest.approx(-9.03, abs=1.5)  # AMR loses 1 dB of a pure tone
    assert source.problems == []


@needs_ffmpeg
@pytest.mark.parametrize("name", BY_FFMPEG)
def test_codecs_that_libsndfile_reads(original, tmp_path, name):
    assert_is_the_tone(with_ffmpeg(original, tmp_path / name, *BY_FFMPEG[name]))


@needs_sox
@pytest.mark.parametrize("name", BY_SOX)
def test_telephone_files_without_a_header(original, tmp_path, name):
    options = ["-t", "s16"] if name.endswith(".sln") else []
    run("sox", original, *BY_SOX[name], *options, tmp_path / name)
    assert_is_the_tone(tmp_path / name)


@needs_ffmpeg
@pytest.mark.parametrize("name", PHONES_BY_FFMPEG)
@pytest.mark.usefixtures("either_decoder")
def test_what_phones_and_browsers_record(original, tmp_path, name):
    assert_is_the_tone(with_ffmpeg(original, tmp_path / name, *PHONES_BY_FFMPEG[name]))


@needs_sox
@pytest.mark.usefixtures("either_decoder")
def test_amr_as_old_phones_record_it(original, tmp_path):
    run("sox", original, "-r", "8000", "-t", "amr-nb", tmp_path / "call.amr")
    assert_is_the_tone(tmp_path / "call.amr")


@needs_ffmpeg
@pytest.mark.usefixtures("either_decoder")
@pytest.mark.parametrize("name", ["meeting.mp4", "meeting.avi", "meeting.mkv"])
def test_the_sound_of_a_video(original, tmp_path, name):
    video = ["-f", "lavfi", "-i", "testsrc=duration=2:size=128x96:rate=10", "-map", "0:a", "-map", "1:v"]
    assert_is_the_tone(with_ffmpeg(original, tmp_path / name, *video, "-c:v", "mpeg4", "-c:a", "ac3"))


@pytest.mark.parametrize("rate", [4000, 8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_any_channels(tmp_path, rate, channels):
    path = tmp_path / "call.wav"
    soundfile.write(path, np.repeat(tone(1000, rate)[:, None], channels, axis=1), rate)
    assert_is_the_tone(path)
    assert len(read(path)[0]) == 2 * SAMPLE_RATE


def test_each_side_of_a_two_channel_call_can_be_taken_alone(tmp_path):
    path = tmp_path / "call.wav"
    soundfile.write(path, np.stack([tone(500, 8000), tone(1500, 8000)], axis=1), 8000)
    left, _ = read(path, "left")
    right, _ = read(path, "right")
    mix, _ = read(path, "mix")
    assert frequency(left) == pytest.approx(500, abs=2)
    assert frequency(right) == pytest.approx(1500, abs=2)
    both = (left.astype(np.int32) + right) / 2
    assert np.abs(mix - both).max() <= 1  # the average, within rounding
    assert {chunk.side for chunk in read(path, "left")[1]} == {"caller"}
    assert {chunk.side for chunk in read(path, "mix")[1]} == {"any"}


def test_16_khz_int16_comes_out_bit_for_bit(tmp_path):
    sound = np.random.default_rng(1).integers(-32768, 32768, 20_000).astype(np.int16)
    soundfile.write(tmp_path / "call.wav", sound, 16000)
    samples, _ = read(tmp_path / "call.wav")
    assert (samples == sound).all()


def test_blocks_join_without_a_seam(tmp_path):
    """libsndfile is asked for half a second at a time and seeks after each; that must not show in any codec."""
    for name in ("call.mp3", "call.ogg", "call.flac"):
        soundfile.write(tmp_path / name, tone(1000, 16000, 5.0), 16000)
        whole, _ = soundfile.read(tmp_path / name, dtype="float32")
        samples, _ = read(tmp_path / name)
        assert np.abs(samples - np.rint(whole * 32768)).max() <= 1, name
