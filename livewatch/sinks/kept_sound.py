"""The sound of a live call as a WAV file that can be played at any moment, whatever ends the program or the disk."""

from __future__ import annotations

import os
import re
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from livewatch.events import SAMPLE_RATE, Samples

_NAME = re.compile(r"call-(\d{8}T\d{6})Z-[0-9a-f]{8}\.wav")
"""Only files of this form are ever removed, whatever else lies in the folder"""
_STAMP = "%Y%m%dT%H%M%S"
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_WIDTH = 2
"""Bytes of a sample"""


class KeptSound:
    """One call: mono, or the caller on the left and the near side on the right. Used from one thread.

    Every sample goes to its own place in the file: what nobody delivered stays a hole, which reads as silence, and the
    sides may come in any order. The header counts only what is behind it already, so that what is cut off at any place
    can be read as far as it goes.
    """

    def __init__(self, folder: Path, channels: int, began: datetime) -> None:
        """Make the file of a call whose first sample was heard at `began`, for its user alone. Raises `OSError`."""
        stamp = began.astimezone(UTC).strftime(_STAMP)
        self.path = folder / f"call-{stamp}Z-{os.urandom(4).hex()}.wav"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = cast(BinaryIO, os.fdopen(os.open(self.path, flags, 0o600), "r+b", buffering=0))
        self._channels = channels
        self.frames = 0
        """Samples of each channel so far"""

    def write(self, channel: int, start: int, samples: Samples) -> None:
        """Write what one side has said from sample `start` on; `count` then makes it part of the file. `OSError`."""
        width = _WIDTH * self._channels
        place = _HEADER.size + start * width
        data = samples.astype("<i2", copy=False)
        if self._channels > 1:
            self._file.seek(place)
            there = np.frombuffer(self._file.read(len(samples) * width), "<i2")
            block = np.zeros(len(samples) * self._channels, "<i2")
            block[: len(there)] = there
            block[channel :: self._channels] = data
            data = block
        self.frames = max(self.frames, start + len(samples))  # `count` looks how much of it came to be there
        self._write(place, data.tobytes())

    def count(self, *, surely: bool = False) -> None:
        """Let the header count what was written; `surely`: it also survives a power cut. Raises `OSError`."""
        width = _WIDTH * self._channels
        held = min(self.frames, (os.fstat(self._file.fileno()).st_size - _HEADER.size) // width)
        size = max(0, held) * width
        head = (b"RIFF", _HEADER.size - 8 + size, b"WAVE", b"fmt ", 16, 1, self._channels)
        head += (SAMPLE_RATE, SAMPLE_RATE * width, width, 8 * _WIDTH, b"data", size)
        self._write(0, _HEADER.pack(*head))
        if surely:
            os.fsync(self._file.fileno())

    def close(self) -> bool:
        """Count what is there and leave the file; one that holds nothing goes, and False comes back. Never raises."""
        with suppress(OSError):
            self.count(surely=True)
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            if self.path.stat().st_size > _HEADER.size:
                return True
            self.path.unlink()
        return False

    def _write(self, place: int, data: bytes) -> None:
        self._file.seek(place)
        while data:
            data = data[self._file.write(data) :]


def make_folder(folder: Path) -> None:
    """Make the folder where it is not there yet, for its user alone. Raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def expire(folder: Path, keep_days: int, now: datetime | None = None) -> int:
    """Remove the calls older than `keep_days` that no manifest (`*.jsonl`) in `folder` names; returns how many.

    What is in a manifest belongs to a corpus, and its owner decides about it. Never raises.
    """
    oldest = (now or datetime.now(UTC)) - timedelta(days=keep_days)
    gone = 0
    with suppress(OSError):  # of a manifest that cannot be read nobody knows what it names: then all stays
        named = b"\n".join(path.read_bytes() for path in folder.glob("*.jsonl"))
        for path in folder.iterdir():
            if not (matched := _NAME.fullmatch(path.name)) or path.name.encode() in named:
                continue
            with suppress(ValueError, OSError):  # ValueError: the 99th of a month
                if datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC) < oldest:
                    path.unlink()
                    gone += 1
    return gone
