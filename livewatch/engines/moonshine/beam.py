"""The best of many readings, by what the network hears and by what people on the telephone say.

The network writes the likeliest token, then the likeliest after that, and cannot go back: over a bad line the first
wrong word often brings wrong words after it ("must-bimpy your card number" for "must give me your card number"). Here
`_WIDTH` readings are written side by side, all of one length in one pass, and a language model is asked of every word
that is complete (shallow fusion; Kannan et al., "An Analysis of Incorporating an External Language Model into a
Sequence-to-Sequence Model", 2018).

Two readings that have come to the same two words go on alike, so only the better one is kept, and there is room for
what differs; the other one is remembered as what may have been said instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from livewatch.engines.moonshine.decoding import Reading, loop
from livewatch.engines.moonshine.language_model import START as SENTENCE
from livewatch.engines.moonshine.language_model import LanguageModel, State
from livewatch.engines.moonshine.memory import Heard
from livewatch.engines.moonshine.model import FRAME, Encoding, Model
from livewatch.engines.moonshine.tokens import Tokens, bare
from livewatch.engines.moonshine.tree import END, START, Path, Step, Tree
from livewatch.events import SAMPLE_RATE

_WIDTH: Final = 8
"""Readings written side by side"""
_NEXT: Final = 4
"""Likeliest tokens that each may go on with"""
_TOKEN_BEHIND: Final = 6.0
"""How much less likely (natural logarithm) than the likeliest of them a token may be"""
_BEHIND: Final = 8.0
"""How much less a reading may be worth than the best one of its length"""
_LANGUAGE: Final = 0.15
"""What the natural logarithm of a word's probability in the language model counts against that in the network"""
_WORD: Final = 5.0
"""Added to each: about what words have, or else readings with few words would be the best"""
_SKIPPED: Final = SAMPLE_RATE * 14 // 10
"""Samples of words of the likeliest reading over which no other may jump: few words are likelier than many, so a whole
clause that is hard to hear would be left out. With 1 s, readings are lost that only pass over what was written wrong"""


class Variant(NamedTuple):
    """What may have been said instead of a reading."""

    tokens: tuple[int, ...]
    log_ratio: float
    """Natural logarithm of its probability against that of the reading, given the sound"""


class _Text:
    """A reading that is being written."""

    __slots__ = (
        "before",
        "furthest",
        "heard",
        "instead",
        "logprob",
        "looks_at",
        "path",
        "said",
        "state",
        "tokens",
        "word",
    )

    def __init__(self, path: Path, tokens: tuple[int, ...], logprob: float, before: _Text | None = None) -> None:
        """`tokens` are those of the text `before` and one more, with its `logprob`."""
        self.path = path
        """To the token before the last one, which has yet to be read"""
        self.tokens = tokens
        self.logprob = logprob
        self.before = before
        self.instead: list[_Text] = []
        """What came to the same words and is worth less"""
        self.heard = logprob + (before.heard if before else 0.0)
        """Natural logarithm of its probability, given the sound"""
        self.said = before.said if before else 0.0
        """What the language model gives it"""
        self.state: State = before.state if before else SENTENCE
        self.word = before.word if before else ""
        """What is written of the last word"""
        self.furthest = before.furthest if before else 0
        """Sample that it has come to"""
        self.looks_at = 0
        """Sample at which the network looks for the token after it"""

    @property
    def worth(self) -> float:
        """What it is judged by."""
        return self.heard + self.said

    @property
    def alike(self) -> tuple[State, str]:
        """What decides how it goes on: its last words."""
        return self.state, bare(self.word)

    def steps(self) -> Iterator[_Text]:
        """Yield it and those before it, back to the first."""
        text: _Text | None = self
        while text is not None:
            yield text
            text = text.before


