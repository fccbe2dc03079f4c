"""What lies between two phrase books, and what it does to a call that was searched with the first of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby

import msgspec

from livewatch.events import Match
from livewatch.phrases.automaton import Automaton
from livewatch.phrases.book import Book
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.search import LEAST_POINTS
from livewatch.tuning.cache.fingerprint import digest, of_phrase
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.neighbours import Neighbours, Wordings
from livewatch.tuning.cache.sounds import Probe


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One phrase of a book, as far as a later book is compared with it."""

    id: str
    said: bytes
    """Digest of what decides where it is said"""
    told: bytes
    """Digest of what is told of it"""
    exceptions: list[tuple[str, str]]
    """Kind and wording of each, in order of the alphabet"""
    by_sound: bool
    """Whether it may be looked for by sound"""
    own: bool
    """Whether it is the user's: the words around it take nothing off it"""


def lines_of(book: Book) -> list[Line]:
    """Return what later books are compared with."""
    return [
        Line(phrase.id, *of_phrase(phrase), sorted(_exceptions(phrase)), phrase.points >= LEAST_POINTS, phrase.own)
        for phrase in book.phrases
    ]


def _exceptions(phrase: Phrase) -> dict[tuple[str, str], Automaton]:
    return {
        (kind, wording): automaton
        for kind, wordings in (("unless", phrase.unless), ("not_before", phrase.not_before))
        for wording, automaton in zip(wordings, phrase.automata[kind], strict=True)
    }


def digest_of(ground: bytes, lines: Sequence[Line]) -> bytes:
    """Return the digest of a book: everything that decides what is found in the words of a call."""
    return digest(ground, [msgspec.to_builtins(line, builtin_types=(bytes,)) for line in lines])


class Again(Enum):
    """That a call cannot be carried over from one book to another."""

    SEARCH = auto()


@dataclass(frozen=True, slots=True)
class BySound:
    """What is known of the search of a recording by sound."""

    thought_of: Collection[str]
    """Ids of the phrases that were laid on it"""
    heard: Callable[[], Heard | None]
    """What was heard in it; None where nobody knows"""


