"""Which phrases were thought of by their sound in a call, and whether new ones would be.

The search by sound lays the few likeliest wordings on what was heard. One that it never thought of in a call has taken
no other one's place there, nor any of the second listen's time: without it, all is as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from livewatch.phrases.book import Book
from livewatch.phrases.context import Language
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound import SoundIndex, pronouncer
from livewatch.phrases.sound.search import Heard as Costs
from livewatch.phrases.sound.search import Near
from livewatch.tuning.cache.heard import Heard

_NO_CONTEXT = Language((), (), frozenset())


class _NotingIndex(SoundIndex):
    """Notes the ids of the phrases that it thinks of."""

    def __init__(self, phrases: Sequence[Phrase], thought_of: set[str]) -> None:
        super().__init__(phrases, pronouncer())
        self._thought_of = thought_of

    def near(self, heard: Costs, phones: Sequence[int], least: int, wanted: Callable[[Phrase], bool]) -> Iterator[Near]:
        """See `SoundIndex.near`."""

        def noted(phrase: Phrase) -> bool:
            self._thought_of.add(phrase.id)
            return wanted(phrase)

        return super().near(heard, phones, least, noted)


class OverheardBook(Book):
    """A book whose spotters note which phrases they think of by sound."""

    def __init__(self, book: Book, normaliser: Normaliser) -> None:
        """Take over `book`, with another normaliser."""
        super().__init__(book.phrases, normaliser, book.context, book.gist)
        self.thought_of: set[str] = set()
        """Ids, since it was last emptied"""

    @cached_property
    def _sounds(self) -> SoundIndex:
        return _NotingIndex(self.phrases, self.thought_of)


class Probe:
    """Phrases that are looked for by sound in calls that were searched without them."""

    def __init__(self, phrases: Sequence[Phrase], normaliser: Normaliser) -> None:
        self._book = OverheardBook(Book(phrases, normaliser, _NO_CONTEXT), normaliser)

    def comes_up_in(self, heard: Heard) -> bool:
        """Whether any of the phrases would be thought of. Where the near side is heard, too, nobody can tell."""
        if any(track == "me" for track, _ in heard.said):  # echoes are taken off before the search
            return True
        self._book.thought_of.clear()
        spotter = self._book.spotter(by_sound=0.0)
        for _, hypothesis in heard.said:
            for _ in spotter.accept(hypothesis):
                pass
            if self._book.thought_of:
                return True
        return False
