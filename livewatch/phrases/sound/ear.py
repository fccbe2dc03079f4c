"""Follows one side of a call by sound, word by word, through all revisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from livewatch.events import SAMPLE_RATE, Hypothesis, Word
from livewatch.phrases.sound.search import Costs, Near, SoundIndex

MOST_DISTANCE: Final = 0.25
"""Of a phrase that the second listen is to decide on"""
STRICT_DISTANCE: Final = 0.12
"""Where the recogniser cannot listen again: little more than homophones"""
_APART: Final = round(1.5 * SAMPLE_RATE)
"""Samples of silence between utterances after which phrases begin anew"""
_REMEMBERED: Final = 40
"""Words kept to find where a phrase begins"""


class Sounding(NamedTuple):
    """A phrase that was perhaps said."""

    near: Near
    words: tuple[Word, ...]
    """What the recogniser wrote there"""


@dataclass(slots=True)
class _State:
    costs: Costs
    words: tuple[Word, ...] = ()
    """The last ones"""
    phones: tuple[int, ...] = ()
    """Of those words, as many as `ends` says"""
    ends: tuple[int, ...] = field(default=())
    """By word: phones up to its end"""


class Ear:
    """One side of one call. Not for use by two threads at once."""

    def __init__(self, index: SoundIndex, most_distance: float) -> None:
        self._index = index
        self._most = most_distance
        self._states = [_State(index.start())]
        """Before the open utterance, and after each of its words"""
        self._utterance = -1
        self._texts: list[str] = []

    def accept(self, hypothesis: Hypothesis) -> Iterator[Sounding]:
        """Take the next hypothesis; yield what its newly stable words sound like.

        Only words that changed are gone through again: 12 phones a second, 0.1 ms each.
        """
        if not len(self._index):
            return
        if hypothesis.utterance != self._utterance:
            self._begin(hypothesis)
        words = hypothesis.words[: hypothesis.stable]
        same = 0
        while same < min(len(words), len(self._texts)) and words[same].text == self._texts[same]:
            same += 1
        del self._texts[same:], self._states[same + 1 :]
        for word in words[same:]:
            self._texts.append(word.text)
            self._states.append(self._hear(self._states[-1], word))
            yield from self._soundings(self._states[-1])

    def _begin(self, hypothesis: Hypothesis) -> None:
        last = self._states[-1]
        if last.words and hypothesis.words and hypothesis.words[0].start - last.words[-1].end > _APART:
            last = _State(self._index.start())
        self._states, self._texts, self._utterance = [last], [], hypothesis.utterance

    def _hear(self, state: _State, word: Word) -> _State:
        costs = state.costs
        phones = self._index.pronouncer.word(word.text)
        for phone in phones:
            costs = self._index.step(costs, phone)
        words, ends, heard = state.words, state.ends, state.phones
        if len(words) >= _REMEMBERED:
            words, gone = words[1:], ends[0]
            ends, heard = tuple(end - gone for end in ends[1:]), heard[gone:]
        return _State(costs, (*words, word), heard + phones, (*ends, len(heard) + len(phones)))

    def _soundings(self, state: _State) -> Iterator[Sounding]:
        for near in self._index.near(state.costs, state.phones, self._most):
            begin = len(state.phones) - near.phones
            first = next((number for number, end in enumerate(state.ends) if end > begin), len(state.ends) - 1)
            yield Sounding(near, state.words[first:])
