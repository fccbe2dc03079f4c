"""What every benchmark needs: the machine and versions a table must name, sound in memory, and CPU time."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from livewatch.audio.file import find_recordings, open_recording
from livewatch.events import SAMPLE_RATE, AudioChunk

Sound = npt.NDArray[np.int16]
"""Mono, 16 kHz"""


def provenance(packages: Sequence[str] = ()) -> str:
    """Lines for the head of a result table: processor, system, versions, commit."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or "unknown processor",
    )
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain", "livewatch"], capture_output=True, text=True, check=False)
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("onnxruntime", "numpy", *packages)]
    return "\n".join(
        [
            f"- machine: {model}, {os.cpu_count()} virtual cores, load {os.getloadavg()[0]:.1f} at the start",
            f"- system: {platform.platform()}, Python {platform.python_version()}",
            f"- versions: {', '.join(versions)}",
            f"- commit: {commit.stdout.strip() or 'none'}{' with changes' if changed.stdout.strip() else ''}",
        ]
    )


def load(paths: Sequence[str]) -> Sound:
    """All recordings in `paths` (files or folders), one after the other."""
    parts = [chunk.samples for path in recordings(paths) for chunk in open_recording(path)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int16)


def recordings(paths: Sequence[str]) -> list[Path]:
    """The recordings in `paths`. Stops the program when there are none."""
    found = find_recordings(list(paths))
    for error in found.errors:
        raise SystemExit(str(error))
    return list(found.recordings)


class InMemory:
    """A source over sound in memory, in pieces of 40 ms as a sound card delivers them."""

    def __init__(self, sound: Sound, name: str = "memory") -> None:
        self.name = name
        self.duration = len(sound)
        self._sound = sound

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield the pieces."""
        piece = SAMPLE_RATE // 25
        for start in range(0, len(self._sound), piece):
            yield AudioChunk(self._sound[start : start + piece], start)


def cpu_s() -> float:
    """CPU seconds of this process so far, user and system."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss_mb() -> float:
    """Resident memory of this process now, in megabytes."""
    pages = int(_lines("/proc/self/statm")[0].split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
