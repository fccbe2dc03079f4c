"""The tone of a warning, played by a process of its own: `python -m livewatch.sinks.window.tone`.

Of its own, because the capture may restart the sound library at any moment, and because a fault in it must not take the
shown warning away. No Qt here.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt

RATE = 48_000
"""Hertz; what sound cards run at"""
NOTES = ((660.0, 0.22), (880.0, 0.22), (660.0, 0.34))
"""Hertz and seconds: low enough to be heard by ears that have lost the high tones"""
LENGTH_S = sum(length for _, length in NOTES)
PEAK = 0.35
"""Of full scale"""
FADE_S = 0.03
"""Seconds in which each note comes and goes, so that nothing cracks"""


def samples() -> npt.NDArray[np.float32]:
    """Return the tone, mono, in -1..1."""
    notes = []
    for pitch, length in NOTES:
        time = np.arange(round(length * RATE)) / RATE
        edge = np.minimum(1.0, np.minimum(time, time[::-1]) / FADE_S)
        notes.append(PEAK * edge * np.sin(2 * np.pi * pitch * time))
    return np.concatenate(notes).astype(np.float32)


def main() -> int:
    """Play it; 1 and one line on standard error when there is nothing to play it on."""
    try:
        import sounddevice  # noqa: PLC0415 - loads PortAudio, which may be missing

        sounddevice.play(samples(), RATE, blocking=True)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201 - read by whoever started it
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
