"""Finding many wordings in a row of tokens at once, at a cost per token that hardly depends on how many there are.

All automata are walked together as one set of states. Sets and the steps between them are kept as they come up (a
deterministic automaton built on demand), so that a step taken before is one look-up. The start of a match is looked for
backwards, once it is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from livewatch.phrases.automaton import ANY, MAX_SPAN, Automaton
from livewatch.phrases.normalise import Token

MAX_KEPT: Final = 300_000
"""Members of all kept sets, and steps between them, together; beyond that they are forgotten and built anew"""


class Found(NamedTuple):
    """A wording that was said."""

    owner: int
    """What it was added for"""
    first: int
    """Index of its first token"""
    last: int
    """Index of its last token"""


class States:
    """Some states at once, with the steps that were already taken from them. Only a `Matcher` looks inside."""

    __slots__ = ("said", "states", "steps")

    def __init__(self, states: frozenset[int], said: tuple[int, ...]) -> None:
        self.states = states
        self.said = said
        """Wordings that have just been said"""
        self.steps: dict[tuple[str, ...], States] = {}


def _union(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    return sets[0] if len(sets) == 1 else frozenset().union(*sets)


class Matcher:
    """A set of wordings; filled first, then only searched. Searching is for one thread at a time."""

    def __init__(self) -> None:
        self._edges: list[dict[str, frozenset[int]]] = []
        """By state, over all automata: key -> next states"""
        self._said: dict[int, int] = {}
        """State -> the wording that has been said when it is reached"""
        self._starts: list[frozenset[int]] = []
        """By wording: its first states"""
        self._owners: list[int] = []
        """By wording"""
        self._from_start: dict[str, set[int]] = {}
        """Key -> states one token after any wording's start"""
        self._keys: frozenset[str] = frozenset()
        """All keys on any edge; gathered at the first search"""
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        """A token's keys -> those among them that occur in any wording"""
        self._forget()

    def add(self, automaton: Automaton, owner: int) -> None:
        """Add a wording for `owner`, which may have any number of them."""
        offset, wording = len(self._edges), len(self._starts)
        closed = [frozenset(one + offset for one in automaton.closed(state)) for state in range(len(automaton.edges))]
        for edges in automaton.edges:
            self._edges.append({key: _union([closed[end] for end in ends]) for key, ends in edges.items()})
        self._said[automaton.final + offset] = wording
        self._starts.append(closed[0])
        self._owners.append(owner)
        for state in closed[0]:
            for key, ends in self._edges[state].items():
                self._from_start.setdefault(key, set()).update(ends)
        self._keys = frozenset()
        self._forget()

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """Return everything that was said, in order of the last token; of several beginnings the nearest."""
        return self.go_on(tokens, [])

    def go_on(self, tokens: Sequence[Token], path: list[States]) -> list[Found]:
        """Return what is said from token `len(path)` on; `path` holds the states after each token, and is extended."""
        if not self._keys:
            self._keys = frozenset(key for edges in self._edges for key in edges)
        found: list[Found] = []
        known = self._known
        at = path[-1] if path else self._nowhere
        for index in range(len(path), len(tokens)):
            token = tokens[index]
            keys = known.get(token.keys)
            if keys is None:
                keys = known[token.keys] = tuple(key for key in token.keys if key in self._keys)
            following = at.steps.get(keys)
            at = self._step(at, keys) if following is None else following
            path.append(at)
            for wording in at.said:
                found.append(Found(self._owners[wording], self._first(wording, tokens, index), index))
        return found

    def _step(self, at: States, keys: tuple[str, ...]) -> States:
        states: set[int] = set()
        for key in keys:
            states.update(self._from_start.get(key, ()))
        states |= self._after(at.states, keys)
        frozen = frozenset(states)
        if self._kept > MAX_KEPT:
            self._forget()
        following = self._sets.get(frozen)
        if following is None:
            following = States(frozen, tuple(sorted(self._said[state] for state in frozen if state in self._said)))
            self._sets[frozen] = following
            self._kept += len(frozen) + 1
        at.steps[keys] = following
        self._kept += 1
        return following

    def _after(self, states: frozenset[int] | set[int], keys: tuple[str, ...]) -> set[int]:
        following: set[int] = set()
        for state in states:
            edges = self._edges[state]
            if edges:
                for key in keys:
                    if key in edges:
                        following |= edges[key]
                if ANY in edges:
                    following |= edges[ANY]
        return following

    def _first(self, wording: int, tokens: Sequence[Token], last: int) -> int:
        """Find the nearest token from which `wording` leads to `last`."""
        for first in range(last, max(-1, last - MAX_SPAN), -1):
            states: set[int] | frozenset[int] = self._starts[wording]
            for token in tokens[first : last + 1]:
                states = self._after(states, token.keys)
                if not states:
                    break
            if any(self._said.get(state) == wording for state in states):
                return first
        raise AssertionError(f"wording {wording} was said at token {last}, but begins nowhere before it")

    def _forget(self) -> None:
        self._sets: dict[frozenset[int], States] = {}
        self._known.clear()
        self._kept = 0
        self._nowhere = States(frozenset(), ())
