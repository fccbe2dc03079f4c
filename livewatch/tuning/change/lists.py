"""The two lists that are compared: which files they mean, and which phrases differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from msgspec import structs

from livewatch.phrases.book import Book, LoadedBook
from livewatch.phrases.phrase import Phrase
from livewatch.settings import Settings

CURRENT: Final = "current"
"""Names the lists that the settings name"""
SHIPPED: Final = "shipped"
"""Names the lists that come with livewatch, without any of the user's"""

Change = Literal["added", "removed", "changed", "switched on", "switched off"]

_COMPARED = ("category", "say", "points", "who", "within", "unless", "not_before", "inflected")
"""What of a phrase can change what happens; its reason and source cannot"""


@dataclass(frozen=True, slots=True)
class PhraseChange:
    """A phrase that is not the same in both lists."""

    phrase: str
    """Its id"""
    change: Change
    what: tuple[str, ...] = ()
    """Where it is changed: the keys that differ"""

    def __str__(self) -> str:
        return f"{self.phrase} ({self.change}{': ' if self.what else ''}{', '.join(self.what)})"


def with_list(settings: Settings, name: str) -> Settings:
    """Return `settings` with the list `name` in the place of the user's own: a path, `current` or `shipped`.

    The user's own is the first of `phrases.files`, the one that `phrases add` writes to; the others stay beside it.
    """
    files = settings.phrases.files
    if name == SHIPPED:
        files = ()
    elif name != CURRENT and Path(name).resolve() not in {Path(file).resolve() for file in files}:
        files = (name, *files[1:])
    return structs.replace(settings, phrases=structs.replace(settings.phrases, files=files))


def changes(old: LoadedBook, new: LoadedBook) -> list[PhraseChange]:
    """Return the phrases that differ, in the order of the lists."""
    before, after = _phrases(old.book), _phrases(new.book)
    was_off, is_off = {phrase.id for phrase in old.off}, {phrase.id for phrase in new.off}
    found: list[PhraseChange] = []
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name), after.get(name)
        if other is None:
            found.append(PhraseChange(name, "switched off" if name in is_off else "removed"))
        elif one is None:
            found.append(PhraseChange(name, "switched on" if name in was_off else "added"))
        elif what := tuple(key for key in _COMPARED if getattr(one, key) != getattr(other, key)):
            found.append(PhraseChange(name, "changed", what))
    return found


def _phrases(book: Book) -> Mapping[str, Phrase]:
    return {phrase.id: phrase for phrase in book.phrases}
