"""What a recording of a corpus holds: its length, whether it can be read to the end, and what tells its sound."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from livewatch.audio.file import open_recording
from livewatch.errors import AudioError
from livewatch.events import SAMPLE_RATE, Samples
from livewatch.tuning.corpus.manifest import Problem


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that was read from beginning to end."""

    digest: str
    """Of the samples at 16 kHz, all channels mixed: the same for the same sound, whatever the file is called"""
    size: int
    """Samples"""
    damage: tuple[str, ...]
    """Sentences about sound that is missing or damaged"""


def read_sound(path: Path) -> Sound:
    """Read a recording to its end. Raises `AudioError`."""
    source = open_recording(path)
    digest, size = blake2b(digest_size=12), 0
    for chunk in source:
        digest.update(chunk.samples.tobytes())
        size += len(chunk.samples)
    return Sound(digest.hexdigest(), size, tuple(source.problems))


def clip(path: Path, start: int, end: int) -> Samples:
    """Return the sound from sample `start` to `end` at 16 kHz, as far as it is there. Raises `AudioError`."""
    parts: list[Samples] = [np.zeros(0, np.int16)]
    for chunk in open_recording(path):
        if chunk.start >= end:
            break
        if chunk.end > start:
            parts.append(chunk.samples[max(0, start - chunk.start) : end - chunk.start])
    return np.concatenate(parts)


def facts(path: Path, place: str, problems: list[Problem]) -> dict[str, Any]:
    """Return what a row says of its recording: `duration_s` (to the hundredth) and `sound`; nothing if it has none.

    What is wrong with the recording is added to `problems`.
    """
    try:
        sound = read_sound(path)
    except AudioError as error:
        problems.append(Problem(place, error.code, error.message, error.hint))
        return {}
    problems += [Problem(place, "damaged-recording", message) for message in sound.damage]
    return {"duration_s": round(sound.size / SAMPLE_RATE, 2), "sound": sound.digest}