class Edit:
    """The way from one book to another, for calls that were searched with the first.

    Phrases are found independently of each other: each has its own wordings, exceptions and memory of where it was
    found. Only two things are shared. Matches that end with the same word come in the order of the book, so it matters
    where a phrase has moved. And by sound only the likeliest phrases are laid on what was heard, and the second listen
    is rationed over them; so a recording is searched again where one that has changed was, or would be, thought of.
    """

    def __init__(self, old: Sequence[Line], new: Book, new_lines: Sequence[Line]) -> None:
        """Compare `old` with `new`, whose lines are `new_lines`. Both books stand on the same ground."""
        before = {line.id: line for line in old}
        after = {line.id: line for line in new_lines}
        phrases = {phrase.id: phrase for phrase in new.phrases}
        common = [line.id for line in old if line.id in after]
        places = {name: number for number, name in enumerate(after)}
        stays = _longest_rising(common, places)
        self._gone = before.keys() - after.keys()
        """Their matches go; nothing else changes"""
        self._retold: dict[str, Phrase] = {}
        """Their matches stay where they are, with other points or another reason"""
        self._moved: set[str] = set()
        """Where they were found together with others, the order may be another"""
        self._refound: set[str] = set()
        """Found elsewhere, perhaps"""
        self._excepted: dict[str, Wordings] = {}
        """Found where they were, except beside these"""
        sayable: list[Phrase] = [phrases[name] for name in after.keys() - before.keys()]
        changed = self._gone | (after.keys() - before.keys())
        for name in common:
            one, other = before[name], after[name]
            if one == other and name in stays:
                continue
            changed.add(name)
            shielded = one.own and not other.own  # what the words around it would take off it was not kept
            if shielded or one.said != other.said or not {*one.exceptions} <= {*other.exceptions}:
                self._refound.add(name)
                sayable.append(phrases[name])
                continue
            if one.exceptions != other.exceptions:
                added = (new for key, new in _exceptions(phrases[name]).items() if key not in one.exceptions)
                self._excepted[name] = Wordings(added)
            self._retold[name] = phrases[name]
            if name not in stays:
                self._moved.add(name)
        self._unsounded = {name for name in changed if name in before and before[name].by_sound}
        """By sound they were looked for, and are no more, or otherwise"""
        self._sounding = [
            phrases[name]
            for name in after
            if name in changed and after[name].by_sound and (name not in self._retold or not before[name].by_sound)
        ]
        """By sound they were not looked for, or otherwise"""
        self._normaliser = new.normaliser
        self._places = places
        self._probe: Probe | None = None
        self._new = [automaton for phrase in sayable for automaton in phrase.automata["say"]]
        self._wordings: Wordings | None = None

    def carry(
        self,
        matches: Sequence[Match],
        neighbours: Callable[[], Neighbours | None],
        by_sound: BySound | None = None,
    ) -> tuple[Match, ...] | Again:
        """Return the matches with the new book, given those with the old; or that the call must be searched again.

        `neighbours` are those of the call, None where nobody knows them; `by_sound` is None for a text.
        """
        if by_sound is not None and self._touches(by_sound):
            return Again.SEARCH
        names = {match.phrase for match in matches}
        if names & self._refound:
            return Again.SEARCH
        if names & self._moved:
            in_order = self._in_order(matches)
            if in_order is None:
                return Again.SEARCH
            matches = in_order
        wordings = [self._excepted[name] for name in names & self._excepted.keys()]
        wordings += [self._search()] if self._new else []
        if wordings:
            call = neighbours()
            if call is None or any(one.perhaps_in(call) for one in wordings):
                return Again.SEARCH
        return tuple(self._told(match) for match in matches if match.phrase not in self._gone)

    @property
    def adds(self) -> bool:
        """Whether it matters what may be said in a call."""
        return bool(self._new or self._excepted)

    @property
    def sounds(self) -> bool:
        """Whether something may be thought of by sound that was not."""
        return bool(self._sounding)

    def _touches(self, by_sound: BySound) -> bool:
        if not self._unsounded.isdisjoint(by_sound.thought_of):
            return True
        if not self._sounding:
            return False
        if self._probe is None:
            self._probe = Probe(self._sounding, self._normaliser)
        heard = by_sound.heard()
        return heard is None or self._probe.comes_up_in(heard)

    def _in_order(self, matches: Sequence[Match]) -> list[Match] | None:
        """Put what was found at one moment up to one word into the order of the new book.

        None where nobody can tell: of a word that is several tokens ("don't") each may be the last of another phrase.
        """
        ordered: list[Match] = []
        for _, together in groupby(matches, key=lambda match: (match.at, match.side, match.end, match.how)):
            group = list(together)
            if len(group) > 1 and any(match.phrase in self._moved for match in group):
                if len(self._normaliser.tokens([group[0].heard.split()[-1]])) > 1:
                    return None
                group.sort(key=lambda match: self._places.get(match.phrase, -1))
            ordered += group
        return ordered

    def _search(self) -> Wordings:
        if self._wordings is None:
            self._wordings = Wordings(self._new)
        return self._wordings

    def _told(self, match: Match) -> Match:
        phrase = self._retold.get(match.phrase)
        if phrase is None:
            return match
        against = 0.0 if phrase.own else match.against
        return replace(match, category=phrase.category, points=phrase.points, why=phrase.why, against=against)


def _longest_rising(names: Sequence[str], places: dict[str, int]) -> set[str]:
    """Return the most of `names` that stand in the same order in `places` (patience sorting)."""
    piles: list[int] = []
    tops: list[int] = []
    before: list[int | None] = []
    for number, name in enumerate(names):
        pile = bisect_left(piles, places[name])
        before.append(tops[pile - 1] if pile else None)
        if pile == len(piles):
            piles.append(places[name])
            tops.append(number)
        else:
            piles[pile], tops[pile] = places[name], number
    rising: set[str] = set()
    number = tops[-1] if tops else None
    while number is not None:
        rising.add(names[number])
        number = before[number]
    return rising
