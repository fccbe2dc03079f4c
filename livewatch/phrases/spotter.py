"""The spotter: hypotheses in, matches out, exact under revision.

Recognisers rewrite what they have written, so each hypothesis is searched anew from its first changed word on. What
only sounds like a phrase (`livewatch.phrases.sound`) is yielded with `how="sound"`: whoever runs the spotter puts it to
the recogniser (`Session.score`) before it counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from livewatch.events import SAMPLE_RATE, Hypothesis, Match, Side, Word
from livewatch.phrases.gist import GistMeter
from livewatch.phrases.index import Index, Reader
from livewatch.phrases.other_reading import OtherReading, sentence_ends
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound import Ear, Sounding

CARRY_GAP: Final = round(1.5 * SAMPLE_RATE)
"""Samples of silence between two utterances over which a phrase may go on"""
TAIL: Final = 64
"""Words kept of the utterances before: a match spans at most 33 tokens (`automaton.MAX_SPAN`), its context reaches 6
further, the rest is for fillers"""

_SURER: Final = 1.0
"""Log-ratio by which a phrase must have become surer to be told again: 4 decibans"""


class Spotter:
    """Finds the phrases of a book in one call. Not for use by two threads at once."""

    def __init__(self, index: Index, gist: GistMeter, new_ear: Callable[[], Ear] | None = None) -> None:
        """`new_ear` makes an ear for each side; without it nothing is found by sound."""
        self._index = index
        self._gist = gist
        self._new_ear = new_ear
        self._sides: dict[Side, _Track] = {}

    def accept(self, hypothesis: Hypothesis) -> Iterator[Match]:
        """Take the next hypothesis and yield the phrases that are newly certain, in order of their ends.

        A phrase is yielded when all its words are stable, or the hypothesis is final; once for each place, whatever
        becomes of its words afterwards, and again where they were doubted and are so less. A phrase may begin in the
        utterance before.
        """
        if hypothesis.side not in self._sides:
            self._sides[hypothesis.side] = _Track(self._index.reader(), self._new_ear() if self._new_ear else None)
        track = self._sides[hypothesis.side]
        if hypothesis.utterance != track.utterance:
            track.begin(hypothesis.utterance)
        if not track.changed_by(hypothesis):
            return
        gist = [] if hypothesis.side == "me" else list(self._gist.accept(hypothesis))
        against = 0.0 if hypothesis.side == "me" else self._gist.against  # the listener's words tell nothing of callers
        words, own = track.window(hypothesis)
        sure = len(words) if hypothesis.final else own + hypothesis.stable

        def wanted(phrase: Phrase, first: int, last: int) -> bool:
            return own <= last < sure and track.wants(phrase, words[first : last + 1], hypothesis.side)

        for phrase, first, last in track.reader.said(wanted):
            said = words[first : last + 1]
            track.fire(phrase, said)
            yield _match(phrase, said, hypothesis, against)
        yield from self._among_alternatives(track, words, own, hypothesis, against)
        yield from self._by_sound(track, words, hypothesis, against)
        track.keep(hypothesis)
        yield from gist

    def _among_alternatives(
        self, track: _Track, words: Sequence[Word], own: int, hypothesis: Hypothesis, against: float
    ) -> Iterator[Match]:
        """Yield what was said if the recogniser was wrong where it doubted itself, the likeliest first."""
        for other in sorted(hypothesis.alternatives, key=lambda other: -other.log_ratio):
            reading = OtherReading(words, own + other.first, own + other.end, other.words)
            for phrase, first, last in self._index.search(reading.texts, reading.breaks):
                place = reading.place(first, last)
                if place is None:
                    continue
                said = words[place[0] : place[1] + 1]
                doubt = min(0.0, other.log_ratio)
                if not track.wants(phrase, said, hypothesis.side, doubt):
                    continue
                track.fire(phrase, said, doubt)
                match = _match(phrase, said, hypothesis, against)
                listed = tuple(text.strip(".,?!;:") for text in reading.texts[first : last + 1])
                yield replace(match, how="sound", listed=listed, verified=other.log_ratio)

    def _by_sound(
        self, track: _Track, words: Sequence[Word], hypothesis: Hypothesis, against: float
    ) -> Iterator[Match]:
        """Yield what sounds like a phrase that was not written there."""
        if track.ear is None:
            return

        def wanted(phrase: Phrase, since: int) -> bool:
            return _counts(phrase, hypothesis.side) and not track.fired_since(phrase.id, since)

        for found in sorted(track.ear.accept(hypothesis, wanted), key=_fit):
            phrase, heard = found.phrase, found.words
            start, end = heard[0].start, heard[-1].end
            place = next((index for index, word in enumerate(words) if word.start >= start), None)
            if place is None or not in_time(phrase, start):
                continue
            if not track.is_new_sound(phrase.id, start, end, found.score):
                continue
            last = min(place + len(heard), len(words)) - 1
            if not track.reader.cancelled(phrase, place, last):
                match = _match(phrase, heard, hypothesis, against)
                yield replace(match, how="sound", listed=found.listed)


@dataclass(slots=True)
class _Track:
    """What is remembered of one side of the call."""

    reader: Reader
    ear: Ear | None
    utterance: int = -1
    tail: tuple[Word, ...] = ()
    """Last words of the utterances before"""
    words: tuple[Word, ...] = ()
    """The open utterance as last seen"""
    stable: int = 0
    final: bool = False
    fired: dict[str, list[tuple[int, int, float]]] = field(default_factory=dict)
    """By phrase: the places already yielded, as samples, with the log-ratio where it was below 0"""
    sounded: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """By phrase: where it was last proposed by sound, and with which score"""

    def begin(self, utterance: int) -> None:
        """Close the open utterance: its words become the tail of the next."""
        if self.words:
            self.tail = (*self._tail_before(self.words), *self.words)[-TAIL:]
        self.utterance, self.words, self.stable, self.final = utterance, (), 0, False

    def changed_by(self, hypothesis: Hypothesis) -> bool:
        """Whether there is anything to search."""
        rewritten = hypothesis.stable > self.stable or hypothesis.words != self.words
        return hypothesis.final or rewritten or bool(hypothesis.alternatives)

    def window(self, hypothesis: Hypothesis) -> tuple[Sequence[Word], int]:
        """Let the reader read the utterance after the tail; return these words, and the index of the utterance's first.

        Where the tail ends without speech going on at once, a sentence ends.
        """
        tail = self._tail_before(hypothesis.words)
        words = (*tail, *hypothesis.words)
        self.reader.read([word.text for word in words], sentence_ends(words, len(tail)))
        return words, len(tail)

    def wants(self, phrase: Phrase, said: Sequence[Word], side: Side, doubt: float = 0.0) -> bool:
        """Whether `phrase` is to be told of where it was `said`, with the log-ratio `doubt`."""
        start, end = said[0].start, said[-1].end
        return _counts(phrase, side) and in_time(phrase, start) and not self.fired_at(phrase.id, start, end, doubt)

    def fire(self, phrase: Phrase, said: Sequence[Word], doubt: float = 0.0) -> None:
        """Note that `phrase` was told of."""
        self.fired.setdefault(phrase.id, []).append((said[0].start, said[-1].end, doubt))

    def fired_at(self, phrase: str, start: int, end: int, doubt: float) -> bool:
        """Whether `phrase` was already yielded at this place, and with hardly more doubt."""
        return any(
            start < other_end and other_start < end and doubt < other + _SURER
            for other_start, other_end, other in self.fired.get(phrase, ())
        )

    def fired_since(self, phrase: str, since: int) -> bool:
        """Whether `phrase` was yielded at a place that ends after `since`."""
        return any(end > since for _, end, _ in self.fired.get(phrase, ()))

    def is_new_sound(self, phrase: str, start: int, end: int, score: int) -> bool:
        """Whether `phrase` was neither yielded at this place nor proposed there with as good a score."""
        if self.fired_at(phrase, start, end, -math.inf):
            return False
        other_start, other_end, best = self.sounded.get(phrase, (0, 0, 0))
        if start < other_end and other_start < end and score <= best:
            return False
        self.sounded[phrase] = (start, end, score)
        return True

    def keep(self, hypothesis: Hypothesis) -> None:
        self.words, self.stable, self.final = hypothesis.words, hypothesis.stable, hypothesis.final

    def _tail_before(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Return the tail if speech went on within `CARRY_GAP`."""
        if self.tail and words and words[0].start - self.tail[-1].end < CARRY_GAP:
            return self.tail
        return ()


def _fit(sounding: Sounding) -> tuple[int, float]:
    """What fits better, and then what is worth more, is decided on first: the second listen is rationed."""
    return -sounding.score, -sounding.phrase.points


def _counts(phrase: Phrase, side: Side) -> bool:
    """Whether words of `side` may match `phrase`. Where the sides are not known, anybody may have said them."""
    return side == "any" or phrase.who in ("any", side)


def in_time(phrase: Phrase, start: int) -> bool:
    """Whether `phrase` counts where it begins at sample `start` of the call."""
    return phrase.within is None or start < phrase.within


def _match(phrase: Phrase, said: Sequence[Word], hypothesis: Hypothesis, against: float) -> Match:
    return Match(
        phrase=phrase.id,
        category=phrase.category,
        heard=" ".join(word.text for word in said),
        start=said[0].start,
        end=said[-1].end,
        points=phrase.points,
        how="exact",
        at=hypothesis.at,
        why=phrase.why,
        side=hypothesis.side,
        provisional=not hypothesis.final,
        against=0.0 if phrase.own else against,
    )
