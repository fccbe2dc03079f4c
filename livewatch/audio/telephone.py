"""A telephone line: 300 to 3,400 Hz, 8 kHz, room noise, level, and the coding of real networks."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from livewatch.events import SAMPLE_RATE

Sound = npt.NDArray[np.float64]
"""Mono, shape (n,), full scale 1.0."""

LINE_RATE = 8_000
"""Hertz on the line."""

CODINGS = {"ulaw": "ULAW", "alaw": "ALAW", "gsm": "GSM610"}
"""Name in the scripts -> libsndfile's: G.711 mu-law (America, Japan), G.711 A-law (elsewhere), GSM full rate."""

EDGE_DB = -40.0
"""A segment begins and ends where it first and last comes this near to its own peak."""


def edges(sound: Sound) -> tuple[int, int]:
    """First and last-plus-one sample above `EDGE_DB` of the sound's peak."""
    loud = np.flatnonzero(np.abs(sound) > np.abs(sound).max() * 10 ** (EDGE_DB / 20))
    return int(loud[0]), int(loud[-1]) + 1


def band(sound: Sound) -> Sound:
    """Keep 300 to 3,400 Hz of `sound` (16 kHz) and return it at `LINE_RATE`. Linear phase, so no time shifts."""
    narrow = soxr.resample(sound, SAMPLE_RATE, LINE_RATE)
    taps = np.arange(-100, 101)
    low, high = (2 * edge / LINE_RATE * np.sinc(2 * edge / LINE_RATE * taps) for edge in (300, 3400))
    padded = np.pad(narrow, 100)
    return np.convolve(padded, (high - low) * np.hamming(len(taps)), "valid")


def at_level(sound: Sound, dbfs: float) -> Sound:
    """Return the sound with its speech (not its pauses) at `dbfs` decibels RMS below full scale."""
    return sound * 10 ** (dbfs / 20) / speech_rms(sound)


def speech_rms(sound: Sound) -> float:
    """RMS of the 20 ms frames within 30 dB of the loudest one: the level of the speech, whatever the pauses."""
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    power = np.mean(frames**2, axis=1)
    return float(np.sqrt(np.mean(power[power > power.max() / 1000])))


def room(length: int, rms: float, seed: int) -> Sound:
    """`length` samples of room noise at `LINE_RATE`: falls 3 dB an octave, 300 to 3,400 Hz."""
    frequency = np.fft.rfftfreq(length, 1 / LINE_RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=length))
    spectrum *= np.where((frequency > 300) & (frequency < 3400), 1 / np.sqrt(np.maximum(frequency, 1)), 0)
    noise = np.fft.irfft(spectrum, length)
    return noise * rms / np.sqrt(np.mean(noise**2))


def encode(sound: Sound, coding: str) -> bytes:
    """Return a WAV file at `LINE_RATE` in one of `CODINGS`.

    `sound` has shape (n,) or (n, channels); peaks beyond full scale are cut.
    """
    file = io.BytesIO()
    soundfile.write(file, np.clip(sound, -0.99, 0.99), LINE_RATE, format="WAV", subtype=CODINGS[coding])
    return file.getvalue()
