"""What is good of a damaged recording is read, and the damage is told."""

import numpy as np
import pytest
import soundfile

from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import (
    all_samples,
    needs_ffmpeg,
    read,
    tone,
    wav_bytes,
    with_ffmpeg,
    write_tone,
)


@pytest.mark.parametrize("codec", ["PCM_16", "ULAW", "GSM610", "IMA_ADPCM", "FLOAT"])
def test_a_wav_that_is_cut_off_is_read_as_far_as_it_goes(tmp_path, codec):
    path = write_tone(tmp_path / "cut.wav", seconds=10, subtype=codec)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    samples, source = read(path)
    assert len(samples) == pytest.approx(6 * SAMPLE_RATE, abs=0.2 * SAMPLE_RATE)
    assert source.duration == len(samples)
    [problem] = source.problems
    assert "is cut off: its header promises 10." in problem
    assert "it holds 6.0 s" in problem or "it holds 5.9 s" in problem


@pytest.mark.parametrize("suffix", ["flac", "ogg", "aiff", "mp3"])
def test_other_files_that_are_cut_off_are_read_as_far_as_they_go(tmp_path, suffix):
    path = tmp_path / f"cut.{suffix}"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.3, 0.3, 160_000), 16_000)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    samples, source = read(path)
    assert len(samples) == pytest.approx(6 * SAMPLE_RATE, abs=SAMPLE_RATE)  # a page of Ogg is a second here
    if suffix != "mp3":  # soundfile's MP3 say nowhere how long they are
        assert "cut off" in source.problems[0]


@needs_ffmpeg
@pytest.mark.parametrize("name", ["cut.m4a", "cut.webm", "cut.mp3"])
@pytest.mark.usefixtures("either_decoder")
def test_phone_recordings_that_are_cut_off_are_read_as_far_as_they_go(tmp_path, name):
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(1).uniform(-0.3, 0.3, 160_000), 16_000)
    options = ["-movflags", "+faststart"] if name.endswith("m4a") else []
    path = with_ffmpeg(tmp_path / "a.wav", tmp_path / name, "-ac", "1", *options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    samples, source = read(path)
    assert len(samples) == pytest.approx(6 * SAMPLE_RATE, abs=SAMPLE_RATE)
    assert len(source.problems) == 1
    assert "cut off" in source.problems[0]


@pytest.mark.parametrize(("bits", "codec"), [(8, 1), (16, 1), (24, 1), (32, 3), (8, 6), (8, 7)])
def test_a_wav_whose_recorder_never_came_back_to_the_header_is_read_whole(tmp_path, bits, codec):
    path = tmp_path / "crashed.wav"
    path.write_bytes(wav_bytes(b"\x55" * (bits // 8 * 8000), bits=bits, codec=codec, size=0))
    samples, source = read(path)
    assert len(samples) == source.duration == SAMPLE_RATE
    assert "was never finished" in source.problems[0]


@pytest.mark.parametrize("size", [0x7FFF_F000, 0xFFFF_FFFF])
def test_a_wav_that_came_through_a_pipe_is_read_whole_without_complaint(tmp_path, size):
    path = tmp_path / "piped.wav"
    path.write_bytes(wav_bytes(size=size))
    samples, source = read(path)
    assert len(samples) == SAMPLE_RATE
    assert source.problems == []


def test_samples_that_are_no_numbers_become_silence_and_are_told(tmp_path):
    sound = tone(1000, 16_000, 1.0)
    sound[100:110] = np.nan
    sound[200] = np.inf
    soundfile.write(tmp_path / "nan.wav", sound, 16_000, subtype="FLOAT")
    samples, source = read(tmp_path / "nan.wav")
    assert (samples[100:110] == 0).all()
    assert samples[200] == 0
    assert abs(int(samples[4])) > 10_000
    assert "holds 11 samples (0.069 %) that are no numbers" in source.problems[0]


def test_problems_are_not_told_twice_when_a_source_is_read_twice(tmp_path):
    path = tmp_path / "cut.wav"
    path.write_bytes(wav_bytes(size=32_000))
    source = open_recording(path)
    assert len(all_samples(source)) == len(all_samples(source)) == SAMPLE_RATE
    assert len(source.problems) == 1
