"""What was almost said: wordings of which one word is missing or was heard as something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from livewatch.phrases.automaton import compile_wording
from livewatch.phrases.language import GAP, GAP_WORDS, NOTHING, Edge, WordGraph, WordingError, gap_words, parse
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.normalise import CLASSES, Normaliser
from livewatch.phrases.phrase import Phrase

_COMMON = """a an the to of in on at by for from with and or is are was be it this that i you he she we they me us my
your our do not have has will can so get got go just now need want then there if"""
COMMON: Final = frozenset(_COMMON.split())
"""Words that are no sign of anything: a wording of which only these were said was not almost said"""


@dataclass(frozen=True, slots=True)
class Near:
    """A wording that was said but for one word."""

    phrase: Phrase
    wording: str
    first: int
    """Index of the first heard word"""
    last: int
    """Index of the last heard word"""
    missing: tuple[str, ...]
    """The word that was not heard, several where any of them would do; none where only other words stand in between"""


def near_misses(phrases: Sequence[Phrase], normaliser: Normaliser, words: Sequence[str]) -> list[Near]:
    """Return what `words` almost say of `phrases`, the widest of each phrase and place, in order of the words."""
    return _Search(phrases, normaliser, words).run()


class _Search:
    """The wordings that share words with what was heard, each with any one of its words left out."""

    def __init__(self, phrases: Sequence[Phrase], normaliser: Normaliser, words: Sequence[str]) -> None:
        self._normaliser = normaliser
        self._words = words
        self._known: dict[str, frozenset[str]] = {}
        self._tokens = normaliser.tokens(words)
        heard = {key for token in self._tokens for key in token.keys}
        telling = {key for token in self._tokens if token.text not in COMMON for key in token.keys}
        self._matcher = Matcher()
        self._owners: list[tuple[Phrase, str, int, str]] = []
        """Phrase, wording, the place of the word in it, the word"""
        for phrase in phrases:
            for wording in phrase.say:
                own = self._keys_of(wording)
                if own.isdisjoint(telling) or len(own & heard) < 2:
                    continue  # compiling all of them takes seconds
                for edge, graph in _lacking(parse(wording)):
                    try:
                        automaton = compile_wording(graph, normaliser, inflected=phrase.inflected)
                    except WordingError:
                        continue  # nothing is left of it
                    self._matcher.add(automaton, len(self._owners))
                    self._owners.append((phrase, wording, edge.start, edge.label))

    def run(self) -> list[Near]:
        tokens, words = self._tokens, self._words
        if not self._owners:
            return []
        places: dict[tuple[str, str, int, int], dict[int, list[str]]] = {}
        for found in self._matcher.find(tokens):
            phrase, wording, slot, label = self._owners[found.owner]
            own = self._keys_of(wording)
            said = [token for token in tokens[found.first : found.last + 1] if not own.isdisjoint(token.keys)]
            telling = sum(token.text not in COMMON for token in said)
            if not telling or (len(said) < 3 and (telling < 2 or len(said) < found.last - found.first)):
                continue  # "give me" is the beginning of everything
            slots = places.setdefault((phrase.id, wording, found.first, found.last), {})
            slots.setdefault(slot, []).append(label)
        phrases = {phrase.id: phrase for phrase, _, _, _ in self._owners}
        found_all = [
            Near(
                phrases[name],
                wording,
                tokens[first].first,
                tokens[last].last,
                self._missing(slots, words[tokens[first].first : tokens[last].last + 1]),
            )
            for (name, wording, first, last), slots in places.items()
        ]
        return sorted(_without_inner(found_all), key=lambda near: (near.first, near.last))

    def _missing(self, slots: Mapping[int, list[str]], words: Sequence[str]) -> tuple[str, ...]:
        """Choose the place of the wording of which nothing was heard."""
        heard = {key for token in self._normaliser.tokens(words) for key in token.keys}
        silent = [labels for labels in slots.values() if heard.isdisjoint(self._keys(labels))]
        return tuple(dict.fromkeys(min(silent, key=len))) if silent else ()

    def _keys_of(self, wording: str) -> frozenset[str]:
        """Return what the words of `wording` are matched as."""
        if wording not in self._known:
            labels = [edge.label for edge in parse(wording).edges if edge.label and not gap_words(edge.label)]
            self._known[wording] = frozenset(self._keys(labels))
        return self._known[wording]

    def _keys(self, labels: Iterable[str]) -> Iterator[str]:
        for label in labels:
            yield label
            yield from (key for token in self._normaliser.tokens([label]) for key in token.keys[:1])


def _without_inner(found: Iterable[Near]) -> Iterator[Near]:
    """Keep of each phrase the widest of those that overlap."""
    kept: list[Near] = []
    for near in sorted(found, key=lambda one: one.first - one.last):
        if not any(one.phrase is near.phrase and one.first <= near.last and near.first <= one.last for one in kept):
            kept.append(near)
            yield near


def _lacking(graph: WordGraph) -> Iterator[tuple[Edge, WordGraph]]:
    """Yield each word of the wording with the graph in which it may be missing, or up to three others in its place."""
    start, end = _reached(graph.edges, 0, forwards=True), _reached(graph.edges, graph.last, forwards=False)
    optional = {edge.start for edge in graph.edges if edge.label == NOTHING}
    for place, edge in enumerate(graph.edges):
        if edge.label == NOTHING or gap_words(edge.label) or (edge.start in optional and edge.label not in CLASSES):
            continue
        outside = edge.start in start or edge.end in end
        instead = edge._replace(label=NOTHING if outside else f"{GAP}{GAP_WORDS}")
        yield edge, WordGraph([*graph.edges[:place], instead, *graph.edges[place + 1 :]], graph.last)


def _reached(edges: Sequence[Edge], node: int, *, forwards: bool) -> set[int]:
    """Return the nodes that can be reached from `node` without a word."""
    seen, waiting = {node}, [node]
    while waiting:
        at = waiting.pop()
        for edge in edges:
            here, there = (edge.start, edge.end) if forwards else (edge.end, edge.start)
            if edge.label == NOTHING and here == at and there not in seen:
                seen.add(there)
                waiting.append(there)
    return seen
