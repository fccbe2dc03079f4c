"""One event per line as JSON: the output of `--json`. The field names and meanings are a contract."""

from __future__ import annotations

import json
import math
from functools import singledispatch
from typing import Any, TextIO

from livewatch.events import (
    Alert,
    CallEnded,
    CallStarted,
    Event,
    Hearing,
    Hypothesis,
    Match,
    Notice,
    RiskUpdate,
    seconds,
)
from livewatch.sinks.plain import plain
from livewatch.sinks.sink import Stamp


class JsonLines:
    """Writes each event as one line of ASCII and flushes it, so that a reader at the other end has it at once.

    `Hearing`, ten times a second, is left out: what changes in it also comes as a `Notice`.
    """

    def __init__(self, out: TextIO) -> None:
        """`out` stays open: it is usually standard output."""
        self._out = out

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Write one event; `BrokenPipeError` when nobody reads any more."""
        if isinstance(event, Hearing):
            return
        self._out.write(json.dumps(fields(event, stamp), allow_nan=False) + "\n")
        self._out.flush()

    def close(self) -> None:
        """Nothing is held back."""


@singledispatch
def fields(event: Event, stamp: Stamp) -> dict[str, Any]:
    """Return the fields of one event: times in seconds, rounded to the millisecond.

    Names of calls are exactly as given (JSON escapes whatever is in them); what was said and what is shown is `plain`.
    """
    raise TypeError(f"no JSON form for {type(event).__name__}")


@fields.register
def _(event: CallStarted, stamp: Stamp) -> dict[str, Any]:
    return {
        "event": "call_started",
        "call": event.call,
        "duration_s": None if event.duration is None else seconds(event.duration),
        "engine": event.engine,
        "model": event.model,
    }


@fields.register
def _(event: Hypothesis, stamp: Stamp) -> dict[str, Any]:
    words = event.words
    return {
        "event": "words",
        "at_s": seconds(event.at),
        "start_s": seconds(words[0].start if words else event.at),
        "end_s": seconds(words[-1].end if words else event.at),
        "final": event.final,
        "text": plain(event.text),
    }


@fields.register
def _(event: Match, stamp: Stamp) -> dict[str, Any]:
    return {
        "event": "match",
        "at_s": seconds(event.at),
        "phrase": event.phrase,
        "category": event.category,
        "heard": plain(event.heard),
        "start_s": seconds(event.start),
        "end_s": seconds(event.end),
        "points": round(event.points, 2),
        "how": event.how,
        "verified": _ratio(event.verified),
        "against": round(event.against, 2),
    }


@fields.register
def _(event: RiskUpdate, stamp: Stamp) -> dict[str, Any]:
    return {
        "event": "level",
        "at_s": seconds(event.at),
        "level": event.level.value,
        "points": round(event.points, 2),
        "reasons": [plain(reason) for reason in event.reasons],
    }


@fields.register
def _(event: Alert, stamp: Stamp) -> dict[str, Any]:
    return {
        "event": "alert",
        "at_s": seconds(event.at),
        "wall_s": round(stamp.wall_s, 3),
        "level": event.level.value,
        "title": plain(event.title),
        "advice": [plain(advice) for advice in event.advice],
        "evidence": [quote(match) for match in event.evidence],
    }


@fields.register
def _(event: Notice, stamp: Stamp) -> dict[str, Any]:
    return {"event": "notice", "at_s": seconds(event.at), "kind": event.kind, "message": plain(event.message)}


@fields.register
def _(event: CallEnded, stamp: Stamp) -> dict[str, Any]:
    return {
        "event": "call_ended",
        "call": event.call,
        "level": event.level.value,
        "alerts": event.alerts,
        "audio_s": seconds(event.at),
        "wall_s": round(stamp.wall_s, 3),
        "cpu_s": round(stamp.cpu_s, 3),
        "lost_s": seconds(event.lost),
    }


def quote(match: Match) -> dict[str, Any]:
    """Return what a match says as evidence of an alert."""
    return {
        "phrase": match.phrase,
        "category": match.category,
        "heard": plain(match.heard),
        "start_s": seconds(match.start),
        "end_s": seconds(match.end),
    }


def _ratio(verified: float | None) -> float | None:
    """JSON has no infinity; a span that was no longer in memory was in effect not asked."""
    return None if verified is None or not math.isfinite(verified) else round(verified, 2)