class Beam:
    """Of one model. Not for use by two threads at once."""

    def __init__(self, model: Model, tokens: Tokens, language: LanguageModel) -> None:
        self._model = model
        self._tokens = tokens
        self._language = language

    def read(self, heard: Heard, encoding: Encoding, limit: int) -> tuple[Reading, list[Variant]] | None:
        """Read `encoding` better than in `heard`: the best reading, and what may have been said instead.

        It begins with the tokens repeated there, and has at most `limit`. None when no reading comes to its end.
        """
        given = heard.reading.tokens[: heard.repeated]
        words = [(word.start - heard.start, word.end - heard.start) for word in heard.words]
        tree = Tree(self._model, encoding)
        step = tree.read([(tree.root, [START, *given])], most=_NEXT)[0]
        scores = (*map(float, step.target[:-1]),)
        alive, steps = [self._given(given, tree, step)], [step]
        ended: list[_Text] = []
        while alive:
            going: dict[tuple[State, str], _Text] = {}
            whole = [
                (text, step) for text, step in zip(alive, steps, strict=True) if not _skips(text, tree, step, words)
            ]
            for text in self._next(whole, ended):
                if len(text.tokens) > limit or loop(text.tokens, len(given)):
                    continue
                better = going.setdefault(text.alike, text)
                if better is not text:
                    better.instead.append(text)
                elif len(going) == _WIDTH:
                    break
            alive = [*going.values()]
            if alive:
                best = ended[:1]
                paths = tree.keep([text.path for text in (*best, *alive)])
                for text, path in zip((*best, *alive), paths, strict=True):
                    text.path = path
                steps = tree.read([(text.path, text.tokens[-1:]) for text in alive], most=_NEXT)
        return _chosen(tree, ended, scores) if ended else None

    def _given(self, tokens: Sequence[int], tree: Tree, step: Step) -> _Text:
        text = _Text(Tree.root, (*tokens,), 0.0)
        text.furthest = int(tree.looked(step.path[:-1]).argmax(axis=1).max(initial=0)) * FRAME
        for token in tokens:
            self._write(text, token)
        text.said = 0.0
        return text

    def _next(self, alive: Iterable[tuple[_Text, Step]], ended: list[_Text]) -> list[_Text]:
        """Return `alive` with each token worth following after them, the best first; put what ends in `ended`."""
        texts: list[_Text] = []
        for text, step in alive:
            best, logprobs = step.best[-1], step.best_logprob[-1]
            for token, logprob in zip(best.tolist(), logprobs.tolist(), strict=True):
                if logprob >= logprobs[0] - _TOKEN_BEHIND:
                    longer = _Text(step.path, (*text.tokens, token), logprob, text)
                    if bare(self._tokens.text(token)):
                        longer.furthest = max(text.furthest, text.looks_at)
                    self._write(longer, token)
                    texts.append(longer)
        ended += [text for text in texts if text.tokens[-1] == END]
        ended.sort(key=_worth, reverse=True)
        going = sorted((text for text in texts if text.tokens[-1] != END), key=_worth, reverse=True)
        least = max(ended[0].worth if ended else -math.inf, going[0].worth - _BEHIND if going else 0.0)
        return [text for text in going if text.worth > least]

    def _write(self, text: _Text, token: int) -> None:
        """Add `token` to the last word, or ask the language model about the word that it ends."""
        written = self._tokens.text(token)
        if text.word and (token == END or self._tokens.begins_word(token)):
            logprob, words, text.state = self._language.after(text.state, text.word)
            text.said += _LANGUAGE * (logprob + _WORD * words)
            text.word = ""
        text.word += written.replace("▁", "")


def _skips(text: _Text, tree: Tree, step: Step, words: Sequence[tuple[int, int]]) -> bool:
    """Whether the network, after `text`, goes on behind `words` (in samples) that `text` has not come to."""
    text.looks_at = int(tree.looked(step.path[-1:])[0].argmax()) * FRAME
    left_out = (end - start for start, end in words if text.furthest <= start and end <= text.looks_at)
    return sum(left_out) >= _SKIPPED


def _worth(text: _Text) -> float:
    return text.worth


def _chosen(tree: Tree, ended: Sequence[_Text], given: tuple[float, ...]) -> tuple[Reading, list[Variant]]:
    """Return the best of `ended`, and the others as what may have been said instead. `given`: scores of the first."""
    best = ended[0]
    tokens = best.tokens[:-1]
    *logprobs, end = [text.logprob for text in best.steps()][-2::-1]
    variants = [Variant(text.tokens[:-1], text.heard - best.heard) for text in ended[1:]]
    for text in best.steps():
        rest = tokens[len(text.tokens) :]
        variants += [Variant((*other.tokens, *rest), other.heard - text.heard) for other in text.instead]
    return Reading(tokens, (*given, *logprobs), end, tree.looked(best.path), ended=True), variants
