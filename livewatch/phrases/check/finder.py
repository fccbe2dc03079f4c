"""Which of many wordings are said in a few words: by the rarest word that each of them cannot be said without.

`phrases.matcher` is made for long rows of words: the sets of states it remembers pay off there, and cost more than
they save where every row is a different wording: a list of 100,000 lines was checked in a quarter of the time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from livewatch.phrases.automaton import ANY, Automaton
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.normalise import Token


class Finder:
    """Some automata, by their place in the row they were given in."""

    def __init__(self, automata: Sequence[Automaton]) -> None:
        needed = [_needed(automaton) for automaton in automata]
        common = Counter(key for keys in needed for key in keys)
        self._matchers: dict[str, Matcher] = defaultdict(Matcher)
        """By the rarest key of a wording; "" for those that need none"""
        for number, (automaton, keys) in enumerate(zip(automata, needed, strict=True)):
            rarest = min(sorted(keys), key=common.__getitem__, default="")
            self._matchers[rarest].add(automaton, number)

    def said(self, tokens: Sequence[Token]) -> set[int]:
        """Return the places of all automata that `tokens` say anywhere."""
        keys = {"", *(key for token in tokens for key in token.keys)}
        return {
            found.owner for key in sorted(keys & self._matchers.keys()) for found in self._matchers[key].find(tokens)
        }


def _needed(automaton: Automaton) -> set[str]:
    """Return the keys without which the automaton is not said."""
    shortest = _shortest(automaton)
    return {key for key in shortest if not _said_without(automaton, key)}


def _shortest(automaton: Automaton) -> set[str]:
    """Return the keys of one way through the automaton: a key that is needed is on every way."""
    came: dict[int, tuple[int, str]] = {}
    waiting = [0]
    seen = {0}
    while waiting and automaton.final not in seen:
        state = waiting.pop()
        steps = [(key, end) for key, ends in automaton.edges[state].items() for end in ends]
        for key, end in (*steps, *(("", end) for end in automaton.free[state])):
            if end not in seen:
                seen.add(end)
                came[end] = (state, key)
                waiting.append(end)
    keys, state = set(), automaton.final
    while state in came:
        state, key = came[state]
        keys.add(key)
    return keys - {"", ANY}


def _said_without(automaton: Automaton, key: str) -> bool:
    seen, waiting = {0}, [0]
    while waiting:
        state = waiting.pop()
        steps = [end for label, ends in automaton.edges[state].items() if label != key for end in ends]
        for end in (*steps, *automaton.free[state]):
            if end not in seen:
                seen.add(end)
                waiting.append(end)
    return automaton.final in seen
