"""From an encoding to text: the likeliest tokens one after the other, and what else they may have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from livewatch.engines.moonshine.model import Encoding, Floats, Model
from livewatch.engines.moonshine.tree import END, START, Path, Step, Tree

_AT_ONCE = 64
"""Most tokens of several texts read in one pass: more would need more memory (0.25 MB each) and save nothing"""


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens written from an encoding, without START and END."""

    tokens: tuple[int, ...]
    """Token numbers"""
    logprobs: tuple[float, ...]
    """Natural logarithm of each token's probability, given those before it"""
    end_logprob: float
    """The same of END after them; of the token that would have followed where a limit or a loop ended the text"""
    looked: Floats
    """(tokens + 1, frames): where in the sound each token, and then END, was found; rows sum to 1"""
    ended: bool
    """True when the network itself ended the text, False when the limit of tokens or a loop did"""

    @property
    def total(self) -> float:
        """Natural logarithm of the probability of the whole text."""
        return sum(self.logprobs) + self.end_logprob


def read(
    model: Model,
    encoding: Encoding,
    *,
    draft: Sequence[int] = (),
    forced: int = 0,
    margin: float = 0.0,
    limit: int,
) -> Reading:
    """Write the likeliest text, token by token, at most `limit` tokens.

    `draft` is a guess, such as the reading of a little less sound. All of it is looked at in one pass, and what the
    network would have written itself is kept; this is what makes reading a growing utterance again and again cheap,
    and it does not change the result beyond the rounding of 8-bit products. With a `margin` above 0, draft tokens
    are kept as long as their log-probability is no more than that below the best one's: the text then does not
    flicker between near equals. The first `forced` tokens of the draft are kept whatever the network would have
    written.
    """
    tree = Tree(model, encoding)
    return _write(tree, [_Text(tree.root, START, (), draft, limit, forced=forced, margin=margin)])[0]


def logprob(model: Model, encoding: Encoding, tokens: Sequence[int]) -> Floats:
    """Natural logarithm of the probability of each of `tokens` and of END after them; shape (tokens + 1,)."""
    tree = Tree(model, encoding)
    return tree.read([(tree.root, [START, *tokens])])[0].target


class Branches:
    """A reading gone through again, to see where it could have gone another way."""

    def __init__(self, model: Model, encoding: Encoding, reading: Reading, most: int) -> None:
        """One pass over `reading`, about 5 ms; `most`: likeliest tokens that are looked at in each place."""
        self._reading = reading
        self._tree = Tree(model, encoding)
        step = self._tree.read([(self._tree.root, [START, *reading.tokens])], most=most)[0]
        self._path, self._target = step.path, step.target
        self.tokens = step.best
        """(tokens + 1, most): the likeliest tokens in each place, the best first"""
        self.behind = step.target[:, None] - step.best_logprob
        """(tokens + 1, most): how much likelier (natural logarithm) the token of the reading is than each of these"""

    def follow(self, branches: Sequence[tuple[int, int]], limit: int, least: float) -> list[Reading]:
        """Return for each place and token the likeliest reading that has it there, and before it what this one has.

        The rest of the reading is the draft of what follows. A reading that comes below `least` is given up and
        ends there. To be called once.
        """
        return _write(self._tree, [self._text(place, token, limit, least) for place, token in branches])

    def _text(self, place: int, token: int, limit: int, least: float) -> _Text:
        tokens = self._reading.tokens
        begun = [(tokens[at], float(self._target[at])) for at in range(place)]
        begun.append((token, float(self._target[place] - self.behind[place][self.tokens[place] == token][0])))
        return _Text(self._path[: place + 1], token, begun, tokens[place + 1 :], limit, least=least)


def _write(tree: Tree, texts: Sequence[_Text]) -> list[Reading]:
    """Write all texts to their ends, as many at once as fit."""
    waiting = list(texts)
    while waiting:
        # Those with drafts first: then all the others, of one token each, go together.
        waiting.sort(key=lambda text: -len(text.asks))
        turn, room = [], _AT_ONCE
        for text in waiting:
            if not turn or len(text.asks) <= room:
                turn.append(text)
                room -= len(text.asks)
        for text, step in zip(turn, tree.read([(text.path, text.asks) for text in turn]), strict=True):
            text.take(step, tree)
        waiting = [text for text in waiting if text.reading is None]
        for text, path in zip(waiting, tree.keep([text.path for text in waiting]), strict=True):
            text.path = path
    return [text.reading for text in texts if text.reading is not None]


