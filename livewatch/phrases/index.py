"""A book made ready for searching: one matcher over all phrases, their exceptions and the context triggers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal

from livewatch.phrases.automaton import Automaton
from livewatch.phrases.context import WORDS_AFTER, WORDS_BEFORE, Context, Language, Trigger
from livewatch.phrases.matcher import Found, Matcher, States
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.row import TokenRow

Owner = Phrase | Trigger | Literal["pseudo", "story"]
"""What a wording is looked for as; "pseudo": what looks like a trigger and is none, "story": a sign of retelling"""


class Index:
    """Immutable once built; shared by all spotters of a book."""

    def __init__(self, phrases: Sequence[Phrase], normaliser: Normaliser, language: Language) -> None:
        self._normaliser = normaliser
        self._ends = language.ends
        self._matcher = Matcher()
        self._owners: list[Owner] = []
        """By owner number"""
        for phrase in phrases:
            self._add(phrase, phrase.automata["say"])
            around = Trigger("exception", "around", WORDS_BEFORE, WORDS_AFTER, phrase.id)
            self._add(around, phrase.automata["unless"])
            following = Trigger("exception", "after", 0, WORDS_AFTER, phrase.id)
            self._add(following, phrase.automata["not_before"])
        for trigger, automata in language.triggers:
            self._add(trigger, automata)
        self._add("pseudo", language.pseudo)
        self._add("story", language.story)

    def _add(self, owner: Owner, automata: Iterable[Automaton]) -> None:
        for automaton in automata:
            self._matcher.add(automaton, len(self._owners))
        self._owners.append(owner)

    def search(self, words: Sequence[str], breaks: Collection[int] = ()) -> Iterator[tuple[Phrase, int, int]]:
        """Yield each phrase said in `words` with the indices of its first and last word, in order of the last.

        `breaks` are indices of words after which a sentence ends though nothing is written there. What is denied,
        advised or reported, and what an exception cancels, is left out. One place may be yielded more than once.
        """
        reader = self.reader()
        reader.read(words, breaks)
        return reader.said(lambda phrase, first, last: True)

    def reader(self) -> Reader:
        """Return a reader for one row of words."""
        return Reader(self._normaliser, self._matcher, self._owners, self._ends)


class Reader:
    """Searches one row of words again and again while it grows and is rewritten. Not for use by two threads at once.

    What stands before the first change is not searched again.
    """

    def __init__(
        self,
        normaliser: Normaliser,
        matcher: Matcher,
        owners: Sequence[Owner],
        ends: frozenset[str],
    ) -> None:
        self._row = TokenRow(normaliser)
        self._matcher = matcher
        self._owners = owners
        self._ends = ends
        self._path: list[States] = []
        self._found: list[Found] = []
        self._context: Context | None = None

    def read(self, words: Sequence[str], breaks: Collection[int] = ()) -> None:
        """Take the whole row anew; `breaks` as in `Index.search`."""
        same = self._row.read(words, breaks)
        del self._path[same:]
        while self._found and self._found[-1].last >= same:
            self._found.pop()
        self._found += self._matcher.go_on(self._row.tokens, self._path)
        self._context = None

    def said(self, wanted: Callable[[Phrase, int, int], bool]) -> Iterator[tuple[Phrase, int, int]]:
        """Yield what `Index.search` does, as far as it is `wanted`: asked with the same three, before it is yielded."""
        tokens = self._row.tokens
        for found in self._found:
            owner = self._owners[found.owner]
            if isinstance(owner, Phrase):
                first, last = tokens[found.first].first, tokens[found.last].last
                if wanted(owner, first, last) and not self._cancels(owner, found):
                    yield owner, first, last

    def cancelled(self, phrase: Phrase, first: int, last: int) -> bool:
        """Whether `phrase`, said at words `first` to `last`, is denied, advised, reported or excepted there."""
        inside = [i for i, token in enumerate(self._row.tokens) if token.last >= first and token.first <= last]
        return bool(inside) and self._cancels(phrase, Found(0, inside[0], inside[-1]))

    def _cancels(self, phrase: Phrase, place: Found) -> bool:
        if self._context is None:
            owned = [(self._owners[found.owner], found) for found in self._found]
            triggers = [(owner, found) for owner, found in owned if isinstance(owner, Trigger)]
            pseudo = [found for owner, found in owned if owner == "pseudo"]
            story = [found for owner, found in owned if owner == "story"]
            self._context = Context(self._row.tokens, self._ends, triggers, pseudo, story)
        return any(self._context.cancels(phrase.id, place.first, place.last))
