"""What remains of a call when it is over: collected while it runs, or read back from lines of JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from livewatch.events import SAMPLE_RATE, Alert, CallEnded, CallStarted, Event, Hypothesis, Level, Match, RiskUpdate
from livewatch.sinks.sink import Stamp
from livewatch.sinks.transcript import Utterances

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
        """Return what was spotted and what alerts quote, each once, oldest first."""
        seen = {(match.phrase, match.start): match for alert in self.alerts for match in alert.evidence}
        seen |= {(match.phrase, match.start): match for match in self.matches}
        return tuple(sorted(seen.values(), key=lambda match: match.start))

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


def read_records(lines: Iterable[bytes]) -> tuple[list[CallRecord], int]:
    """Read the lines that `--json` or the history wrote: the calls in them, and how many lines could not be read.

    A damaged line (the last one of a process that was killed, a full disk) is counted and left out; the rest is good.
    """
    records: list[CallRecord] = []
    damaged = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            read = _DECODER.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            damaged += not _of_another_kind(line)
            continue
        if isinstance(read, _Started):
            records.append(CallRecord(read.call, read.when))
            continue
        if not records:  # its first line is the damaged one
            records.append(CallRecord("(unknown)"))
        if isinstance(read, _Words):
            if read.final and read.text:
                sentence = Sentence(_samples(read.start_s), _samples(read.end_s), read.text)
                records[-1] = replace(records[-1], sentences=(*records[-1].sentences, sentence))
        else:
            for quote in read.evidence if isinstance(read, _Ended) else ():
                records[-1] = records[-1].after(quote.event())
            records[-1] = records[-1].after(read.event())
    return records, damaged


Seconds = Annotated[float, Meta(ge=0, le=1e8)]


class _Line(Struct, tag_field="event", kw_only=True):
    pass


class _Started(_Line, tag="call_started"):
    call: str
    when: datetime | None = None


class _Words(_Line, tag="words"):
    start_s: Seconds
    end_s: Seconds
    final: bool
    text: str


class _Quote(Struct, kw_only=True):
    phrase: str
    category: str
    heard: str
    start_s: Seconds
    end_s: Seconds
    points: float = 0
    at_s: Seconds = 0
    how: Literal["exact", "sound", "near"] = "exact"

    def event(self) -> Match:
        start, end = _samples(self.start_s), _samples(self.end_s)
        return Match(self.phrase, self.category, self.heard, start, end, self.points, self.how, _samples(self.at_s))


class _Match(_Quote, _Line, tag="match"):
    pass


class _Level(_Line, tag="level"):
    at_s: Seconds
    level: Level
    points: float = 0

    def event(self) -> RiskUpdate:
        return RiskUpdate(_samples(self.at_s), self.level, self.points, ())


class _Alert(_Line, tag="alert"):
    at_s: Seconds
    level: Level
    title: str
    advice: tuple[str, ...] = ()
    evidence: tuple[_Quote, ...] = ()

    def event(self) -> Alert:
        evidence = tuple(quote.event() for quote in self.evidence)
        return Alert(_samples(self.at_s), self.level, self.title, self.advice, evidence)


class _Ended(_Line, tag="call_ended"):
    call: str
    level: Level
    alerts: int
    audio_s: Seconds
    lost_s: Seconds = 0
    evidence: tuple[_Quote, ...] = ()

    def event(self) -> CallEnded:
        return CallEnded(self.call, _samples(self.audio_s), self.level, self.alerts, _samples(self.lost_s))


_DECODER = msgspec.json.Decoder(_Started | _Words | _Match | _Level | _Alert | _Ended)


_KINDS = {kind.__struct_config__.tag for kind in (_Started, _Words, _Match, _Level, _Alert, _Ended)}


def _of_another_kind(line: bytes) -> bool:
    """Whether it is a whole line about something else: a notice, or an event that later versions may have."""
    try:
        kind = msgspec.json.decode(line)["event"]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
        return False
    return isinstance(kind, str) and kind not in _KINDS


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _sentence(hypothesis: Hypothesis) -> Sentence:
    return Sentence(hypothesis.words[0].start, hypothesis.words[-1].end, hypothesis.text)


def _higher(one: Level, other: Level) -> Level:
    return max(one, other, key=lambda level: level.rank)
