"""Raw samples from a byte stream: pipes, headerless telephone files, and WAV files whose header was never completed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from livewatch.audio.resample import Block


def _mu_law() -> npt.NDArray[np.float32]:
    """ITU-T G.711 mu-law: the sample for each of the 256 codes, full scale -1..1."""
    code = ~np.arange(256, dtype=np.uint8)
    size = (((code & 0x0F).astype(np.int32) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return (np.where(code & 0x80, -size, size) / 32_768).astype(np.float32)


def _a_law() -> npt.NDArray[np.float32]:
    """ITU-T G.711 A-law: the sample for each of the 256 codes, full scale -1..1."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment = (code >> 4 & 7).astype(np.int32)
    step = ((code & 0x0F).astype(np.int32) << 4) + 8
    size = np.where(segment == 0, step, step + 0x100 << np.maximum(segment - 1, 0))
    return (np.where(code & 0x80, size, -size) / 32_768).astype(np.float32)


class ByteStream(Protocol):
    """What is asked of a pipe or an open file."""

    def read(self, size: int, /) -> bytes:
        """Return 1 to `size` bytes, none only at the end."""
        ...


@dataclass(frozen=True, slots=True)
class SampleFormat:
    """How one sample value is written."""

    name: str
    """As on the command line"""
    width: int
    """Bytes"""
    dtype: str
    """NumPy type of one value; empty for 24 bits, which NumPy has no type for"""
    scale: float = 1.0
    """Full scale in the type's own units"""
    offset: float = 0.0
    """What silence is in the type's own units"""


SAMPLE_FORMATS = {
    each.name: each
    for each in (
        SampleFormat("s16le", 2, "<i2", 32_768),
        SampleFormat("s16be", 2, ">i2", 32_768),
        SampleFormat("u8", 1, "u1", 128, 128),
        SampleFormat("s24le", 3, "", 8_388_608),
        SampleFormat("s32le", 4, "<i4", 2_147_483_648),
        SampleFormat("f32le", 4, "<f4"),
        SampleFormat("f64le", 8, "<f8"),
        SampleFormat("mulaw", 1, "u1"),
        SampleFormat("alaw", 1, "u1"),
    )
}
"""By name. G.711 (`mulaw`, `alaw`) is what telephone exchanges use; Python's own `audioop` is gone since 3.13."""

_G711 = {"mulaw": _mu_law(), "alaw": _a_law()}


def to_block(data: bytes, form: SampleFormat, channels: int) -> Block:
    """Decode whole frames: `data` is a multiple of `width * channels` bytes long. Shape (n, channels)."""
    if form.name in _G711:
        values = _G711[form.name][np.frombuffer(data, np.uint8)]
    elif not form.dtype:
        # The three bytes go to the top of an int32 and come down again with their sign.
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        values = (wide.view("<i4")[:, 0] >> 8) / form.scale
    else:
        # A float64 beyond float32 becomes infinite, which the resampler counts and silences.
        with np.errstate(over="ignore", invalid="ignore"):
            values = (np.frombuffer(data, form.dtype).astype(np.float64) - form.offset) / form.scale
            values = values.astype(np.float32)
    return values.astype(np.float32, copy=False).reshape(-1, channels)


class PcmReader:
    """Blocks of samples from a byte stream that may give fewer bytes than asked for, at any boundary."""

    def __init__(
        self,
        stream: ByteStream,
        form: SampleFormat,
        channels: int,
        block: int,
        *,
        head: bytes = b"",
        limit: int | None = None,
    ) -> None:
        """Read at most `block` frames at a time and `limit` bytes in all; `head` are sound bytes read already."""
        self._stream = stream
        self._form = form
        self._channels = channels
        self._frame = form.width * channels
        self._want = block * self._frame
        self._rest = head
        self._left = limit
        self.odd_bytes = 0
        """Bytes at the end that were less than one frame; known once the stream has ended"""
        self.missing_bytes = 0
        """Bytes that `limit` promised and the stream did not have; known once the stream has ended"""

    def __iter__(self) -> Iterator[Block]:
        if self._left is not None:
            self._rest = self._rest[: self._left]
            self._left -= len(self._rest)
        more = True
        while more:
            ask = max(self._frame, self._want - len(self._rest))
            data = self._stream.read(ask if self._left is None else min(ask, self._left))
            if self._left is not None:
                self._left -= len(data)
            more = len(data) > 0
            self._rest += data
            whole = len(self._rest) // self._frame * self._frame
            if whole:
                yield to_block(self._rest[:whole], self._form, self._channels)
                self._rest = self._rest[whole:]
        self.odd_bytes = len(self._rest)
        self.missing_bytes = self._left or 0
