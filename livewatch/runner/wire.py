"""What the window's process and the recogniser's say to each other, over two pipes.

Frames of a kind (one byte), a length (four bytes, little endian) and that many bytes:

    to the recogniser                               from it
    i  settings, JSON: the first                    r  `Ready`: loaded
    b  `Begin`: a call begins                       v  an event
    s  `SOUND`, then int16: sound                   a  `TAKEN`: so far it has come
    d  the alert was wrong (`Judge.dismiss`)        e  `Failure`: it cannot go on
    x  the call ends                                f  the fault in livewatch that ends it, as text

Not pickle: a recogniser that a broken model has led astray must not make the window run anything.
"""

from __future__ import annotations

import struct
from typing import IO, Any

import msgspec
import numpy as np

from livewatch.audio.capture import HEADER
from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    AudioChunk,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Match,
    Notice,
    RiskUpdate,
    Side,
)

SOUND = struct.Struct("<Bqqq")
"""Side, start, lost and waiting, as in `AudioChunk`"""
TAKEN = struct.Struct("<qf")
"""Samples worked through since the process began, CPU seconds of the process"""
TELL = SAMPLE_RATE // 5
"""Samples between two reports of how far the recogniser has come"""
_SIDES: tuple[Side, ...] = ("any", "caller", "me")
_DECODERS = {
    kind.__name__: msgspec.msgpack.Decoder(kind)
    for kind in (CallStarted, Hypothesis, Match, RiskUpdate, Alert, Notice, CallEnded)
}


class Ready(msgspec.Struct, frozen=True):
    """The recogniser is loaded."""

    engine: str
    model: str
    choice: str
    """Why it is this one; empty where it was asked for by name"""
    problems: tuple[tuple[str, str], ...] = ()
    """Lines of phrase lists that cannot be used: message and hint"""


class Begin(msgspec.Struct, frozen=True):
    """A call begins, or goes on after a restart."""

    call: str
    before: tuple[Match, ...] = ()
    """Matches of this call that were shown before the restart"""
    dismissed: int = 0
    """How many of them, the first, somebody has called harmless"""


class Failure(msgspec.Struct, frozen=True):
    """A `LivewatchError`."""

    kind: str
    """Name of its class"""
    code: str
    message: str
    hint: str


def write(stream: IO[bytes], kind: bytes, data: bytes = b"") -> None:
    """Send one frame. Raises `OSError` when nobody reads."""
    stream.write(HEADER.pack(kind, len(data)) + data)
    stream.flush()


def read(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Return the next frame, waiting for it; None at the end, also in the middle of a frame."""
    head = stream.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    kind, size = HEADER.unpack(head)
    data = stream.read(size)
    return (kind, data) if len(data) == size else None


def sound(chunk: AudioChunk) -> bytes:
    """Write a chunk as the content of a frame."""
    head = SOUND.pack(_SIDES.index(chunk.side), chunk.start, chunk.lost, chunk.waiting)
    return head + chunk.samples.tobytes()


def chunk_of(data: bytes) -> AudioChunk:
    """Read what `sound` has written."""
    side, start, lost, waiting = SOUND.unpack_from(data)
    samples = np.frombuffer(data, np.int16, offset=SOUND.size)
    return AudioChunk(samples, start, lost, side=_SIDES[side], waiting=waiting)


def event(happened: Event) -> bytes:
    """Write an event as the content of a frame."""
    return msgspec.msgpack.encode((type(happened).__name__, happened))


def event_of(data: bytes) -> Event:
    """Read what `event` has written. Raises `msgspec.DecodeError`."""
    name, content = msgspec.msgpack.decode(data, type=tuple[str, msgspec.Raw])
    decoder: Any = _DECODERS[name]
    return decoder.decode(content)
