"""Lets each thing that was said count once, though it is heard twice: on both tracks, or again after a restart."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from livewatch.events import SAMPLE_RATE, Hypothesis, Match, Word
from livewatch.phrases.normalise import bare

_SHARE_OF_TIME: Final = 0.5
_SHARE_OF_WORDS: Final = 0.8
_LEAST_WORDS: Final = 4
"""What makes words of the near side an echo: so much of their time is also the caller's, so many of them are the
caller's words, and there are so many that it is no accident ("yes, okay" is said by everybody)"""
_NEAR: Final = SAMPLE_RATE
"""Samples by which an echo, and the recogniser's times for it, may lie off"""
_REMEMBERED: Final = 30 * SAMPLE_RATE
"""Samples for which the caller's words are kept"""


class Once:
    """One call. The caller's voice comes out of the loudspeaker and into the microphone a moment later.

    That is taken off only where the two sides are told apart. Not for use by two threads at once.
    """

    def __init__(self, before: Iterable[Match] = ()) -> None:
        """`before`: matches of this call that were counted already; they are not let through again."""
        self._matches = list(before)
        self._caller: deque[tuple[int, tuple[Word, ...]]] = deque()
        """The caller's utterances with their numbers"""
        self._shown = -1
        """The utterance of the near side of which something was let through"""

    def hypothesis(self, heard: Hypothesis) -> Iterator[Hypothesis]:
        """Let through what is no echo. What is known too late for one is taken back: a hypothesis without words."""
        if heard.side == "caller":
            self._remember(heard)
        if heard.side != "me":
            yield heard
        elif not self._echo(heard.words):
            self._shown = heard.utterance
            yield heard
        elif self._shown == heard.utterance:
            yield replace(heard, words=(), stable=0, alternatives=())

    def is_new(self, match: Match) -> bool:
        """Whether this was not counted yet, or not with as many points (the gist grows); from now on it is.

        What both sides say within a second is the caller's.
        """
        for other in reversed(self._matches):
            if other.phrase == match.phrase and other.points >= match.points and _again(other, match):
                return False
        self._matches.append(match)
        return True

    def _remember(self, heard: Hypothesis) -> None:
        if self._caller and self._caller[-1][0] == heard.utterance:
            self._caller.pop()
        self._caller.append((heard.utterance, heard.words))
        while len(self._caller) > 1 and _end(self._caller[0][1]) < heard.at - _REMEMBERED:
            self._caller.popleft()

    def _echo(self, words: Sequence[Word]) -> bool:
        if len(words) < _LEAST_WORDS or not self._caller:
            return False
        start, end = words[0].start - _NEAR, words[-1].end + _NEAR
        theirs = [word for _, said in self._caller for word in said if word.start < end and word.end > start]
        said = Counter(bare(word.text) for word in theirs)
        same = sum((Counter(bare(word.text) for word in words) & said).values())
        if same < _SHARE_OF_WORDS * len(words) or not theirs:
            return False
        shared = min(words[-1].end, theirs[-1].end) - max(words[0].start, theirs[0].start)
        return shared >= _SHARE_OF_TIME * (words[-1].end - words[0].start)


def _again(one: Match, two: Match) -> bool:
    """Whether `two` is `one`: the same place on the same side, or within a second on the near side."""
    if one.side == two.side:
        return one.start < two.end and two.start < one.end
    return two.side == "me" and abs(one.start - two.start) <= _NEAR


def _end(words: Sequence[Word]) -> int:
    return words[-1].end if words else 0
