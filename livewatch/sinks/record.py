"""What remains of a call when it is over."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hypothesis, Level, Match, RiskUpdate
from livewatch.sinks.sink import Stamp
from livewatch.sinks.transcript import Utterances

GIST = "gist"
"""Category of what no single phrase says"""
_SENTENCE_END = re.compile(r"[.?!]\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finished utterance."""

    start: int
    """Sample index"""
    end: int
    """Sample index"""
    text: str
    """As recognised"""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, as far as it is known."""

    call: str
    """Name of the call: the path as given, or the device"""
    started: datetime | None = None
    """Local time with its offset; None where nobody noted it (a recording)"""
    end: int = 0
    """Sample index: all that was heard"""
    level: Level = Level.NONE
    """The highest level reached"""
    alerts: tuple[Alert, ...] = ()
    """As shown, oldest first"""
    matches: tuple[Match, ...] = ()
    """Everything spotted; where only alerts were kept, what they quote"""
    sentences: tuple[Sentence, ...] = ()
    """What was said; empty where it was not kept"""
    lost: int = 0
    """Samples lost"""
    complete: bool = False
    """Whether its end was seen: False for a call that is under way or was cut off"""

    def heard(self) -> tuple[Match, ...]:
        """Return what was spotted and what alerts quote, oldest first; of what was spotted again the last reading."""
        seen: dict[str, list[Match]] = {}
        for match in (*(each for alert in self.alerts for each in alert.evidence), *self.matches):
            before = seen.setdefault(match.phrase, [])
            before[:] = [each for each in before if not _same_place(each, match)]
            before.append(match)
        return tuple(sorted((match for each in seen.values() for match in each), key=lambda match: match.start))

    def quotes(self) -> tuple[Match, ...]:
        """Return what was heard that has words of its own: the gist of a call has none."""
        return tuple(match for match in self.heard() if match.category != GIST)

    def sentence_of(self, match: Match) -> str:
        """Return the sentence a match was heard in, or its own words where the sentence is not known.

        An utterance may hold words of both people, and a phrase may go on into the next one: the utterances it lies in
        are joined, and what stands before and behind its sentence is left out.
        """
        text = " ".join(each.text for each in self.sentences if each.start < match.end and match.start < each.end)
        found = text.casefold().find(match.heard.casefold())
        if found < 0:
            return text or match.heard
        before = max((end.end() for end in _SENTENCE_END.finditer(text, 0, found)), default=0)
        behind = _SENTENCE_END.search(text, max(found, found + len(match.heard) - 2))
        return text[before : behind.start() + 1 if behind else len(text)]

    def after(self, event: Event, now: datetime | None = None) -> CallRecord:
        """Return the record with one more event of the same call; `now` is the local time, for its start."""
        match event:
            case CallStarted():
                return CallRecord(event.call, now)
            case Match():
                return replace(self, matches=(*self.matches, event), end=max(self.end, event.at))
            case RiskUpdate():
                return replace(self, level=_higher(self.level, event.level), end=max(self.end, event.at))
            case Alert():
                level = _higher(self.level, event.level)
                return replace(self, alerts=(*self.alerts, event), level=level, end=max(self.end, event.at))
            case CallEnded():
                level = _higher(self.level, event.level)
                return replace(self, level=level, end=event.at, lost=event.lost, complete=True)
        return self


def local_now() -> datetime:
    """Return the time of day with its offset from UTC, so that a record can be read anywhere and after a DST change."""
    return datetime.now().astimezone()


class Recorder:
    """A sink that keeps what happened, in memory, for the summary and the report after the call."""

    def __init__(self, ended: Callable[[CallRecord], None] | None = None) -> None:
        """`ended` is given every call when it is over, in the runner's thread; else `records` keeps them."""
        self._ended = ended
        self._utterances = Utterances()
        self._sentences: list[Sentence] = []
        self._now: CallRecord | None = None
        self._past: list[CallRecord] = []

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Keep what belongs into the record."""
        self.note(event)

    def note(self, event: Event) -> None:
        """Keep what belongs into the record, for who has no stamp."""
        if isinstance(event, CallStarted):
            self._finish()
            self._utterances, self._sentences = Utterances(), []
            self._now = CallRecord("")
        if self._now is None:
            return
        if finished := self._utterances.finished(event):
            self._sentences.append(_sentence(finished))
        self._now = self._now.after(event, local_now())
        if isinstance(event, CallEnded):
            self._finish()

    def close(self) -> None:
        """Keep what a call without an end left behind."""
        self._finish()

    @property
    def records(self) -> tuple[CallRecord, ...]:
        """All calls so far, the one under way included."""
        return (*self._past, *([self._complete(self._now)] if self._now else []))

    def _finish(self) -> None:
        if self._now is None:
            return
        record, self._now = self._complete(self._now), None
        if self._ended is not None:
            self._ended(record)
        else:
            self._past.append(record)

    def _complete(self, record: CallRecord) -> CallRecord:
        unfinished = map(_sentence, self._utterances.unfinished())
        return replace(record, sentences=(*self._sentences, *unfinished))


def _same_place(one: Match, other: Match) -> bool:
    """Whether they share at least half of the shorter."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared >= min(one.end - one.start, other.end - other.start)


def _sentence(hypothesis: Hypothesis) -> Sentence:
    return Sentence(hypothesis.words[0].start, hypothesis.words[-1].end, hypothesis.text)


def _higher(one: Level, other: Level) -> Level:
    return max(one, other, key=lambda level: level.rank)
