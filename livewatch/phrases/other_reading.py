"""An utterance as it reads with an alternative of the recogniser's, and which written words stand behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from livewatch.events import SAMPLE_RATE, Word
from livewatch.phrases.automaton import MAX_SPAN
from livewatch.phrases.normalise import bare

SENTENCE_GAP: Final = round(0.3 * SAMPLE_RATE)
"""Samples of silence at an utterance's end that end a sentence, too. Recognisers also cut running speech to bound their
cost; those cuts have no gap and must not separate "we never" from "ask for your PIN"."""


class OtherReading:
    """Words with others in the place of some of them, and what stands around them."""

    def __init__(self, words: Sequence[Word], first: int, end: int, others: Sequence[str]) -> None:
        """`others` stand for `words[first:end]`."""
        self._begin = max(0, first - MAX_SPAN)
        around = words[self._begin : end + MAX_SPAN]
        self._first, self._count = first, len(others)
        before, after = first - self._begin, end - self._begin
        texts = [word.text for word in around]
        self.texts = [*texts[:before], *others, *texts[after:]]
        """The words, as written"""
        moved = len(others) - (end - first)
        self.breaks = {
            index if index < before else index + moved
            for index in sentence_ends(around, len(around) - 1)
            if not before <= index < after
        }
        """See `Reader.read`"""

        self._behind = [
            *((index, index + 1) for index in range(self._begin, first)),
            *_behind([word.text for word in words[first:end]], others, first),
            *((index, index + 1) for index in range(end, self._begin + len(around))),
        ]
        """By index in `texts`: the first word it stands for, and the one after the last"""

    def place(self, first: int, last: int) -> tuple[int, int] | None:
        """Return the first and last of the words behind `texts[first]` to `texts[last]`; None if no other is there."""
        before = self._first - self._begin
        if last < before or first >= before + self._count:
            return None
        begin, end = self._behind[first][0], self._behind[last][1]
        if begin >= end:  # words are put in where nothing was written
            begin, end = max(0, end - 1), max(1, end)
        return begin, end - 1


def _behind(own: Sequence[str], others: Sequence[str], first: int) -> Iterator[tuple[int, int]]:
    """Yield for each of `others` the place of those of `own` that it stands for; `own` begins at `first`."""
    alike = SequenceMatcher(None, [bare(text) for text in own], [bare(text) for text in others], autojunk=False)
    for kind, begin, end, other_begin, other_end in alike.get_opcodes():
        for number in range(other_end - other_begin):
            one = begin + number
            yield (first + one, first + one + 1) if kind == "equal" else (first + begin, first + end)


def sentence_ends(words: Sequence[Word], count: int) -> set[int]:
    """Return which of the first `count` words end a sentence because nothing was said after them for a while."""
    return {
        index
        for index in range(min(count, len(words) - 1))
        if words[index + 1].start - words[index].end >= SENTENCE_GAP
    }
