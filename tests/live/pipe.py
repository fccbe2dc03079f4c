"""A source of the sound server whose samples come from the tests."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.live.pulse import Pulse


class Pipe:
    """A microphone whose samples come from us, at a pace of our own."""

    def __init__(self, pulse: Pulse, folder: Path, rate: int = 16_000) -> None:
        path = folder / "microphone"
        pulse.pactl(
            "load-module", "module-pipe-source", "source_name=fifo", f"file={path}", f"rate={rate}", "channels=1",
            "format=s16le", "source_properties=device.description=Fifo",
        )  # fmt: skip
        self._out = os.open(path, os.O_WRONLY)
        self._rate = rate
        self.pace = 1.0
        """Seconds of sound written per second"""
        self.sound = lambda count: np.zeros(count, np.int16)
        """Gives so many samples"""
        self._closed = False
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._thread.join()
        os.close(self._out)

    def _write(self) -> None:
        due = time.monotonic()
        while not self._closed:
            os.write(self._out, self.sound(self._rate // 50).tobytes())
            due += 0.02 / self.pace
            time.sleep(max(0.0, due - time.monotonic()))


def noise(amplitude: float) -> Callable[[int], np.ndarray]:
    """Sound of that amplitude, in steps of int16."""
    random = np.random.default_rng(1)
    return lambda count: random.integers(-amplitude, amplitude, count, endpoint=True).astype(np.int16)
