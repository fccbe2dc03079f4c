"""What was said but does not count, and why: denied, advised, reported, excepted, too late or by the other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from livewatch.events import Hypothesis, Match, Side, Word
from livewatch.phrases.book import Book
from livewatch.phrases.context import WORDS_AFTER, WORDS_BEFORE, Context, Trigger
from livewatch.phrases.index import Owner
from livewatch.phrases.matcher import Found, Matcher
from livewatch.phrases.other_reading import SENTENCE_GAP
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.spotter import CARRY_GAP, in_time

Reason = Literal["denied", "advised", "reported", "exception", "side", "late", "unconfirmed"]

SURROUNDINGS: Final = 64
"""Words looked at on each side of a match for what cancels it; the spotter looks back as far"""


@dataclass(frozen=True, slots=True)
class Discount:
    """A match that the spotter left out."""

    match: Match
    """As it would have been told"""
    reason: Reason
    """`unconfirmed`: none of the others; the words were revised, or the second listen did not find them"""
    by: str = ""
    """The words that cancel it, as heard; empty for `side`, `late` and `unconfirmed`"""


@dataclass(slots=True)
class _Said:
    """The words of one side as they finally stand."""

    words: list[Word] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    """Indices of words after which a sentence ends"""

    def add(self, words: Sequence[Word]) -> None:
        if self.words and words and words[0].start - self.words[-1].end >= SENTENCE_GAP:
            self.breaks.add(len(self.words) - 1)
        self.words += words


class Discounts:
    """Listens beside the spotter of one call to the same hypotheses, with a book that nothing cancels."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._phrases = {phrase.id: phrase for phrase in book.phrases}
        self._spotter = book.uncancelled().spotter()
        self._matches: list[Match] = []
        self._said: dict[Side, _Said] = {}

    def accept(self, hypothesis: Hypothesis) -> None:
        """Take what the spotter takes."""
        self._matches += self._spotter.accept(hypothesis)
        if hypothesis.final:
            self._said.setdefault(hypothesis.side, _Said()).add(hypothesis.words)

    def left_out(self, told: Sequence[Match]) -> list[Discount]:
        """Return what the spotter did not tell, given what it `told`, in order of time. Call it after the last word."""
        by_phrase: dict[str, list[Match]] = {}
        for match in told:
            by_phrase.setdefault(match.phrase, []).append(match)
        return [
            self._explain(match)
            for match in sorted(self._matches, key=lambda one: (one.end, one.start))
            if not any(_same_place(match, one) for one in by_phrase.get(match.phrase, ()))
        ]

    def _explain(self, match: Match) -> Discount:
        phrase = self._phrases[match.phrase]
        if match.side != "any" and phrase.who not in ("any", match.side):
            return Discount(match, "side")
        if not in_time(phrase, match.start):
            return Discount(match, "late")
        said = self._said.get(match.side, _Said())
        place = [i for i, word in enumerate(said.words) if match.start <= word.start and word.end <= match.end]
        if not place:
            return Discount(match, "unconfirmed")
        begin = self._begin(said, place[0])
        words = [word.text for word in said.words[begin : place[-1] + 1 + SURROUNDINGS]]
        breaks = {index - begin for index in said.breaks if index >= begin}
        return self._cancelled(match, phrase, words, breaks, (place[0] - begin, place[-1] - begin))

    @staticmethod
    def _begin(said: _Said, first: int) -> int:
        """Go back from the word `first` as far as speech went on."""
        begin = first
        while begin > max(0, first - SURROUNDINGS):
            if said.words[begin].start - said.words[begin - 1].end >= CARRY_GAP:
                break
            begin -= 1
        return begin

    def _cancelled(
        self, match: Match, phrase: Phrase, words: Sequence[str], breaks: set[int], place: tuple[int, int]
    ) -> Discount:
        tokens = self._book.normaliser.tokens(words, breaks)
        inside = [i for i, token in enumerate(tokens) if token.last >= place[0] and token.first <= place[1]]
        if not inside:
            return Discount(match, "unconfirmed")
        owners, matcher = self._triggers(phrase)
        triggers: list[tuple[Trigger, Found]] = []
        pseudo: list[Found] = []
        story: list[Found] = []
        for found in matcher.find(tokens):
            owner = owners[found.owner]
            if isinstance(owner, Trigger):
                triggers.append((owner, found))
            else:
                (pseudo if owner == "pseudo" else story).append(found)
        context = Context(tokens, self._book.context.ends, triggers, pseudo, story)
        for trigger, found in context.reasons(phrase.id, inside[0], inside[-1]):
            by = " ".join(words[tokens[found.first].first : tokens[found.last].last + 1])
            return Discount(match, trigger.kind, by)
        return Discount(match, "unconfirmed")

    def _triggers(self, phrase: Phrase) -> tuple[list[Owner], Matcher]:
        """Return what may cancel `phrase`, and a matcher that finds it by its place in that list."""
        matcher = Matcher()
        owners: list[Owner] = ["pseudo", "story"]
        groups = [
            (Trigger("exception", "around", WORDS_BEFORE, WORDS_AFTER, phrase.id), phrase.automata["unless"]),
            (Trigger("exception", "after", 0, WORDS_AFTER, phrase.id), phrase.automata["not_before"]),
            *self._book.context.triggers,
        ]
        for automaton in self._book.context.pseudo:
            matcher.add(automaton, 0)
        for automaton in self._book.context.story:
            matcher.add(automaton, 1)
        for trigger, automata in groups:
            owners.append(trigger)
            for automaton in automata:
                matcher.add(automaton, len(owners) - 1)
        return owners, matcher


def _same_place(one: Match, other: Match) -> bool:
    return one.side == other.side and one.start < other.end and other.start < one.end
