"""Which tokens stood beside which in a call: enough to prove that a phrase was not said in it, without searching it.

Kept are all pairs of neighbours in whatever the spotter has ever looked at, revisions included. A wording that no chain
of such pairs leads through was said nowhere; one that some chain leads through may have been: the call is judged again.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

import msgspec

from livewatch.phrases.automaton import ANY, Automaton
from livewatch.phrases.normalise import Normaliser, Token
from livewatch.phrases.speech import Speech


class Neighbours(msgspec.Struct, frozen=True, array_like=True):
    """What stood beside what in one call."""

    tokens: list[list[str]]
    """The keys of every token, each once"""
    pairs: bytes
    """Numbers of two tokens, one after the other, as 32-bit integers of this machine"""


class Overhearing(Normaliser):
    """A normaliser that notes which tokens stand beside which in everything it brings to tokens."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._pairs: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()

    def begin(self) -> None:
        """Forget what was noted: a new call begins."""
        self._pairs = set()

    def tokens(self, words: Sequence[str], breaks: Collection[int] = (), begin: int = 0) -> list[Token]:
        """See `Normaliser.tokens`. `TokenRow` begins with a token it has had before, so no neighbours are missed."""
        tokens = super().tokens(words, breaks, begin)
        keys = [token.keys for token in tokens]
        self._pairs.update(pairwise(keys))
        if len(keys) == 1:
            self._pairs.add((keys[0], keys[0]))
        return tokens

    def neighbours(self) -> Neighbours:
        """Return what was noted since `begin`."""
        numbers: dict[tuple[str, ...], int] = defaultdict(lambda: len(numbers))
        flat = array("I", (numbers[keys] for pair in self._pairs for keys in pair))
        return Neighbours([list(keys) for keys in numbers], flat.tobytes())


class Wordings:
    """Wordings of any number of phrases, to be looked for in neighbours."""

    def __init__(self, automata: Iterable[Automaton]) -> None:
        self._edges: list[dict[str, frozenset[int]]] = []
        """By state: key -> all states that are reached by it"""
        self._finals: set[int] = set()
        self._first: dict[str, set[int]] = defaultdict(set)
        """Key -> states after a first token"""
        for automaton in automata:
            self._add(automaton)

    def perhaps_in(self, call: Neighbours) -> bool:
        """Whether any of the wordings may have been said in `call`."""
        begun = [self._begin(keys) for keys in call.tokens]
        if not any(begun):
            return False
        after: dict[int, list[int]] = defaultdict(list)
        numbers = array("I")
        numbers.frombytes(call.pairs)
        for one, other in zip(numbers[::2], numbers[1::2], strict=True):
            after[one].append(other)
        waiting = [(state, number) for number, states in enumerate(begun) for state in states]
        seen = set(waiting)
        while waiting:
            state, number = waiting.pop()
            if state in self._finals:
                return True
            edges = self._edges[state]
            if not edges:
                continue
            for following in after[number]:
                for key in (*call.tokens[following], ANY):
                    for end in edges.get(key, ()):
                        if (end, following) not in seen:
                            seen.add((end, following))
                            waiting.append((end, following))
        return False

    def _begin(self, keys: Sequence[str]) -> set[int]:
        states: set[int] = set()
        for key in (*keys, ANY):
            if key in self._first:
                states |= self._first[key]
        return states

    def _add(self, automaton: Automaton) -> None:
        offset = len(self._edges)
        closed = [frozenset(one + offset for one in automaton.closed(state)) for state in range(len(automaton.edges))]
        for edges in automaton.edges:
            self._edges.append({key: frozenset().union(*(closed[end] for end in ends)) for key, ends in edges.items()})
        self._finals.add(automaton.final + offset)
        for state in closed[0]:
            for key, ends in self._edges[state].items():
                self._first[key] |= ends
