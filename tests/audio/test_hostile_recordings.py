"""Recordings that are very long or damaged on purpose: memory stays bounded and nothing but `AudioError` escapes."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import needs_av, needs_ffmpeg, wav_bytes, with_ffmpeg
from tests.needs import needs

ROOT = Path(__file__).parents[2]

pytestmark = needs(sys.platform == "linux", "memory is read from /proc")


def run_alone(script, *arguments):
    """Numbers that a script of this folder prints, run in a process of its own so that its memory can be measured."""
    command = [sys.executable, Path(__file__).with_name(script), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-4000:]
    return [int(number) for number in done.stdout.split()]


@pytest.mark.parametrize("unfinished", [False, True])
def test_ten_hours_are_read_in_flat_memory(tmp_path, unfinished):
    """A sparse file: the disk holds only its header. Once through libsndfile, once through the reader of our own."""
    seconds = 36_000
    path = tmp_path / "day.wav"
    header = bytearray(wav_bytes(b"", rate=8000, bits=8, codec=7))
    if not unfinished:
        header[40:44] = struct.pack("<I", seconds * 8000)
    path.write_bytes(header)
    os.truncate(path, len(header) + seconds * 8000)
    end, first_kb, last_kb = run_alone("long_recording.py", path)
    assert end == seconds * SAMPLE_RATE
    assert last_kb < 150_000
    assert last_kb - first_kb < 5_000


@pytest.fixture
def sound(tmp_path):
    """A third of a second of noise."""
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.random.default_rng(1).uniform(-0.5, 0.5, 2700), 8000)
    return path


def test_damaged_headers_raise_nothing_but_audio_errors(tmp_path, sound):
    noise, rate = soundfile.read(sound)
    recordings = []
    for name, subtype in (
        ("pcm.wav", "PCM_16"),
        ("float.wav", "FLOAT"),
        ("gsm.wav", "GSM610"),
        ("ima.wav", "IMA_ADPCM"),
        ("ms.wav", "MS_ADPCM"),
        ("a.flac", "PCM_16"),
        ("a.ogg", "VORBIS"),
        ("a.mp3", "MPEG_LAYER_III"),
        ("a.aiff", "PCM_16"),
        ("a.au", "ULAW"),
        ("a.caf", "PCM_16"),
    ):
        recordings.append(tmp_path / name)
        soundfile.write(tmp_path / name, noise, rate, subtype=subtype)
    (tmp_path / "out").mkdir()
    read, refused, peak_kb = run_alone("mutated_headers.py", tmp_path / "out", 2200, 1, *recordings)
    assert read + refused == 2200
    assert min(read, refused) > 300  # the damage is neither too light nor too heavy to test anything
    assert peak_kb < 200_000


@needs_av
@needs_ffmpeg
def test_damaged_phone_recordings_raise_nothing_but_audio_errors(tmp_path, sound):
    recordings = []
    for name, options in (
        ("a.m4a", ["-c:a", "aac"]),
        ("fast.m4a", ["-c:a", "aac", "-movflags", "+faststart"]),
        ("a.webm", ["-c:a", "libopus"]),
        ("a.wma", ["-c:a", "wmav2"]),
        ("a.aac", ["-c:a", "aac"]),
    ):
        recordings.append(with_ffmpeg(sound, tmp_path / name, *options))
    (tmp_path / "out").mkdir()
    read, refused, peak_kb = run_alone("mutated_headers.py", tmp_path / "out", 500, 2, *recordings)
    assert read + refused == 500
    assert min(read, refused) > 50
    assert peak_kb < 250_000
