"""Records of calls, read back from the lines of JSON that `--json` and the history write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from livewatch.events import SAMPLE_RATE, Alert, CallEnded, Level, Match, RiskUpdate
from livewatch.sinks.record import CallRecord, Sentence


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
