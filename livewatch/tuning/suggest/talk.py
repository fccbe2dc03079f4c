"""What is said in labelled calls, as tokens: sentence by sentence, with the words they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from livewatch.engines.script import Utterance
from livewatch.engines.scripted import ScriptedEngine
from livewatch.events import Hypothesis, Word
from livewatch.phrases.gist import keys
from livewatch.phrases.normalise import CLASSES, Normaliser, Token
from livewatch.tuning.evaluate.results import CallResult

LONGEST: Final = 6
"""Tokens of the longest wording that is looked for"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens up to the end of a sentence or an utterance."""

    keys: tuple[str, ...]
    """What is compared: stems and classes"""
    texts: tuple[str, ...]
    """The same as a wording writes it"""
    starts: tuple[int, ...]
    """Sample index of the first word of each token"""
    words: tuple[str, ...]
    """As written, of the whole sentence"""
    spans: tuple[tuple[int, int], ...]
    """By token: its first and its last word in `words`"""

    def grams(self, length: int) -> Iterator[tuple[int, str]]:
        """Yield the place and the keys of every run of `length` tokens."""
        for first in range(len(self.keys) - length + 1):
            yield first, " ".join(self.keys[first : first + length])

    def quoted(self, first: int, length: int, around: int = 6) -> str:
        """Return the tokens from `first` on as they were said, marked, with some words before and after."""
        start, end = self.spans[first][0], self.spans[first + length - 1][1] + 1
        said = f"[{' '.join(self.words[start:end])}]"
        before, after = self.words[max(0, start - around) : start], self.words[end : end + around]
        cut, more = "… " if start > around else "", " …" if len(self.words) > end + around else ""
        return f"{cut}{' '.join((*before, said, *after))}{more}"


def utterances(result: CallResult) -> Sequence[Utterance]:
    """Return what was said in a call: the text of one given as text, else what was recognised."""
    if result.call.audio is None:
        return ScriptedEngine.from_turns(result.call.turns).utterances
    found = []
    for said in result.said:
        ends = (*said.starts[1:], said.end)
        words = tuple(Word(word, a, b, 1.0) for word, a, b in zip(said.words, said.starts, ends, strict=True))
        found.append(Utterance(words, said.side))
    return found


def hypotheses(result: CallResult) -> Iterator[Hypothesis]:
    """Yield what was said as a spotter takes it."""
    for number, one in enumerate(utterances(result)):
        yield Hypothesis(one.words, len(one.words), True, number, one.end, one.side)


def sentences(result: CallResult, normaliser: Normaliser) -> Iterator[Sentence]:
    """Yield the sentences of a call, without those of the listener: what they say is no sign of what the caller is."""
    for utterance in utterances(result):
        if utterance.side == "me":
            continue
        tokens = normaliser.tokens([word.text for word in utterance.words])
        begin = 0
        for index, token in enumerate(tokens, 1):
            if token.stop or index == len(tokens):
                yield _sentence(utterance.words, tokens[begin:index])
                begin = index


def _sentence(words: Sequence[Word], tokens: Sequence[Token]) -> Sentence:
    first, last = tokens[0].first, tokens[-1].last
    return Sentence(
        tuple(keys(tokens)),
        tuple(next((key for key in token.keys if key in CLASSES), token.text) for token in tokens),
        tuple(words[token.first].start for token in tokens),
        tuple(word.text for word in words[first : last + 1]),
        tuple((token.first - first, token.last - first) for token in tokens),
    )
