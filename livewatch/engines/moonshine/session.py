"""The streaming policy: when to read the open utterance again, what to believe, where to close it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from livewatch.engines.moonshine.align import word_spans
from livewatch.engines.moonshine.memory import Heard, Memory
from livewatch.engines.moonshine.model import MIN_SAMPLES, Features, Model, Reading
from livewatch.engines.moonshine.tokens import Piece, Tokens
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Samples, Side, Word

FRAME = SAMPLE_RATE // 50
"""Samples between two decisions, 20 ms: every decision falls on a sample count, so chunk sizes change nothing"""

_ONSET = (3, 5)
"""Speech begins when 3 of the last 5 frames are speech: clicks are shorter"""
_PRE_ROLL = SAMPLE_RATE * 3 // 10
"""Sound kept from before the onset: detectors miss soft first consonants"""
_TAIL = SAMPLE_RATE * 16 // 100
"""Sound kept after the last speech; the open utterance is read at once when it is complete"""
_LEAST_VOICED = SAMPLE_RATE // 5
"""An utterance with less speech than this is a noise and gives no words"""
_TOKENS_PER_SECOND = 7.0
"""Limit on tokens: fast speech has 4-5 a second, a network in a loop writes without end"""
_KEEP_OPEN = SAMPLE_RATE * 8 // 10
"""Words that end later than this before the end of the sound are not closed: the next sounds may still change them"""
_OVERLAP = SAMPLE_RATE * 7 // 10
"""Sound before a cut that the next utterance hears again, with its words given"""
_SETTLED = SAMPLE_RATE // 4
"""A word of `_SURE` confidence with at least this much sound after it is stable at once, not only at the second reading
that agrees"""
_SURE = 0.6
"""Least confidence for that"""
_MARGIN = 0.3
"""While an utterance is open its last reading is kept where another is better by less than this (natural logarithm).
At 1.0 early mistakes stay ("a less good me here, card number" for "give me your card number"), at 0 words flicker
between near equals, which costs steps of the decoder; a closed utterance is always read at 0"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be chosen; the rest is measured and fixed."""

    update: int | None
    """Samples between two readings of the open utterance; None reads it only when it is closed"""
    pause: int = SAMPLE_RATE // 2
    """Samples of silence that close an utterance"""
    longest: int = SAMPLE_RATE * 7
    """Samples after which an utterance is cut at the best gap between two words"""


@dataclass(slots=True)
class _Open:
    """The utterance being spoken."""

    start: int
    """Sample index of its first sample"""
    features: Features
    added: int
    """Sample index up to which sound has gone into `features`"""
    speech_end: int
    """Sample index of the end of the last speech"""
    voiced: int = 0
    """Samples of speech"""
    read_at: int = 0
    """Sample index at which it was last read"""
    read_speech: int = -1
    """`speech_end` when it was last read with its tail complete"""
    forced: tuple[int, ...] = ()
    """Tokens said before a cut and heard again: given to the network, not shown again"""
    draft: tuple[int, ...] = ()
    """The last reading"""
    words: tuple[Word, ...] = ()
    """The words last shown"""
    shown: tuple[tuple[str, ...], int] = ((), 0)
    """The texts and the number of stable words last yielded"""
    heard: Heard | None = None
    """The last reading with its words"""
    pending: list[Samples] = field(default_factory=list)
    """Sound not yet in `features`"""


