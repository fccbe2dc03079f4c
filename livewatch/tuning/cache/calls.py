"""The cache of calls: finds what is known of them, and says what is worth keeping of those that were watched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import platformdirs

from livewatch.phrases.book import Book
from livewatch.settings import CacheSettings, Settings
from livewatch.tuning.cache import fingerprint
from livewatch.tuning.cache.edits import Again, BySound, Edit, Line, digest_of, lines_of
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.neighbours import Neighbours
from livewatch.tuning.cache.spotted import Spotted
from livewatch.tuning.cache.store import Kind, Store
from livewatch.tuning.corpus.manifest import LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.rejudge import rules_of

_BOOKS: Final = 6
"""Phrase books, the last used ones, from which calls are carried over"""
_MEGABYTE: Final = 1_000_000

Entry: TypeAlias = tuple[Kind, bytes, bytes]
"""Something to keep, with its key"""


def folder_of(settings: CacheSettings) -> Path:
    """Return where the cache is, or would be."""
    if settings.folder:
        return Path(settings.folder).expanduser()
    return platformdirs.user_cache_path("livewatch", appauthor=False)


def open_store(settings: CacheSettings) -> Store:
    """Open the file that `settings` name."""
    return Store(folder_of(settings), settings.limit_mb * _MEGABYTE)


class CallCache:
    """What is known of calls, for one phrase book, recogniser and set of settings. Used from one thread."""

    def __init__(self, settings: Settings, book: Book) -> None:
        """Open the file; never raises."""
        self._settings = settings
        self._book = book
        self._store = open_store(settings.cache)
        self._ground = fingerprint.of_ground(settings, book.gist)
        self._lines = lines_of(book)
        self._digest = digest_of(self._ground, self._lines)
        self._hearing: fingerprint.Hearing | None = None
        self._asked = False

    def recall(self, calls: Sequence[LabelledCall]) -> dict[str, CallResult]:
        """Return the results that are known, by id: what a run without the cache would give, exactly.

        Calls that were searched with another phrase book are carried over where the difference cannot touch them.
        """
        self._store.put({"book": [(self._digest, self._ground + msgspec.msgpack.encode(self._lines))]})
        keys = {call.id: key for call, key in zip(calls, self.keys(calls), strict=True) if key is not None}
        known = self._stored(keys, self._digest)
        carried: dict[str, Spotted] = {}
        for digest, value in self._store.recent("book", _BOOKS):
            left = {name: key for name, key in keys.items() if name not in known and name not in carried}
            if left and value.startswith(self._ground) and digest != self._digest:  # else another code wrote it
                old = msgspec.msgpack.decode(value[len(self._ground) :], type=list[Line])
                carried |= self._carry(left, calls, digest, Edit(old, self._book, self._lines))
        new = [(keys[name] + self._digest, msgspec.msgpack.encode(spotted)) for name, spotted in carried.items()]
        self._store.put({"spotted": new})
        rules = rules_of(self._settings.risk)
        known |= carried
        return {call.id: known[call.id].judged(call, rules) for call in calls if call.id in known}

    def keys(self, calls: Sequence[LabelledCall]) -> list[bytes | None]:
        """Return what each call is known by: what is heard in it. None where nothing can be known of it."""
        recordings = [call.audio for call in calls if call.audio is not None]
        hearing = self.hearing() if recordings else None
        contents = iter(fingerprint.of_files(recordings, self._store) if hearing else [None] * len(recordings))
        keys: list[bytes | None] = []
        for call in calls:
            if call.audio is None:
                keys.append(fingerprint.of_turns(call.turns))
                continue
            content = next(contents)
            keys.append(None if hearing is None or content is None else fingerprint.digest(hearing.digest, content))
        return keys

    def hearing(self) -> fingerprint.Hearing | None:
        """Return what decides what is heard in recordings; None where that cannot be known beforehand."""
        if not self._asked:
            self._hearing, self._asked = fingerprint.of_hearing(self._settings, self._store, live=False), True
        return self._hearing

    def heard(self, key: bytes) -> Heard | None:
        """Return what the recogniser said of a recording, where that is known."""
        value = self._store.get("heard", [key]).get(key)
        return None if value is None else Heard.decode(value)

    def entries(
        self, key: bytes, result: CallResult, neighbours: Neighbours, thought_of: Iterable[str], heard: Heard | None
    ) -> tuple[Entry, ...]:
        """Return what is to be kept of a call that was watched; `heard` where that is new.

        `thought_of` are the phrases that came up by sound.
        """
        found: list[Entry] = [
            ("spotted", key + self._digest, msgspec.msgpack.encode(Spotted.of(result, thought_of))),
            ("said", key + self._ground, msgspec.msgpack.encode(neighbours)),
        ]
        if heard is not None:
            found.append(("heard", key, heard.encode()))
        return tuple(found)

    def keep(self, entries: Sequence[Entry]) -> None:
        """Keep what `entries` gave, here or in another process."""
        by_kind: dict[Kind, list[tuple[bytes, bytes]]] = {}
        for kind, key, value in entries:
            by_kind.setdefault(kind, []).append((key, value))
        self._store.put(by_kind)

    def problems(self) -> list[Problem]:
        """What went wrong with the cache until now; the figures are right all the same."""
        return [Problem(str(self._store.path), "cache", trouble, minor=True) for trouble in self._store.troubles]

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _stored(self, keys: Mapping[str, bytes], book: bytes) -> dict[str, Spotted]:
        found = self._store.get("spotted", [key + book for key in keys.values()])
        decoder = msgspec.msgpack.Decoder(Spotted)
        return {name: decoder.decode(found[key + book]) for name, key in keys.items() if key + book in found}

    def _carry(
        self, keys: Mapping[str, bytes], calls: Sequence[LabelledCall], book: bytes, edit: Edit
    ) -> dict[str, Spotted]:
        """Carry over those of the calls `keys` that were searched with `book` and that `edit` cannot touch."""
        before = self._stored(keys, book)
        names = [keys[name] + self._ground for name in before]
        said = self._store.get("said", names) if edit.adds else {}
        sounds = {call.id for call in calls if call.audio is not None}
        heard = self._store.get("heard", [keys[name] for name in before if name in sounds]) if edit.sounds else {}
        carried: dict[str, Spotted] = {}
        for name, spotted in before.items():
            neighbours = partial(self._neighbours, said, keys[name])
            by_sound = BySound(spotted.thought_of, partial(_heard, heard, keys[name])) if name in sounds else None
            matches = edit.carry(spotted.matches, neighbours, by_sound)
            if matches is not Again.SEARCH:
                carried[name] = msgspec.structs.replace(spotted, matches=matches)
        return carried

    def _neighbours(self, said: Mapping[bytes, bytes], key: bytes) -> Neighbours | None:
        value = said.get(key + self._ground)
        return None if value is None else msgspec.msgpack.decode(value, type=Neighbours)


def _heard(values: Mapping[bytes, bytes], key: bytes) -> Heard | None:
    return Heard.decode(values[key]) if key in values else None
