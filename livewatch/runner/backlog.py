"""What waits for the recogniser, and what a new one would have to hear again."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from livewatch.events import SAMPLE_RATE, AudioChunk

AGAIN = 10 * SAMPLE_RATE
"""Samples of each track that a new process hears again: longer than any phrase"""
NEW, REPEATED = b"s", b"h"
"""Kinds of sound: heard for the first time, and again"""


class Backlog:
    """Sound and orders, first in, first out; of sound the oldest goes when there is too much. Used from one thread."""

    def __init__(self, limit: int) -> None:
        """`limit` is the most samples that wait, those that are heard again not counted."""
        self._limit = limit
        self._queue: deque[tuple[bytes, AudioChunk | bytes]] = deque()
        self._heard: deque[AudioChunk] = deque()
        """What was taken last, as long as it may have to be heard again"""
        self._lost = {"any": 0, "caller": 0, "me": 0}
        self.samples = 0
        """Samples that wait"""
        self.again = 0
        """Samples that were put back at the last restart and have not all been worked through"""

    def order(self, kind: bytes, data: bytes = b"") -> None:
        """Put something that is no sound behind all that waits."""
        self._queue.append((kind, data))

    def order_first(self, kind: bytes, data: bytes = b"") -> None:
        """Put it before all that waits."""
        self._queue.appendleft((kind, data))

    def hear(self, chunk: AudioChunk) -> None:
        """Put sound behind all that waits; `trim` then keeps the limit."""
        self._queue.append((NEW, chunk))
        self.samples += len(chunk.samples)

    def trim(self) -> None:
        """Let the oldest sound go that is too much, counted in a later chunk's `lost`."""
        while self.samples > self._limit + self.again and self._drop():
            pass

    def ready(self, *, sound: bool) -> bool:
        """Whether something can be taken; `sound`: also where that is sound."""
        return bool(self._queue) and (sound or not isinstance(self._queue[0][1], AudioChunk))

    def take(self) -> tuple[bytes, AudioChunk | bytes]:
        """Take the first; sound with what was lost before it and what waits behind it."""
        kind, content = self._queue.popleft()
        if not isinstance(content, AudioChunk):
            return kind, content
        self.samples -= len(content.samples)
        lost, self._lost[content.side] = self._lost[content.side], 0
        chunk = replace(content, lost=content.lost + lost)
        self._heard.append(chunk)
        while self._heard[0].end < chunk.end - AGAIN:
            self._heard.popleft()
        return kind, replace(chunk, waiting=self.samples)

    def forget(self) -> None:
        """What was taken so far is not to be heard again."""
        self._heard.clear()

    def put_back(self) -> None:
        """Put before all that waits what was taken last, if it was not forgotten."""
        heard = tuple(self._heard)
        self._heard.clear()
        self._queue.extendleft((REPEATED, chunk) for chunk in reversed(heard))
        self.samples += sum(len(chunk.samples) for chunk in heard)
        self.again = sum(
            len(each.samples) for kind, each in self._queue if kind == REPEATED and type(each) is AudioChunk
        )

    def _drop(self) -> bool:
        """Let the oldest sound go that was never heard; False when there is none."""
        for place, (kind, chunk) in enumerate(self._queue):
            if kind == NEW and isinstance(chunk, AudioChunk):
                del self._queue[place]
                self.samples -= len(chunk.samples)
                self._lost[chunk.side] += chunk.lost + len(chunk.samples)
                return True
        return False
