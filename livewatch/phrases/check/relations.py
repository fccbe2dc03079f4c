"""Remarks on wordings beside each other and beside what cancels them: duplicate, shadowed, unreachable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from livewatch.events import Hypothesis, Word
from livewatch.phrases.automaton import Automaton
from livewatch.phrases.book import Book
from livewatch.phrases.check import ways
from livewatch.phrases.check.finder import Finder
from livewatch.phrases.check.finding import Finding
from livewatch.phrases.check.wordings import short
from livewatch.phrases.discount import Discount, Discounts
from livewatch.phrases.language import WordGraph
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.phrase import Phrase

COMPARED: Final = 256
"""Sequences of one wording up to which it is compared with the others"""
TRIED: Final = 24
"""Sequences of one wording that are tried out by themselves"""
WORD: Final = 5_600
"""Samples a word takes when it is tried out"""

_REASONS = {
    "denied": "denied",
    "advised": "advised against",
    "reported": "told about",
    "exception": "one of its own exceptions",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of the book with what is needed to compare it."""

    file: str
    line: int
    """1-based"""
    phrase: Phrase
    text: str
    graph: WordGraph
    automaton: Automaton
    own: bool
    """Whether it is in one of the checked files"""

    @property
    def place(self) -> str:
        """For people."""
        return f'"{short(self.text)}" ({self.phrase.id}, {self.file}:{self.line})'


class Relations:
    """All wordings of a book, ready to be compared."""

    def __init__(self, book: Book, wordings: Sequence[Wording]) -> None:
        self._book = book
        self._wordings = wordings
        self._finder = Finder([wording.automaton for wording in wordings])
        self._tried: Book | None = None
        self._triggers = Matcher()
        """Finds what may cancel any phrase"""
        for _, automata in book.context.triggers:
            for automaton in automata:
                self._triggers.add(automaton, 0)

    def findings(self) -> Iterator[Finding]:
        """Yield the remarks on every checked wording. Linear in their number."""
        for number, wording in enumerate(self._wordings):
            if wording.own:
                told = self._covered(number)
                if told is not None:
                    yield told
                yield from self._cancelled(wording)

    def _covered(self, number: int) -> Finding | None:
        """Say which other wording finds all that this one finds."""
        wording = self._wordings[number]
        sequences = list(ways.spelt(wording.graph, COMPARED + 1))
        if len(sequences) > COMPARED:
            return None
        others: set[int] | None = None
        for words in sequences:
            found = self._finder.said(self._book.normaliser.tokens(words))
            others = found if others is None else others & found
        for other in sorted(others or ()):
            if other != number and self._replaces(other, number):
                return self._say(number, other)
        return None

    def _replaces(self, other: int, number: int) -> bool:
        """Whether the wording `other` counts wherever the wording `number` would, and as much."""
        one, two = self._wordings[other].phrase, self._wordings[number].phrase
        if one is two:
            return True
        return (
            one.category == two.category
            and one.points >= two.points
            and one.who in ("any", two.who)
            and (one.within is None or (two.within is not None and one.within >= two.within))
            and {*one.unless} <= {*two.unless}
            and {*one.not_before} <= {*two.not_before}
        )

    def _say(self, number: int, other: int) -> Finding | None:
        wording, by = self._wordings[number], self._wordings[other]
        if self._same(number, other):
            if number < other and self._replaces(number, other) and by.own:
                return None  # told of the later of the two
            return _finding(
                wording,
                "duplicate",
                f'"{short(wording.text)}" stands for the same words as {by.place}.',
                instead="Leave out one.",
            )
        return _finding(
            wording,
            "shadowed",
            f'"{short(wording.text)}" finds nothing that {by.place} does not find.',
            "It adds no points: words that match two phrases of a category count once.",
            "Leave it out, or make the other one narrower.",
        )

    def _same(self, number: int, other: int) -> bool:
        one, two = self._wordings[number], self._wordings[other]
        sequences = list(ways.spelt(two.graph, COMPARED + 1))
        whole = Matcher()
        whole.add(one.automaton, 0)
        for words in sequences[:COMPARED]:
            tokens = self._book.normaliser.tokens(words)
            if not any(found.first == 0 and found.last == len(tokens) - 1 for found in whole.find(tokens)):
                return False
        return len(sequences) <= COMPARED

    def _may_cancel(self, phrase: Phrase, words: Sequence[str]) -> bool:
        """Whether anything in `words` could cancel the phrase: trying it out takes a thousand times as long."""
        tokens = self._book.normaliser.tokens(words)
        exceptions = (*phrase.automata["unless"], *phrase.automata["not_before"])
        keys = {key for automaton in exceptions for edges in automaton.edges for key in edges}
        return any(not keys.isdisjoint(token.keys) for token in tokens) or bool(self._triggers.find(tokens))

    def _alone(self, phrase: Phrase) -> Book:
        """Return a book with nothing but `phrase`; kept for its next wording."""
        if self._tried is None or self._tried.phrases[0] is not phrase:
            self._tried = Book([phrase], self._book.normaliser, self._book.context)
        return self._tried

    def _cancelled(self, wording: Wording) -> Iterator[Finding]:
        """Try the wording out by itself."""
        lost: list[tuple[list[str], Discount]] = []
        phrase = wording.phrase
        sequences = list(ways.spelt(wording.graph, TRIED))
        for words in sequences:
            if not self._may_cancel(phrase, words):
                continue
            alone = self._alone(phrase)
            hypothesis = _said(words)
            told = list(alone.spotter().accept(hypothesis))
            if any(match.phrase == phrase.id for match in told):
                continue
            discounts = Discounts(alone)
            discounts.accept(hypothesis)
            lost += [(words, one) for one in discounts.left_out(told)[:1] if one.reason in _REASONS]
        if not lost:
            return
        words, discount = lost[0]
        always = len(lost) == len(sequences)
        yield _finding(
            wording,
            "unreachable",
            f'"{short(wording.text)}" is {"always" if always else "sometimes"} cancelled by its own words: '
            f'"{" ".join(words)}" by "{discount.by}" ({_REASONS[discount.reason]}).',
            "" if always else "That way of saying it scores nothing.",
            f'Leave "{discount.by}" out of the wording, or make it a part that must be said.',
        )


def _said(words: Sequence[str]) -> Hypothesis:
    spoken = tuple(Word(word, index * WORD, (index + 1) * WORD, 1.0) for index, word in enumerate(words))
    return Hypothesis(spoken, len(spoken), True, 0, len(spoken) * WORD)


def _finding(wording: Wording, kind: str, message: str, why: str = "", instead: str = "") -> Finding:
    return Finding(wording.file, wording.line, kind, "warning", message, why, instead, wording.phrase.id)