class _Text:
    """A reading that is being written."""

    def __init__(
        self,
        path: Path,
        last: int,
        begun: Sequence[tuple[int, float]],
        draft: Sequence[int],
        limit: int,
        *,
        forced: int = 0,
        margin: float = 0.0,
        least: float = -np.inf,
    ) -> None:
        """`path` knows what was written before the token `last`; `begun` are the tokens, with it, and their scores.

        When these add up to less than `least` the rest is not written: it can only become less.
        """
        self.path = path
        self.reading: Reading | None = None
        """When it is complete"""
        self._last = last
        self._tokens = [token for token, _ in begun]
        self._scores = [score for _, score in begun]
        self._guesses = _Guesses(draft)
        self._guess = self._guesses.first(self._tokens)
        self._limit, self._margin, self._least = limit, margin, least
        self._first = self._forced = forced

    @property
    def asks(self) -> list[int]:
        """What is to be read next behind the path: the last token written, and a guess at those after it."""
        return [self._last, *self._guess]

    def take(self, step: Step, tree: Tree) -> None:
        """Write on, now that what it asked for was read."""
        best, logprobs = step.best[:, 0], step.best_logprob[:, 0]
        kept = self._forced
        while kept < len(self._guess) and step.target[kept] >= logprobs[kept] - self._margin:
            kept += 1
        self._tokens += self._guess[:kept]
        self._scores += [float(score) for score in step.target[:kept]]
        self.path = step.path[: len(self._tokens) + 1]
        token, score = int(best[kept]), float(logprobs[kept])
        if token == END or len(self._tokens) >= self._limit or sum(self._scores) + score < self._least:
            self._end(score, tree, ended=token == END)
            return
        self._tokens.append(token)
        self._scores.append(score)
        repeated = loop(self._tokens, self._first)
        if repeated:
            del self._tokens[-repeated:], self._scores[-repeated:]
            self._end(score, tree, ended=False)
            return
        self._last = token
        self._guess, self._forced = self._guesses.after(token, kept), 0

    def _end(self, score: float, tree: Tree, *, ended: bool) -> None:
        looked = tree.looked(self.path[: len(self._tokens) + 1])
        self.reading = Reading(tuple(self._tokens), tuple(self._scores), score, looked, ended)


class _Guesses:
    """What of a draft may still be right after the network has written something else.

    Most often one word has changed and the rest stays, so the rest is tried once behind the new token. When that fails,
    tokens are written one by one until one comes that stands in the draft a little later. Tried few at a time: many
    texts are written together, and there a token costs as much in a guess as by itself.
    """

    _AHEAD = 6
    _AT_ONCE = 4

    def __init__(self, draft: Sequence[int]) -> None:
        self._rest = list(draft)
        self._lost = False

    def first(self, begun: Sequence[int]) -> list[int]:
        """What to try first: all of a draft from the beginning, some of it behind tokens that are not the draft's."""
        return self._rest[: self._AT_ONCE] if begun else self._rest.copy()

    def after(self, token: int, kept: int) -> list[int]:
        """What to try behind `token`, which was written after `kept` tokens of the last try (at first the draft)."""
        self._lost = self._lost and kept == 0
        self._rest = self._rest[kept:]
        if token in self._rest[: self._AHEAD]:
            self._rest = self._rest[self._rest.index(token) + 1 :]
        elif self._lost:
            return []
        else:
            self._rest = self._rest[1:]
        self._lost = True
        return self._rest[: self._AT_ONCE]


def loop(tokens: Sequence[int], first: int) -> int:
    """How many tokens at the end merely repeat what stands before them; 0 when the network is not in a loop.

    On noise and on speech cut off in mid-word the network sometimes repeats a group of words until the limit. People
    repeat themselves too, and read out digits: a group counts as a loop at its fourth time, a single token at its
    eighth.
    """
    for size in range(1, 9):
        times = 8 if size == 1 else 4
        span = size * times
        if len(tokens) - first < span:
            continue
        group = list(tokens[-size:])
        if all(list(tokens[-size * (i + 1) : len(tokens) - size * i]) == group for i in range(times)):
            return span - size
    return 0
