"""Plays sound through the speakers: a phrase, to test whether livewatch hears it; pieces of calls, to label them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from livewatch.errors import AudioError


def play(path: Path, start_s: float, end_s: float) -> None:
    """Play a part of a recording (seconds) on the system's default output; returns when it is over.

    Raises `AudioError`.
    """
    import soundfile  # noqa: PLC0415 - with the sound card only where something is played

    rate = soundfile.info(path).samplerate
    samples, _ = soundfile.read(path, start=int(start_s * rate), stop=int(end_s * rate), dtype="float32")
    _play(samples, rate, blocking=True)


class Player:
    """Plays one piece of sound at a time on the system's default output, while the program goes on."""

    def __init__(self) -> None:
        self._playing = False

    def play(self, samples: npt.NDArray[np.int16], rate: int) -> None:
        """Play `samples`, shape (n,), in place of what was playing. Raises `AudioError`."""
        _play(samples, rate, blocking=False)
        self._playing = True

    def stop(self) -> None:
        """Be silent."""
        if self._playing:
            _sound_card().stop()
            self._playing = False


def _play(samples: npt.NDArray[Any], rate: int, *, blocking: bool) -> None:
    card = _sound_card()
    try:
        card.play(samples, rate, blocking=blocking)
    except (card.PortAudioError, ValueError) as error:
        raise _silent(error) from error


def _sound_card() -> ModuleType:
    try:
        import sounddevice  # noqa: PLC0415
    except OSError as error:  # PortAudio is not there
        raise _silent(error) from error
    return sounddevice


def _silent(error: Exception) -> AudioError:
    return AudioError(
        "no-speaker", f"Nothing can be played: {error}.", "Switch the speakers on, or skip the test: --no-test"
    )
