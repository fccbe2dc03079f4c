"""Simplest lawful stand-ins for what the tests cannot have."""

import json
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from livewatch.events import AudioChunk, Event
from livewatch.sinks.sink import Stamp


class ToneKaldi:
    """Stands in for vosk.KaldiRecognizer: a run of samples at the level 1000 n is the word `wn`, zeros are silence.

    Like the real one it ends an utterance after 0.5 s of silence behind a word, counts its seconds from its own first
    sample, and gives times to partial words only some way behind the plain partial.
    """

    RATE = 16_000
    LAG = 16_000
    """Samples by which timed partials trail"""

    def __init__(self) -> None:
        self.fed: list[int] = []
        """Length of every feed"""
        self._sound = np.zeros(0, np.int16)
        self._first = 0
        self._timed = False

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        samples = np.frombuffer(data, np.int16)
        self.fed.append(len(samples))
        self._sound = np.concatenate([self._sound, samples])
        words = self._words()
        return int(bool(words) and self._first + len(self._sound) - words[-1][2] >= self.RATE // 2)

    def SetPartialWords(self, enable_partial_words: bool) -> None:  # noqa: N802
        self._timed = enable_partial_words

    def PartialResult(self) -> str:  # noqa: N802
        words = self._words()
        if self._timed:
            words = [word for word in words if word[2] <= self._first + len(self._sound) - self.LAG]
        answer: dict[str, object] = {"partial": " ".join(word[0] for word in words)}
        if self._timed and words:
            answer["partial_result"] = self._timings(words)
        return json.dumps(answer)

    def Result(self) -> str:  # noqa: N802
        words = self._words()
        self._first += len(self._sound)
        self._sound = self._sound[:0]
        text = " ".join(word[0] for word in words)
        return json.dumps({"result": self._timings(words), "text": text} if words else {"text": ""})

    def FinalResult(self) -> str:  # noqa: N802
        return self.Result()

    def _words(self) -> list[tuple[str, int, int]]:
        level = np.concatenate([[0], self._sound, [0]])
        edges = np.flatnonzero(np.diff(level))
        return [
            (f"w{level[a + 1] // 1000}", self._first + int(a), self._first + int(b))
            for a, b in pairwise(edges)
            if level[a + 1]
        ]

    def _timings(self, words: list[tuple[str, int, int]]) -> list[dict[str, object]]:
        return [{"word": w, "start": a / self.RATE, "end": b / self.RATE, "conf": 0.9} for w, a, b in words]


class Collected:
    """The simplest lawful sink: keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.stamps: list[Stamp] = []
        self.closed = 0

    def handle(self, event: Event, stamp: Stamp) -> None:
        self.events.append(event)
        self.stamps.append(stamp)

    def close(self) -> None:
        self.closed += 1


class SilentSource:
    """The simplest lawful source: silence, a tenth of a second at a time."""

    def __init__(self, name: str, duration: int) -> None:
        self.name = name
        self.duration: int | None = duration

    def __iter__(self) -> Iterator[AudioChunk]:
        for start in range(0, self.duration or 0, 1600):
            yield AudioChunk(np.zeros(min(1600, (self.duration or 0) - start), np.int16), start)
