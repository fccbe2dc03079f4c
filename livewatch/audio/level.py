"""How loud sound is: for a meter, and to tell a dead input from a quiet one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from livewatch.events import SAMPLE_RATE, Samples

FLOOR_DBFS = -120.0
"""Stands for "no signal at all": below what int16 can hold (one step is -90.3 dBFS), and a number that JSON knows."""

FULL_SCALE = 32_768


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """The level of one stretch of sound."""

    rms_dbfs: float
    """Decibels below full scale, FLOOR_DBFS..0; a full-scale sine is -3.0"""
    peak_dbfs: float
    """Decibels below full scale, FLOOR_DBFS..0"""
    clipped: int
    """Samples at either end of the int16 range; a few in a second are heard as crackle"""


def measure(samples: Samples) -> SoundLevel:
    """Level of `samples`, shape (n,); no samples measure as silence."""
    if len(samples) == 0:
        return SoundLevel(FLOOR_DBFS, FLOOR_DBFS, 0)
    # float64: the square of -32768 does not fit int16, nor its sum over a minute float32's 24 bits.
    values = samples.astype(np.float64)
    rms = float(np.sqrt(np.mean(values * values)))
    peak = float(np.abs(values).max())
    clipped = int(np.count_nonzero((samples == 32_767) | (samples == -32_768)))
    return SoundLevel(_dbfs(rms), _dbfs(peak), clipped)


class DigitalSilence:
    """Notices an input that delivers exact zeros: a missing permission or a mute switch, never a quiet room.

    Any microphone's noise, even one step of int16, ends the silence (some systems answer a missing permission with
    zeros instead of an error).
    """

    def __init__(self, after: int = 5 * SAMPLE_RATE) -> None:
        """`after`: samples of exact zeros before they count as digital silence."""
        self._after = after
        self._zeros = 0

    @property
    def silent(self) -> bool:
        """Whether at least `after` samples up to now were exact zeros."""
        return self._zeros >= self._after

    def accept(self, samples: Samples) -> bool:
        """Take the next sound of one track; return `silent`."""
        sounding = np.flatnonzero(samples)
        if len(sounding):
            self._zeros = len(samples) - 1 - int(sounding[-1])
        else:
            self._zeros += len(samples)
        return self.silent


def _dbfs(value: float) -> float:
    if value <= 0:
        return FLOOR_DBFS
    return max(FLOOR_DBFS, 20 * float(np.log10(value / FULL_SCALE)))
