"""The source protocol: where sound comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from livewatch.events import AudioChunk


class Source(Protocol):
    """One call's sound, mono int16 at `SAMPLE_RATE`, read once from the first sample to the last.

    Iterating opens what has to be opened and yields chunks with gapless, rising `start` (a gap is counted in the next
    chunk's `lost`). Raises `AudioError` from `__iter__` or while iterating when the sound cannot be read; what was
    yielded before stays good. Closing the iterator closes the file or device.
    """

    name: str
    """For people and for the call's events: the path as given, or the device"""
    duration: int | None
    """Samples at SAMPLE_RATE if it can be known beforehand, else None"""

    def __iter__(self) -> Iterator[AudioChunk]: ...
