"""Recordings made at test time, and what can be measured on what was read."""

import shutil
import struct
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soundfile

from livewatch.audio.file import Caller, FileSource, open_recording
from livewatch.events import SAMPLE_RATE
from tests.needs import needs

needs_ffmpeg = needs(shutil.which("ffmpeg") is not None, "the program ffmpeg, which makes it, is not installed")
needs_sox = needs(shutil.which("sox") is not None, "the program sox, which makes it, is not installed")
needs_flite = needs(shutil.which("flite") is not None, "the program flite, which speaks, is not installed")
needs_av = needs(find_spec("av") is not None, "PyAV (extra formats) is not installed")


def tone(hz: float, rate: int, seconds: float = 2.0, peak: float = 0.5) -> np.ndarray:
    """A sine, float64, shape (n,)."""
    return peak * np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)


def write_tone(path: Path, *, hz: float = 1000, rate: int = 8000, seconds: float = 2, subtype: str = "PCM_16") -> Path:
    """A mono recording of a sine at -6 dBFS peak."""
    soundfile.write(path, tone(hz, rate, seconds), rate, subtype=subtype)
    return path


def run(*command: str | Path) -> None:
    """Run a program that makes a recording; its complaint is the test's failure."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def with_ffmpeg(source: Path, target: Path, *options: str) -> Path:
    run("ffmpeg", "-v", "error", "-y", "-i", source, *options, target)
    return target


def read(path: Path, caller: Caller = "mix") -> tuple[np.ndarray, FileSource]:
    """All samples of a recording, and its source with what it says about them."""
    source = open_recording(path, caller=caller)
    return all_samples(source), source


def all_samples(source) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.int16), *(chunk.samples for chunk in source)])


def frequency(samples: np.ndarray) -> float:
    """Hertz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(samples)


def rms_dbfs(samples: np.ndarray) -> float:
    return 20 * np.log10(np.sqrt(np.mean((samples / 32768.0) ** 2)) + 1e-12)


def wav_bytes(
    data: bytes = b"\x10\x20" * 8000,
    *,
    rate: int = 8000,
    channels: int = 1,
    bits: int = 16,
    codec: int = 1,
    size: int | None = None,
) -> bytes:
    """A WAV file with a header that says whatever is asked for. By default one second."""
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", codec, channels, rate, rate * frame, frame, bits)
    said = len(data) if size is None else size
    riff = b"RIFF" + struct.pack("<I", (36 + said) & 0xFFFF_FFFF) + b"WAVE"
    return riff + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", said) + data
