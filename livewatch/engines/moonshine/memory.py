"""The last seconds of sound and what was read from them, for the second listen."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from livewatch.engines.moonshine.decoding import Reading, logprob
from livewatch.engines.moonshine.model import Encoding, Features, Model
from livewatch.engines.moonshine.tokens import Piece, Tokens
from livewatch.events import SAMPLE_RATE, Samples, Word

_LONGEST = 12 * SAMPLE_RATE
"""Samples that are encoded together at most; of a longer stretch the part that holds most of the phrase is taken"""


@dataclass(frozen=True, slots=True)
class Heard:
    """One stretch of sound and its reading."""

    start: int
    """Sample index"""
    end: int
    """Sample index"""
    reading: Reading
    pieces: tuple[Piece, ...]
    """The words of the reading, in tokens"""
    words: tuple[Word, ...]
    """The same words in time"""
    repeated: int
    """Leading tokens that the stretch before holds too"""
    encoding: Encoding | None = None
    """What it was read from, 13 kB for each 24 ms; kept for the last stretch only"""

    def up_to(self, last: int) -> Heard:
        """What is left when the stretch ends with word `last`: the words after it belong to the next one."""
        count = last + 1
        return replace(
            self, end=self.words[last].end, pieces=self.pieces[:count], words=self.words[:count], encoding=None
        )


class Memory:
    """Sound and readings of the last `length` samples."""

    def __init__(self, model: Model, tokens: Tokens, length: int) -> None:
        self._model = model
        self._tokens = tokens
        self._length = length
        self._sound: deque[tuple[int, Samples]] = deque()
        self._heard: deque[Heard] = deque()
        self._encoded: tuple[tuple[int, int], Encoding] | None = None

    def add(self, samples: Samples, start: int) -> None:
        """Keep `samples`, which begin at sample index `start`; forget what is too old."""
        self._sound.append((start, samples))
        while self._sound[0][0] < start - self._length:
            self._sound.popleft()
        while self._heard and self._heard[0].end < self._sound[0][0]:
            self._heard.popleft()

    def since(self, start: int) -> tuple[int, Samples]:
        """All sound from sample index `start` on, or from the first after it that is there without a gap."""
        parts: list[Samples] = []
        first = following = None
        for at, samples in reversed(self._sound):
            if at + len(samples) <= start or (following is not None and at + len(samples) != following):
                break
            parts.append(samples)
            first = following = at
        if first is None:
            return start, np.zeros(0, np.int16)
        sound = np.concatenate(parts[::-1])
        skip = max(0, start - first)
        return first + skip, sound[skip:]

    def remember(self, heard: Heard | None) -> None:
        """Keep the reading of a closed stretch."""
        if heard is not None:
            if self._heard:
                self._heard[-1] = replace(self._heard[-1], encoding=None)
            self._heard.append(heard)

    def score(self, words: Sequence[str], span: tuple[int, int], still_open: Heard | None) -> float:
        """See `livewatch.engines.engine.Session.score`."""
        stretches = [
            h for h in (*self._heard, *([still_open] if still_open else [])) if h.start < span[1] and span[0] < h.end
        ]
        if not stretches or not words or stretches[0].start < self._sound[0][0]:
            return -math.inf
        if stretches[-1].end - stretches[0].start > _LONGEST:
            stretches = [max(stretches, key=lambda h: min(h.end, span[1]) - max(h.start, span[0]))]
        before, replaced, after = self._split(stretches, span)
        only = stretches[0].encoding if len(stretches) == 1 else None
        encoding = only or self._encode(stretches[0].start, stretches[-1].end)
        own = float(logprob(self._model, encoding, [*before, *replaced.tokens, *after]).sum())
        best = -math.inf
        for text in _spellings(words, replaced.texts):
            tokens = [*before, *self._tokens.encode(text), *after]
            best = max(best, float(logprob(self._model, encoding, tokens).sum()))
        return best - own

    def _split(self, stretches: list[Heard], span: tuple[int, int]) -> tuple[list[int], _Replaced, list[int]]:
        """Tokens before the span, what stands in it, and tokens after it."""
        before: list[int] = []
        after: list[int] = []
        inside: list[int] = []
        texts: list[str] = []
        for number, heard in enumerate(stretches):
            for piece, word in zip(heard.pieces, heard.words, strict=True):
                if number and piece.first < heard.repeated:
                    continue
                tokens = heard.reading.tokens[piece.first : piece.last + 1]
                middle = (word.start + word.end) // 2
                if middle < span[0]:
                    before.extend(tokens)
                elif middle >= span[1]:
                    after.extend(tokens)
                else:
                    inside.extend(tokens)
                    texts.append(word.text)
        return before, _Replaced(tuple(inside), tuple(texts)), after

    def _encode(self, start: int, end: int) -> Encoding:
        if self._encoded is None or self._encoded[0] != (start, end):
            first, sound = self.since(start)
            features = Features(self._model)
            features.add(sound[: end - first])
            self._encoded = ((start, end), self._model.encode(features))
        return self._encoded[1]


@dataclass(frozen=True, slots=True)
class _Replaced:
    tokens: tuple[int, ...]
    texts: tuple[str, ...]


def _spellings(words: Sequence[str], replaced: Sequence[str]) -> list[str]:
    """The ways the network might write `words` in place of `replaced`.

    It writes capitals and punctuation; without the end punctuation that it chose itself, words that were said lose up
    to 5 points.
    """
    text = " ".join(words)
    last = replaced[-1] if replaced else ""
    end = last[len(last.rstrip(".,?!;:")) :]
    spellings = [text + end]
    if text[:1].islower():
        spellings.append(text[:1].upper() + text[1:] + end)
    return spellings
