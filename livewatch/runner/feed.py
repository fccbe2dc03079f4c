"""Sound from another thread through a bounded queue: a recording at its own pace, or a pipe that may wait for ever."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from livewatch.audio.source import Source
from livewatch.events import SAMPLE_RATE, AudioChunk
from livewatch.runner.stop import Stop

PIECE = SAMPLE_RATE // 25
"""Samples delivered at a time when a recording is paced: 40 ms, as sound cards do. 20 ms costs half as much again in
silence (0.015 against 0.010 CPU-s per s), waking two threads each time"""
LONGEST = 10 * SAMPLE_RATE
"""Samples that may wait for the recogniser: 10 s. A warning later than that helps nobody; what follows matters more"""
READ_AHEAD = SAMPLE_RATE
"""Samples read ahead from a pipe"""


class Fed:
    """A source read by a thread of its own, through a queue that never holds more than a fixed number of samples.

    Paced, each piece is delivered when its last sample would have been spoken, by an absolute schedule, whether or not
    the reader keeps up; what no longer fits is lost, the oldest first. Unpaced, the thread only reads ahead.
    """

    def __init__(self, source: Source, stop: Stop, *, paced: bool, limit: int = LONGEST) -> None:
        self.name = source.name
        self.duration = source.duration
        self._source = source
        self._stop = stop
        self._paced = paced
        self._queue = Queue(limit) if paced else Queue(READ_AHEAD)
        self.began: float | None = None
        """time.monotonic() when the first sample was delivered; None before"""

    @property
    def problems(self) -> Sequence[str]:
        """What the source has to say at its end."""
        return getattr(self._source, "problems", ())

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield what is delivered. Raises what the source raises, behind the sound before it."""
        thread = threading.Thread(target=self._feed, name="feeder", daemon=True)
        thread.start()
        try:
            while not self._stop.requested:
                chunk = self._queue.take(wait_s=0.1)  # so short that Ctrl-C is obeyed at once
                if chunk is not None:
                    yield chunk if self._paced else replace(chunk, waiting=0)
                elif self._queue.ended:
                    break
            self._queue.raise_failure()
        finally:
            self._queue.end()
            thread.join(timeout=0.5)  # a thread that waits for a silent pipe cannot be woken; it ends with the program

    def _feed(self) -> None:
        try:
            for chunk in self._source:
                for piece in _pieces(chunk) if self._paced else (chunk,):
                    if not self._deliver(piece):
                        return
        except BaseException as error:  # raised again in the reader's thread
            self._queue.end(error)
        else:
            self._queue.end()

    def _deliver(self, piece: AudioChunk) -> bool:
        now = time.monotonic()
        if self.began is None:
            self.began = now
        if not self._paced:
            return self._queue.put_waiting(piece)
        time.sleep(max(0.0, self.began + piece.end / SAMPLE_RATE - now))
        self._queue.put(piece)
        return not self._queue.ended


class Queue:
    """Chunks of one call between the thread that delivers and the one that works.

    Whoever must not wait delivers with `put` (a schedule now, the callback of a sound card later).
    """

    def __init__(self, limit: int) -> None:
        """`limit` is the most samples that wait; a single chunk may be longer."""
        self._limit = limit
        self._chunks: deque[AudioChunk] = deque()
        self._waiting = 0
        self._lost = 0
        self._failure: BaseException | None = None
        self._changed = threading.Condition()
        self.ended = False
        """Whether either side has ended it"""

    def put(self, chunk: AudioChunk) -> None:
        """Deliver without waiting. What does not fit pushes out the oldest, counted in the next chunk's `lost`."""
        with self._changed:
            self._append(chunk)
            while self._waiting > self._limit and len(self._chunks) > 1:
                oldest = self._popleft()
                self._lost += oldest.lost + len(oldest.samples)

    def put_waiting(self, chunk: AudioChunk) -> bool:
        """Deliver as soon as there is room; False when nobody wants more."""
        with self._changed:
            while not self.ended and self._chunks and self._waiting + len(chunk.samples) > self._limit:
                self._changed.wait()
            if not self.ended:
                self._append(chunk)
            return not self.ended

    def take(self, wait_s: float) -> AudioChunk | None:
        """Take the oldest chunk, with what was lost before it and what waits behind it; None after `wait_s` without."""
        with self._changed:
            if not self._chunks and not self.ended:
                self._changed.wait(wait_s)
            if not self._chunks:
                return None
            chunk = self._popleft()
            lost, self._lost = self._lost, 0
            return replace(chunk, lost=chunk.lost + lost, waiting=self._waiting)

    def end(self, failure: BaseException | None = None) -> None:
        """No more will come, or no more is wanted; the reader gets `failure` behind the last chunk."""
        with self._changed:
            self.ended = True
            self._failure = self._failure or failure
            self._changed.notify_all()

    def raise_failure(self) -> None:
        """Raise what ended it, if it was an error."""
        if self._failure is not None:
            raise self._failure

    def _append(self, chunk: AudioChunk) -> None:
        self._chunks.append(chunk)
        self._waiting += len(chunk.samples)
        self._changed.notify_all()

    def _popleft(self) -> AudioChunk:
        chunk = self._chunks.popleft()
        self._waiting -= len(chunk.samples)
        self._changed.notify_all()
        return chunk


def _pieces(chunk: AudioChunk) -> Iterator[AudioChunk]:
    """Cut a chunk into pieces as a sound card would give them."""
    for first in range(0, len(chunk.samples), PIECE):
        lost = chunk.lost if first == 0 else 0
        yield replace(chunk, samples=chunk.samples[first : first + PIECE], start=chunk.start + first, lost=lost)
