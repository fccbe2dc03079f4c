"""The streaming policy: when to read the open utterance again, what to believe, where to close it.

An open utterance is read in two ways. While it grows, only its last few seconds are read again, at a set pace, after
words that are taken as read: that is cheap and early. When it is closed, it is read once more from its start: whole
utterances are read better (word error rate on 26 calls by length of the longest: 30.7 % at 5 s, 28.6 % at 7 s, 26.8 %
at 9 and at 10 s, 27.0 % at 12 s).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from livewatch.engines.moonshine.alternatives import Alternatives
from livewatch.engines.moonshine.language_model import LanguageModel
from livewatch.engines.moonshine.memory import Memory
from livewatch.engines.moonshine.model import Model
from livewatch.engines.moonshine.stretch import Stretch, best_cut
from livewatch.engines.moonshine.tokens import Tokens, bare
from livewatch.events import SAMPLE_RATE, Alternative, AudioChunk, Hypothesis, Samples, Side, Word

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
_KEEP_OPEN = SAMPLE_RATE * 8 // 10
"""Words that end later than this before the end of the sound are not closed: the next sounds may still change them"""
_WINDOW = SAMPLE_RATE * 3
"""Sound that is read again while the utterance grows; beyond that it begins anew, at a word at least `_RECENT` back"""
_RECENT = SAMPLE_RATE * 6 // 5
_SETTLED = SAMPLE_RATE // 10
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
    longest: int = SAMPLE_RATE * 9
    """Samples after which an utterance is cut at the best gap between two words"""


@dataclass(slots=True)
class _Open:
    """The utterance being spoken."""

    whole: Stretch
    """From its start"""
    recent: Stretch
    """Its last seconds; the same as `whole` while that is short"""
    speech_end: int
    """Sample index of the end of the last speech"""
    voiced: int
    """Samples of speech"""
    read_at: int
    """Sample index at which it was last read"""
    complete: int = -1
    """`speech_end` when it was last read with its tail"""
    before: tuple[Word, ...] = ()
    """Words before `recent`, taken as read"""
    tokens_before: tuple[int, ...] = ()
    """Their tokens, with those heard again after a cut"""
    shown: tuple[tuple[str, ...], int] = ((), 0)
    """The texts and the number of stable words last yielded"""

    @property
    def words(self) -> tuple[Word, ...]:
        return self.before + self.recent.words

    def grow(self, sound: Samples) -> None:
        self.whole.grow(sound)
        if self.recent is not self.whole:
            self.recent.grow(sound)

    def read_whole(self, end: int) -> None:
        """Read all of it up to `end`; from now on `words` are those of this reading."""
        if self.recent is not self.whole:
            self.whole.draft = self.tokens_before + self.recent.draft[len(self.recent.again) :]
        self.whole.read(end)
        self.recent, self.before = self.whole, ()


class MoonshineSession:
    """One call; implements `livewatch.engines.engine.Session`."""

    def __init__(self, model: Model, tokens: Tokens, language: LanguageModel, policy: Policy, memory_s: float) -> None:
        self._model = model
        self._tokens = tokens
        self._policy = policy
        self._memory = Memory(model, tokens, int(memory_s * SAMPLE_RATE))
        self._alternatives = Alternatives(model, tokens, language)
        self._recent: deque[bool] = deque(maxlen=_ONSET[1])
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
            yield from self._close()
        hurry = self._policy.update is not None and chunk.waiting > self._policy.update
        for first in range(0, len(chunk.samples), FRAME):
            frame = chunk.samples[first : first + FRAME]
            self._at = chunk.start + first + len(frame)
            self._memory.add(frame, self._at - len(frame))
            yield from self._hear(frame, bool(chunk.speech), hurry)

    def finish(self) -> Iterator[Hypothesis]:
        """See `Session.finish`."""
        self._finished = True
        yield from self._close()

    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        """See `Session.score`. Costs one encoding and two passes, about 30 ms for five seconds of sound."""
        still_open = self._open.recent.heard if self._open is not None else None
        return self._memory.score(words, span, still_open)

    def _hear(self, frame: Samples, speech: bool, hurry: bool) -> Iterator[Hypothesis]:
        self._recent.append(speech)
        current = self._open
        if current is None:
            if sum(self._recent) >= _ONSET[0]:
                start = max(self._closed_until, self._at - FRAME * _ONSET[1] - _PRE_ROLL)
                self._begin(self._stretch(start), self._at, FRAME * sum(self._recent), read_at=self._at)
            return
        current.grow(frame)
        if speech:
            current.speech_end = self._at
            current.voiced += len(frame)
        silence = self._at - current.speech_end
        if silence >= self._policy.pause:
            yield from self._close()
        elif self._at - current.whole.start >= self._policy.longest:
            yield from self._cut(current)
        elif self._policy.update is not None and not hurry and self._due(current, silence, self._policy.update):
            yield from self._update(current)

    def _due(self, current: _Open, silence: int, update: int) -> bool:
        if current.voiced < _LEAST_VOICED or current.complete == current.speech_end:
            return False
        return silence >= _TAIL or self._at - current.read_at >= update

    def _stretch(self, start: int, again: tuple[int, ...] = (), draft: tuple[int, ...] = ()) -> Stretch:
        start, sound = self._memory.since(start)
        return Stretch(self._model, self._tokens, start, sound, again=again, draft=draft)

    def _begin(self, whole: Stretch, speech_end: int, voiced: int, read_at: int) -> None:
        self._open = _Open(whole, whole, speech_end, voiced, read_at, tokens_before=whole.again)

    def _update(self, current: _Open) -> Iterator[Hypothesis]:
        """Read the last seconds again."""
        end = self._read_to(current)
        current.recent.read(end, _MARGIN)
        heard = current.recent.heard
        others = self._placed(current, self._alternatives.of_open(heard)) if heard is not None else []
        yield from self._show(current, self._stable(current, end), others, final=False)
        if end - current.recent.start > _WINDOW:
            recent = current.recent
            last = best_cut(recent.words, recent.start, end - _RECENT)
            if last is not None:
                current.before += recent.words[: last + 1]
                current.tokens_before += recent.tokens_to(last)
                current.recent = self._stretch(*recent.cut_after(last))

    def _close(self) -> Iterator[Hypothesis]:
        """Close the utterance where speech ended."""
        current = self._open
        self._recent.clear()
        if current is not None:
            end = self._read_to(current)
            others = self._read_whole(current, end) if current.voiced >= _LEAST_VOICED else []
            yield from self._end(current, end, others)

    def _end(self, current: _Open, end: int, others: Sequence[Alternative]) -> Iterator[Hypothesis]:
        """Let an utterance that was read whole, up to `end`, be final."""
        self._open, self._closed_until = None, end
        self._recent.clear()
        if current.voiced >= _LEAST_VOICED:
            self._memory.remember(current.whole.heard)
        yield from self._show(current, len(current.words), others, final=True)

    def _cut(self, current: _Open) -> Iterator[Hypothesis]:
        """Close the words that are safe and go on with the rest in a new utterance."""
        end = self._read_to(current)
        found = self._read_whole(current, end)
        whole = current.whole
        latest = end - _KEEP_OPEN
        last = best_cut(whole.words, (whole.start + latest) // 2, latest)
        if last is None:
            yield from self._end(current, end, found)
            return
        following = self._stretch(*whole.cut_after(last))
        rest = self._at - whole.words[last].end
        self._memory.remember(whole.heard_to(last))
        others = [each for each in found if each.end <= last + 1]
        whole.words = whole.words[: last + 1]
        self._open = None  # who takes the hypothesis may ask for a second listen, and this was remembered
        yield from self._show(current, len(whole.words), others, final=True)
        # What was said meanwhile has waited long enough: it is read at once.
        self._begin(following, current.speech_end, rest, read_at=following.start)

    def _read_to(self, current: _Open) -> int:
        """Where a reading ends now: the tail after the last speech, or what there is."""
        current.read_at = self._at
        if self._at - current.speech_end >= _TAIL:
            current.complete = current.speech_end
        return min(self._at, current.speech_end + _TAIL)

    def _stable(self, current: _Open, end: int) -> int:
        """How many leading words can be believed: said by two readings, or sure and with enough sound after them."""
        before = current.shown[0]
        stable = 0
        for index, word in enumerate(current.words):
            agreed = index < len(before) and _same(before[index], word.text)
            settled = word.end + _SETTLED <= end and word.confidence >= _SURE
            if not (agreed or settled):
                break
            stable += 1
        return stable

    def _read_whole(self, current: _Open, end: int) -> list[Alternative]:
        """Read all of it, take the best reading, and return what else it may be."""
        current.read_whole(end)
        if current.whole.heard is None:
            return []
        best, variants = self._alternatives.of_closed(current.whole.heard)
        heard = current.whole.take(best)
        return self._placed(current, self._alternatives.beside(heard, variants))

    @staticmethod
    def _placed(current: _Open, found: Iterable[Alternative]) -> list[Alternative]:
        """Return alternatives by their places in the utterance, instead of in what was just read."""
        hidden = current.recent.hidden
        ahead = len(current.before) - hidden
        return [replace(each, first=each.first + ahead, end=each.end + ahead) for each in found if each.first >= hidden]

    def _show(
        self, current: _Open, stable: int, others: Sequence[Alternative] = (), *, final: bool
    ) -> Iterator[Hypothesis]:
        texts = tuple(word.text for word in current.words)
        if final and not texts and not current.shown[0]:
            return
        if final or others or (texts, stable) != current.shown:
            current.shown = (texts, stable)
            words, side = current.words, self._side
            yield Hypothesis(words, stable, final, self._utterance, self._at, side, tuple(others))
        if final:
            self._utterance += 1


def _same(one: str, other: str) -> bool:
    """Whether two spellings are one word: case and punctuation come and go while a sentence grows."""
    return bare(one) == bare(other)
