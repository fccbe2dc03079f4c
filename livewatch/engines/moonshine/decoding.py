"""From an encoding to text: the likeliest tokens one after the other, and what else they may have been."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livewatch.engines.moonshine.model import Encoding, Floats, Model

START, END = 1, 2
"""Token numbers that begin and end every text"""


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
    return _write(_State(model, encoding), ([], []), draft, limit, forced=forced, margin=margin)


def logprob(model: Model, encoding: Encoding, tokens: Sequence[int]) -> Floats:
    """Natural logarithm of the probability of each of `tokens` and of END after them; shape (tokens + 1,)."""
    return _State(model, encoding).step([START, *tokens], [*tokens, END]).target


class Branches:
    """A reading gone through again, to see where it could have gone another way."""

    def __init__(self, model: Model, encoding: Encoding, reading: Reading, most: int) -> None:
        """One pass over `reading`, about 5 ms; `most`: likeliest tokens that are looked at in each place."""
        self._reading = reading
        self._state = _State(model, encoding)
        tokens = reading.tokens
        step = self._state.step([START, *tokens], [*tokens, END], most)
        self._target = step.target
        self.tokens = step.best
        """(tokens + 1, most): the likeliest tokens in each place, the best first"""
        self.behind = step.target[:, None] - step.best_logprob
        """(tokens + 1, most): how much likelier (natural logarithm) the token of the reading is than each of these"""

    def follow(self, place: int, token: int, limit: int, least: float) -> Reading:
        """Return the likeliest reading with `token` in `place` and what stands before it; given up below `least`.

        The rest of the reading is the draft of what follows, so where that stays it costs one pass.
        """
        tokens = [*self._reading.tokens[:place], token]
        state = self._state.copy(place + 1)
        scores = [float(one) for one in self._target[:place]]
        chosen = float(self._target[place] - self.behind[place][self.tokens[place] == token][0])
        rest = self._reading.tokens[place + 1 :]
        return _write(state, (tokens, [*scores, chosen]), rest, limit, least=least)


def _write(
    state: _State,
    begun: tuple[list[int], list[float]],
    draft: Sequence[int],
    limit: int,
    *,
    forced: int = 0,
    margin: float = 0.0,
    least: float = -np.inf,
) -> Reading:
    """Write on from the tokens and log-probabilities `begun`, of which `state` knows all but the last.

    When they add up to less than `least` the rest is not written: it can only become less.
    """
    tokens, scores = begun
    following = tokens[-1] if tokens else START
    guesses = _Guesses(draft)
    guess, fixed = list(draft), forced
    while True:
        step = state.step([following, *guess])
        best, logprobs, chosen = step.best[:, 0], step.best_logprob[:, 0], step.target
        kept = fixed
        while kept < len(guess) and chosen[kept] >= logprobs[kept] - margin:
            kept += 1
        tokens += guess[:kept]
        scores += [float(x) for x in chosen[:kept]]
        state.keep(len(tokens) + 1)
        following, score = int(best[kept]), float(logprobs[kept])
        if following == END or len(tokens) >= limit or sum(scores) + score < least:
            return Reading(tuple(tokens), tuple(scores), score, state.looked(), ended=following == END)
        tokens.append(following)
        scores.append(score)
        repeated = _loop(tokens, forced)
        if repeated:
            del tokens[-repeated:], scores[-repeated:]
            state.keep(len(tokens) + 1)
            return Reading(tuple(tokens), tuple(scores), score, state.looked(), ended=False)
        guess, fixed = guesses.after(following, kept), 0


@dataclass(frozen=True, slots=True)
class _Step:
    """What the decoder says after each of some tokens."""

    best: npt.NDArray[np.int64]
    """(tokens, most): the likeliest next tokens, the best first"""
    best_logprob: Floats
    """(tokens, most): natural logarithms of their probabilities"""
    target: Floats
    """(tokens,): that of the token asked for"""


class _State:
    """The decoder's memory of the tokens read so far."""

    def __init__(self, model: Model, encoding: Encoding) -> None:
        self._model = model
        self._cross = encoding.cross
        self._past = model.no_past
        self._looked: list[Floats] = []

    def step(self, tokens: Sequence[int], targets: Sequence[int] | None = None, most: int = 1) -> _Step:
        """Read `tokens`; say of each the `most` likeliest next tokens, and the log-probability of the target.

        Without `targets`, the target of a row is the token that follows in `tokens`.
        """
        count, before = len(tokens), next(iter(self._past.values())).shape[2]
        wanted = targets if targets is not None else [*tokens[1:], END]
        feeds: dict[str, np.ndarray] = {
            "tokens": self._model.embed(tokens),
            "position": np.array([before], np.int64),
            "mask": np.triu(np.full((count, before + count), -np.inf, np.float32), before + 1),
            "targets": np.array(wanted, np.int64).reshape(1, count, 1),
            "most": np.array([most], np.int64),
            **self._cross,
            **self._past,
        }
        out = self._model.decode(feeds)
        self._past = {name: out[name.replace("past", "present")] for name in self._past}
        self._looked.append(out["looked"])
        return _Step(out["best"][0], out["best_logprob"][0], out["target_logprob"][0, :, 0])

    def copy(self, count: int) -> _State:
        """Return one that knows the first `count` tokens only."""
        other = copy(self)
        other._looked = [self.looked()]
        other.keep(count)
        return other

    def keep(self, count: int) -> None:
        """Forget all but the first `count` tokens."""
        if next(iter(self._past.values())).shape[2] == count:
            return
        self._past = {name: past[:, :, :count] for name, past in self._past.items()}
        self._looked = [self.looked()[:count]]

    def looked(self) -> Floats:
        return self._looked[0] if len(self._looked) == 1 else np.concatenate(self._looked)


class _Guesses:
    """What of a draft may still be right after the network has written something else.

    Most often one word has changed and the rest stays, so the rest is tried once behind the new token. When that fails,
    tokens are written one by one until one comes that stands in the draft a little later. Looking at eight tokens in
    one pass costs a third more than looking at one.
    """

    _AHEAD = 6
    _AT_ONCE = 8

    def __init__(self, draft: Sequence[int]) -> None:
        self._rest = list(draft)
        self._lost = False

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


def _loop(tokens: Sequence[int], first: int) -> int:
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
