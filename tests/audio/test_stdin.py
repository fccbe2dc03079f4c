import io
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from livewatch.audio.stdin import StdinSource
from livewatch.errors import AudioError, UsageError
from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import all_samples, frequency, needs_ffmpeg, rms_dbfs, tone, wav_bytes, write_tone

SOUND = np.rint(tone(1000, SAMPLE_RATE) * 32767).astype("<i2")


def test_raw_16_khz_int16_comes_out_bit_for_bit():
    source = StdinSource(io.BytesIO(SOUND.tobytes()))
    assert (source.name, source.duration) == ("-", None)
    assert (all_samples(source) == SOUND).all()
    assert source.problems == []


@pytest.mark.parametrize(
    ("sample_format", "rate", "channels"),
    [("mulaw", 8000, 1), ("s16be", 44100, 2), ("f32le", 48000, 1), ("u8", 11025, 1)],
)
def test_other_rates_formats_and_channels_are_taken_as_told(sample_format, rate, channels):
    one = tone(1000, rate)
    data = {
        "s16be": np.rint(one * 32767).astype(">i2"),
        "f32le": one.astype("<f4"),
        "u8": np.rint(one * 127 + 128).astype(np.uint8),
        "mulaw": _mu_law_of(one) if sample_format == "mulaw" else one,
    }[sample_format]
    data = np.repeat(data[:, None], channels, axis=1).tobytes()
    samples = all_samples(StdinSource(io.BytesIO(data), rate=rate, sample_format=sample_format, channels=channels))
    assert len(samples) == 2 * SAMPLE_RATE
    assert frequency(samples) == pytest.approx(1000, abs=1)
    assert rms_dbfs(samples) == pytest.approx(-9.03, abs=0.2)


def _mu_law_of(sound):
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, sound, 8000, format="RAW", subtype="ULAW")
    return np.frombuffer(file.getvalue(), np.uint8)


@pytest.mark.parametrize("size", [None, 0, 0x7FFF_F000, 0xFFFF_FFFF])
def test_a_wav_header_overrules_what_was_told(size):
    data = np.rint(tone(1000, 8000) * 32767).astype("<i2").tobytes()
    source = StdinSource(io.BytesIO(wav_bytes(data, size=size)), rate=44100, sample_format="u8")
    samples = all_samples(source)
    assert len(samples) == 2 * SAMPLE_RATE
    assert frequency(samples) == pytest.approx(1000, abs=1)
    assert source.problems == []


def test_what_follows_the_sound_of_a_wav_is_not_taken_for_sound():
    data = wav_bytes(b"\0\0" * 8000) + b"LIST" + b"\x7f" * 400
    assert not all_samples(StdinSource(io.BytesIO(data))).any()


@needs_ffmpeg
def test_a_real_pipe_from_ffmpeg_is_read(tmp_path):
    path = write_tone(tmp_path / "a.wav", rate=44100)
    command = ["ffmpeg", "-v", "error", "-i", path, "-c:a", "pcm_s24le", "-ac", "2", "-f", "wav", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        samples = all_samples(StdinSource(process.stdout))
    assert len(samples) == 2 * SAMPLE_RATE
    assert frequency(samples) == pytest.approx(1000, abs=1)


def test_sound_comes_out_while_the_pipe_is_still_open():
    """A live program writes into the pipe for hours: each tenth of a second must come out as soon as it is in."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as pipe:
        chunks = iter(StdinSource(stream))
        for turn in range(5):
            pipe.write(SOUND[:1600].tobytes())
            assert next(chunks).end == 1600 * (turn + 1)
        pipe.close()
        assert list(chunks) == []


def test_a_pipe_that_somebody_left_non_blocking_is_waited_for():
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    def write_late():
        time.sleep(0.2)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(SOUND.tobytes())

    writer = threading.Thread(target=write_late)
    with os.fdopen(reading, "rb") as stream:
        writer.start()
        assert (all_samples(StdinSource(stream)) == SOUND).all()
    writer.join()


def test_an_odd_last_byte_is_dropped_and_told():
    source = StdinSource(io.BytesIO(SOUND.tobytes() + b"\x01"))
    assert (all_samples(source) == SOUND).all()
    assert "in the middle of a sample" in source.problems[0]


def test_a_wav_that_ends_early_is_read_and_told():
    source = StdinSource(io.BytesIO(wav_bytes(size=32_000)))
    assert len(all_samples(source)) == SAMPLE_RATE
    assert "ended 16,000 bytes before" in source.problems[0]


def test_floats_that_are_no_numbers_are_told():
    data = np.array([np.nan, 0.5] * 100, "<f4").tobytes()
    source = StdinSource(io.BytesIO(data), sample_format="f32le")
    assert len(all_samples(source)) == 200
    assert "held 100 samples that are no numbers" in source.problems[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\x01", "empty"),
        (b"RIFF\x10\0\0\0WAVEfm", "cut_header"),
        (b"RIFF\x10\0\0\0AVI LIST", "cut_header"),
        (b"fLaC" + b"\0" * 50, "codec"),
        (b"ID3\x04" + b"\0" * 50, "codec"),
        (wav_bytes(codec=0x31), "codec"),
        (wav_bytes(rate=1), "rate"),
        (wav_bytes(channels=0), "channels"),
        (wav_bytes(channels=64), "channels"),
    ],
)
def test_what_is_no_sound_is_refused_in_one_sentence(data, code):
    with pytest.raises(AudioError) as caught:
        all_samples(StdinSource(io.BytesIO(data)))
    assert caught.value.code == code
    assert "Standard input" in caught.value.message


def test_an_unknown_format_is_answered_with_the_known_ones():
    with pytest.raises(UsageError, match=r"no sample format 's17'\. Choose one of: s16le, "):
        StdinSource(io.BytesIO(), sample_format="s17")


def test_an_absurd_rate_is_refused():
    with pytest.raises(AudioError, match="1 samples a second"):
        all_samples(StdinSource(io.BytesIO(SOUND.tobytes()), rate=1))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals in Python")
def test_a_keyboard_is_no_sound():
    import pty

    ours, theirs = pty.openpty()
    terminal = os.fdopen(theirs, "rb", buffering=0)
    with terminal, os.fdopen(ours, "rb", buffering=0), pytest.raises(AudioError, match="is the keyboard"):
        all_samples(StdinSource(terminal))
