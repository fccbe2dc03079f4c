"""A stretch of sound that is read again and again while it grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livewatch.engines.moonshine.align import word_spans
from livewatch.engines.moonshine.decoding import Reading, read
from livewatch.engines.moonshine.memory import Heard
from livewatch.engines.moonshine.model import MIN_SAMPLES, Encoding, Features, Model
from livewatch.engines.moonshine.tokens import Piece, Tokens
from livewatch.events import SAMPLE_RATE, Samples, Word

_TOKENS_PER_SECOND = 7.0
"""Limit on tokens: fast speech has 4-5 a second, a network in a loop writes without end"""
_OVERLAP = SAMPLE_RATE * 7 // 10
"""Sound before a cut that the stretch after it hears again, with its words given: words cut off from the sound and the
text before them are read badly"""


class Stretch:
    """Sound from `start` on, with the last reading of it."""

    def __init__(
        self,
        model: Model,
        tokens: Tokens,
        start: int,
        sound: Samples,
        *,
        again: Sequence[int] = (),
        draft: Sequence[int] = (),
    ) -> None:
        """`start`: sample index of the first of `sound`. `again`: tokens heard before a cut, given to the network.

        `draft` is a guess at the first reading, beginning with `again`.
        """
        self.start = start
        self.words: tuple[Word, ...] = ()
        """The words of the last reading, without those heard before the cut"""
        self.heard: Heard | None = None
        """The last reading whole"""
        self.draft = tuple(draft)
        """The tokens of the last reading; a better guess may be put here"""
        self.again = tuple(again)
        self._model = model
        self._tokens = tokens
        self._features = Features(model)
        self._pending = [sound]
        self._added = start
        self._encoded: tuple[int, Encoding] | None = None

    def grow(self, sound: Samples) -> None:
        """Append sound; nothing is computed before `read`."""
        self._pending.append(sound)

    def read(self, end: int, margin: float = 0.0) -> None:
        """Read up to sample index `end`, which never goes back. `margin`: see `Model.read`."""
        sound = np.concatenate(self._pending)
        wanted = max(0, end - self._added)
        self._pending = [sound[wanted:]]
        self._features.add(sound[:wanted])
        self._added += wanted
        if end - self.start < MIN_SAMPLES or not self._features.ready:
            return
        if self._encoded is None or self._encoded[0] != self._added:
            self._encoded = (self._added, self._model.encode(self._features))
        limit = int((end - self.start) / SAMPLE_RATE * _TOKENS_PER_SECOND) + 4
        given = len(self.again)
        encoding = self._encoded[1]
        reading = read(self._model, encoding, draft=self.draft, forced=given, margin=margin, limit=limit)
        self._take(reading, end, encoding)

    def take(self, reading: Reading) -> Heard:
        """Put `reading`, of the same sound, in the place of the last one, and return it as heard."""
        assert self.heard is not None  # noqa: S101 - there was one
        assert self.heard.encoding is not None  # noqa: S101 - the last stretch keeps it
        if reading is self.heard.reading:
            return self.heard
        return self._take(reading, self.heard.end, self.heard.encoding)

    def _take(self, reading: Reading, end: int, encoding: Encoding) -> Heard:
        pieces = self._tokens.words(reading.tokens)
        words = _words(reading, pieces, self.start, end)
        self.draft = reading.tokens
        given = len(self.again)
        self.heard = Heard(self.start, end, reading, tuple(pieces), words, given, encoding)
        self.words = words[sum(1 for piece in pieces if piece.first < given) :]
        return self.heard

    @property
    def hidden(self) -> int:
        """Words of the last reading that were heard before the cut, which `words` lacks."""
        return len(self.heard.pieces) - len(self.words) if self.heard is not None else 0

    def cut_after(self, last: int) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """Where a new stretch begins if this one ends with its word number `last`: (start, `again`, `draft`)."""
        assert self.heard is not None  # noqa: S101 - there is a word, so there was a reading
        first = last
        while first > 0 and self.words[last].end - self.words[first].start < _OVERLAP:
            first -= 1
        begin = self.heard.pieces[self.hidden + first].first
        tokens = self.heard.reading.tokens
        start = max(self.start, self.words[first].start - SAMPLE_RATE // 50)
        return start, tokens[begin : self.heard.pieces[self.hidden + last].last + 1], tokens[begin:]

    def heard_to(self, last: int) -> Heard:
        """The last reading, as if it ended with word number `last`."""
        assert self.heard is not None  # noqa: S101 - as above
        return self.heard.up_to(self.hidden + last)

    def tokens_to(self, last: int) -> tuple[int, ...]:
        """The tokens of the words up to number `last`, without those heard before the cut."""
        assert self.heard is not None  # noqa: S101 - as above
        return self.heard.reading.tokens[len(self.again) : self.heard.pieces[self.hidden + last].last + 1]


def best_cut(words: Sequence[Word], earliest: int, latest: int) -> int | None:
    """Index of the word to cut after: the one with the widest gap behind it that ends between two sample indices."""
    best, widest = None, -1
    for index in range(len(words) - 1):
        gap = words[index + 1].start - words[index].end
        if words[index].text[-1] in ".,?!;:":
            gap += SAMPLE_RATE // 20  # a clause ends here; worth as much as 50 ms of gap
        if earliest <= words[index].end <= latest and gap >= widest:
            best, widest = index, gap
    return best


def _words(reading: Reading, pieces: list[Piece], start: int, end: int) -> tuple[Word, ...]:
    spans = word_spans(reading, pieces, end - start)
    words = []
    for piece, (first, last) in zip(pieces, spans, strict=True):
        logprob = float(np.mean(reading.logprobs[piece.first : piece.last + 1]))
        words.append(Word(piece.text, start + first, start + last, min(1.0, float(np.exp(logprob)))))
    return tuple(words)
