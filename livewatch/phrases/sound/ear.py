"""Follows one side of a call by sound, word by word, through all revisions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from livewatch.events import SAMPLE_RATE, Hypothesis, Word
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.pronounce import Phones, Pronouncer
from livewatch.phrases.sound.search import Heard, Near, SoundIndex
from livewatch.phrases.stem import stem

LEAST_SCORE: Final = 230
"""Of a phrase that the second listen is to decide on; see `livewatch.phrases.sound.search`. In ordinary talk, had the
recogniser been unsure of every word, 0.02 a second have it; at 180 it is 0.13, each a second listen, 30 ms"""
MOST_DISTANCE: Final = 0.4
"""Of such a phrase"""
STRICT_DISTANCE: Final = 0.12
"""Where the recogniser cannot listen again: little more than homophones"""
_LEAST_CONFIDENCE: Final = 0.5
"""Words that the recogniser was surer of were not mis-heard: without another near them nothing is looked for"""
_DOUBTED_FOR: Final = 6
"""Words after an unsure one in which a phrase may end that holds it"""
_APART: Final = round(1.5 * SAMPLE_RATE)
"""Samples of silence between utterances after which phrases begin anew"""
_REMEMBERED: Final = 24
"""Words kept to find where a phrase begins"""
_BACK: Final = 12
"""Words before an unsure one in which a phrase may begin that holds it"""


class Sounding(NamedTuple):
    """A phrase that was perhaps said."""

    phrase: Phrase
    score: int
    """See `livewatch.phrases.sound.align.Fit`"""
    listed: tuple[str, ...]
    """What was perhaps said, as the list has it; in a gap, as the recogniser wrote it"""
    words: tuple[Word, ...]
    """What the recogniser wrote there"""


@dataclass(slots=True)
class _State:
    """After one word."""

    word: Word
    phones: Phones
    """Of this word"""
    heard: Heard | None
    """Where all wordings stand; None where no phrase needed to be looked for"""
    doubted: int
    """For how many more words phrases are looked for"""


class Ear:
    """One side of one call. Not for use by two threads at once."""

    def __init__(self, index: Callable[[], SoundIndex], pronouncer: Pronouncer, most_distance: float) -> None:
        """`index` is called at the first word that is doubted: it takes 0.3 s to make."""
        self._index = index
        self._pronouncer = pronouncer
        self._most = most_distance
        self._before: list[_State] = []
        """After each of the last words before the open utterance"""
        self._states: list[_State] = []
        """After each of its stable words"""
        self._utterance = -1

    def accept(
        self, hypothesis: Hypothesis, wanted: Callable[[Phrase, int], bool] = lambda phrase, since: True
    ) -> Iterator[Sounding]:
        """Take the next hypothesis; yield what its newly stable words sound like.

        `wanted` says whether a phrase is worth it in the words since a sample index. Only words that changed are gone
        through again.
        """
        if hypothesis.utterance != self._utterance:
            self._begin(hypothesis)
        words = hypothesis.words[: hypothesis.stable]
        same = 0
        for state, word in zip(self._states, words, strict=False):
            if state.word.text != word.text:
                break
            same += 1
        del self._states[same:]
        for word in words[same:]:
            yield from self._hear(word, wanted)

    def _begin(self, hypothesis: Hypothesis) -> None:
        self._before = [*self._before, *self._states][-_REMEMBERED:]
        known = [state for state in self._before if state.heard is not None]
        for state in known[:-1]:  # 0.2 MB each, and only the last is gone on from
            state.heard = None
        last = self._before[-1].word if self._before else None
        if last and hypothesis.words and hypothesis.words[0].start - last.end > _APART:
            self._before = []
        self._states, self._utterance = [], hypothesis.utterance

    def _hear(self, word: Word, wanted: Callable[[Phrase, int], bool]) -> Iterator[Sounding]:
        past = [*self._before, *self._states][-_REMEMBERED:]
        doubted = max(0, past[-1].doubted - 1) if past else 0
        if word.confidence < _LEAST_CONFIDENCE:
            doubted = _DOUBTED_FOR
        state = _State(word, self._pronouncer.word(word.text), None, doubted)
        self._states.append(state)
        if not doubted:
            return
        index = self._index()
        if not len(index):
            return
        row = [*past, state]
        self._catch_up(row, index)
        if state.heard is None:
            return
        phones = [phone for one in row for phone in one.phones]
        start = row[max(0, len(row) - _BACK)].word.start
        for near in index.near(state.heard, phones, LEAST_SCORE, lambda phrase: wanted(phrase, start)):
            if near.fit.distance <= self._most:
                yield _sounding(near, row)

    @staticmethod
    def _catch_up(row: list[_State], index: SoundIndex) -> None:
        """Let the wordings hear what they have not heard yet of the last `_BACK` words."""
        begin = len(row)
        while begin > max(0, len(row) - 1 - _BACK) and row[begin - 1].heard is None:
            begin -= 1
        heard = row[begin - 1].heard if begin else None
        heard = heard or index.start()
        for state in row[begin:]:
            for phone in state.phones:
                heard = index.step(heard, phone)
            state.heard = heard


def _sounding(near: Near, row: list[_State]) -> Sounding:
    fit = near.fit
    ends = list(accumulate(len(state.phones) for state in row))
    words = [state.word for state in row]

    def word_of(phone: int) -> int:
        return min(bisect_right(ends, phone), len(row) - 1)

    first, last = word_of(fit.first), word_of(max(fit.first, fit.last))
    forms = {stem(bare): bare for word in words[first : last + 1] if (bare := word.text.strip(".,?!;:").lower())}
    gaps = iter(fit.gaps)
    listed: list[str] = []
    for word in fit.words:
        if word is not None:
            listed.append(forms.get(stem(word), word))  # "suspended", where the list has "suspending"
            continue
        begin, end = next(gaps)
        listed += (words[place].text for place in range(word_of(begin), word_of(end - 1) + 1))
    return Sounding(near.phrase, fit.score, tuple(listed), tuple(words[first : last + 1]))