class MoonshineSession:
    """One call; implements `livewatch.engines.engine.Session`."""

    def __init__(self, model: Model, tokens: Tokens, policy: Policy, memory_s: float) -> None:
        self._model = model
        self._tokens = tokens
        self._policy = policy
        self._memory = Memory(model, tokens, int(memory_s * SAMPLE_RATE))
        self._recent: deque[bool] = deque(maxlen=_ONSET[1])
        self._rest: list[Samples] = []
        self._open: _Open | None = None
        self._closed_until = 0
        self._utterance = 0
        self._at = 0
        self._side: Side = "any"
        self._finished = False

    def accept(self, chunk: AudioChunk) -> Iterator[Hypothesis]:
        """See `Session.accept`. A gap in the sound (`lost`) closes the utterance."""
        if self._finished:
            return
        self._side = chunk.side
        if chunk.lost:
            yield from self._close_at_speech_end()
            self._recent.clear()
        hurry = self._policy.update is not None and chunk.waiting > self._policy.update
        for first in range(0, len(chunk.samples), FRAME):
            frame = chunk.samples[first : first + FRAME]
            self._at = chunk.start + first + len(frame)
            self._memory.add(frame, self._at - len(frame))
            yield from self._hear(frame, bool(chunk.speech), hurry)

    def finish(self) -> Iterator[Hypothesis]:
        """See `Session.finish`."""
        self._finished = True
        yield from self._close_at_speech_end()

    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        """See `Session.score`. Costs one encoding and two passes, about 30 ms for five seconds of sound."""
        still_open = self._open.heard if self._open is not None else None
        return self._memory.score(words, span, still_open)

    def _hear(self, frame: Samples, speech: bool, hurry: bool) -> Iterator[Hypothesis]:
        self._recent.append(speech)
        if self._open is None:
            if sum(self._recent) >= _ONSET[0]:
                begun = self._begin(max(self._closed_until, self._at - FRAME * _ONSET[1] - _PRE_ROLL))
                begun.voiced = FRAME * sum(self._recent)
            return
        current = self._open
        current.pending.append(frame)
        if speech:
            current.speech_end = self._at
            current.voiced += len(frame)
        silence = self._at - current.speech_end
        if silence >= self._policy.pause:
            yield from self._close_at_speech_end()
        elif self._at - current.start >= self._policy.longest:
            yield from self._cut(current)
        elif self._policy.update is not None and not hurry and self._due(current, silence):
            yield from self._update(current)

    def _due(self, current: _Open, silence: int) -> bool:
        if current.voiced < _LEAST_VOICED or current.read_speech == current.speech_end:
            return False
        return silence >= _TAIL or self._at - max(current.read_at, current.start) >= (self._policy.update or 0)

    def _begin(self, start: int, forced: tuple[int, ...] = (), draft: tuple[int, ...] = ()) -> _Open:
        start, samples = self._memory.since(start)
        features = Features(self._model)
        self._open = _Open(start, features, start, self._at, forced=forced, draft=draft, pending=[samples])
        return self._open

    def _update(self, current: _Open) -> Iterator[Hypothesis]:
        self._read(current, min(self._at, current.speech_end + _TAIL), _MARGIN)
        yield from self._show(current, self._stable(current), final=False)

    def _close_at_speech_end(self) -> Iterator[Hypothesis]:
        current, self._open = self._open, None
        if current is None:
            return
        self._recent.clear()
        self._closed_until = end = min(self._at, current.speech_end + _TAIL)
        if current.voiced >= _LEAST_VOICED:
            if current.read_speech != current.speech_end:
                self._read(current, end)
            self._memory.remember(current.heard)
        yield from self._show(current, len(current.words), final=True)

    def _cut(self, current: _Open) -> Iterator[Hypothesis]:
        """Close the words that are safe and go on with the rest in a new utterance."""
        if current.read_speech != current.speech_end or current.read_at != self._at:
            self._read(current, self._at)
        heard = current.heard
        last = _best_cut(current.words, self._at - _KEEP_OPEN, current.start)
        if heard is None or last is None:
            yield from self._close_at_speech_end()
            return
        kept, rest = current.words[: last + 1], current.words[last + 1 :]
        hidden = len(heard.pieces) - len(current.words)
        again = last
        while again > 0 and kept[last].end - kept[again].start < _OVERLAP:
            again -= 1
        first, after = heard.pieces[hidden + again], heard.pieces[hidden + last]
        forced = heard.reading.tokens[first.first : after.last + 1]
        draft = heard.reading.tokens[first.first :]
        self._memory.remember(heard)
        start = max(current.start, kept[again].start - FRAME)
        current.words = kept
        yield from self._show(current, len(kept), final=True)
        begun = self._begin(start, forced, draft)
        begun.speech_end = current.speech_end
        begun.voiced = max(_LEAST_VOICED, self._at - start) if rest else self._at - kept[last].end
        begun.read_at = self._at

    def _read(self, current: _Open, end: int, margin: float = 0.0) -> None:
        """Read the utterance up to sample index `end`."""
        sound = np.concatenate(current.pending) if current.pending else np.zeros(0, np.int16)
        wanted = max(0, end - current.added)
        current.pending = [sound[wanted:]]
        current.features.add(sound[:wanted])
        current.added += wanted
        current.read_at = self._at
        current.read_speech = current.speech_end if self._at - current.speech_end >= _TAIL else -1
        if end - current.start < MIN_SAMPLES or not current.features.ready:
            return
        limit = int((end - current.start) / SAMPLE_RATE * _TOKENS_PER_SECOND) + 4
        encoding = self._model.encode(current.features)
        reading = self._model.read(
            encoding, draft=current.draft, forced=len(current.forced), margin=margin, limit=limit
        )
        pieces = self._tokens.words(reading.tokens)
        words = _words(reading, pieces, current.start, end)
        current.draft = reading.tokens
        current.heard = Heard(current.start, end, reading, tuple(pieces), words, len(current.forced))
        hidden = sum(1 for piece in pieces if piece.first < len(current.forced))
        current.words = words[hidden:]

    def _stable(self, current: _Open) -> int:
        """How many leading words can be believed: said by two readings, or sure and with enough sound after them."""
        before = current.shown[0]
        stable = 0
        for index, word in enumerate(current.words):
            agreed = index < len(before) and _same(before[index], word.text)
            settled = word.end + _SETTLED <= current.added and word.confidence >= _SURE
            if not (agreed or settled):
                break
            stable += 1
        return stable

    def _show(self, current: _Open, stable: int, *, final: bool) -> Iterator[Hypothesis]:
        texts = tuple(word.text for word in current.words)
        stable = len(texts) if final else stable
        if final and not texts and not current.shown[0]:
            return
        if final or (texts, stable) != current.shown:
            current.shown = (texts, stable)
            yield Hypothesis(current.words, stable, final, self._utterance, self._at, self._side)
        if final:
            self._utterance += 1


def _words(reading: Reading, pieces: list[Piece], start: int, end: int) -> tuple[Word, ...]:
    spans = word_spans(reading, pieces, end - start)
    words = []
    for piece, (first, last) in zip(pieces, spans, strict=True):
        logprob = float(np.mean(reading.logprobs[piece.first : piece.last + 1]))
        words.append(Word(piece.text, start + first, start + last, min(1.0, float(np.exp(logprob)))))
    return tuple(words)


def _same(one: str, other: str) -> bool:
    """Whether two spellings are one word: case and punctuation come and go while a sentence grows."""
    return "".join(filter(str.isalnum, one.lower())) == "".join(filter(str.isalnum, other.lower()))


def _best_cut(words: tuple[Word, ...], latest: int, start: int) -> int | None:
    """Index of the word to cut after: the widest gap in the later half, None when there is nowhere to cut."""
    earliest = start + (latest - start) // 2
    best, widest = None, -1
    for index in range(len(words) - 1):
        gap = words[index + 1].start - words[index].end
        if words[index].text[-1] in ".,?!;:":
            gap += SAMPLE_RATE // 20  # a clause ends here; worth as much as 50 ms of gap
        if earliest <= words[index].end <= latest and gap >= widest:
            best, widest = index, gap
    return best
