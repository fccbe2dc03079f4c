"""A book made ready for searching: one matcher over all phrases, their exceptions and the context triggers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from livewatch.phrases.automaton import Automaton
from livewatch.phrases.context import WORDS_AFTER, WORDS_BEFORE, Context, Language, Trigger
from livewatch.phrases.matcher import Found, Matcher
from livewatch.phrases.normalise import Normaliser, Token
from livewatch.phrases.phrase import Phrase


class Index:
    """Immutable once built; shared by all spotters of a book."""

    def __init__(self, phrases: Sequence[Phrase], normaliser: Normaliser, language: Language) -> None:
        self._normaliser = normaliser
        self._ends = language.ends
        self._matcher = Matcher()
        self._owners: list[Phrase | Trigger | None] = []
        """By owner number: a phrase, a trigger, or None for a pseudo-trigger"""
        for phrase in phrases:
            self._add(phrase, phrase.automata["say"])
            around = Trigger("exception", "around", WORDS_BEFORE, WORDS_AFTER, phrase.id)
            self._add(around, phrase.automata["unless"])
            following = Trigger("exception", "after", 0, WORDS_AFTER, phrase.id)
            self._add(following, phrase.automata["not_before"])
        for trigger, automata in language.triggers:
            self._add(trigger, automata)
        self._add(None, language.pseudo)

    def _add(self, owner: Phrase | Trigger | None, automata: Iterable[Automaton]) -> None:
        for automaton in automata:
            self._matcher.add(automaton, len(self._owners))
        self._owners.append(owner)

    def search(self, words: Sequence[str], breaks: Collection[int] = ()) -> Iterator[tuple[Phrase, int, int]]:
        """Yield each phrase said in `words` with the indices of its first and last word, in order of the last.

        `breaks` are indices of words after which a sentence ends though nothing is written there. What is denied,
        advised or reported, and what an exception cancels, is left out. One place may be yielded more than once.
        """
        tokens = self._normaliser.tokens(words, breaks)
        phrases, context = self._read(tokens)
        for phrase, found in phrases:
            if not any(context.cancels(phrase.id, found.first, found.last)):
                yield phrase, tokens[found.first].first, tokens[found.last].last

    def cancelled(
        self, phrase: Phrase, words: Sequence[str], first: int, last: int, breaks: Collection[int] = ()
    ) -> bool:
        """Whether `phrase`, said at words `first` to `last`, is denied, advised, reported or excepted there."""
        tokens = self._normaliser.tokens(words, breaks)
        inside = [index for index, token in enumerate(tokens) if token.last >= first and token.first <= last]
        if not inside:
            return False
        return any(self._read(tokens)[1].cancels(phrase.id, inside[0], inside[-1]))

    def _read(self, tokens: Sequence[Token]) -> tuple[list[tuple[Phrase, Found]], Context]:
        """Return the phrases said, whatever cancels them, and what does."""
        phrases: list[tuple[Phrase, Found]] = []
        triggers: list[tuple[Trigger, Found]] = []
        pseudo: list[Found] = []
        for found in self._matcher.find(tokens):
            owner = self._owners[found.owner]
            if owner is None:
                pseudo.append(found)
            elif isinstance(owner, Trigger):
                triggers.append((owner, found))
            else:
                phrases.append((owner, found))
        return phrases, Context(tokens, self._ends, triggers, pseudo)
