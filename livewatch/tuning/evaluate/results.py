"""What the watching of one labelled call gave, and its line in the details file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hypothesis, Level, Match, RiskUpdate, Side, seconds
from livewatch.tuning.cache.store import Kind
from livewatch.tuning.corpus.manifest import LabelledCall


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance as it was recognised in the end."""

    side: Side
    """Who spoke"""
    words: tuple[str, ...]
    """At least one"""
    starts: tuple[int, ...]
    """Sample index of each word's start"""
    end: int
    """Sample index just past the last word"""


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call of the corpus, watched to its end."""

    call: LabelledCall
    level: Level
    """The highest level reached"""
    first_caution: int | None
    """Sample index at which the level was first caution *or more*; None when it never was"""
    first_danger: int | None
    """Sample index; None when the level never was danger"""
    audio: int
    """Samples watched"""
    matches: tuple[Match, ...]
    """What was heard, in the order of hearing"""
    damage: tuple[str, ...] = ()
    """Sentences about sound of the recording that is missing or damaged; the rest of it was watched"""
    said: tuple[Said, ...] = ()
    """Recordings only: what was recognised, in order. What is said in a text stands in its call"""
    recogniser: str = ""
    """Name of the model that recognised it; "text" where nobody had to"""
    keep: tuple[tuple[Kind, bytes, bytes], ...] = field(default=(), compare=False, repr=False)
    """What the cache is to keep of it: kinds, keys and values"""

    def first(self, level: Level) -> int | None:
        """Sample index at which the call first reached `level` (caution or danger) or more."""
        return self.first_danger if level is Level.DANGER else self.first_caution

    def to_json(self) -> dict[str, Any]:
        """Give the details line (contract: docs/evaluate.md). Times in seconds of the call."""
        return {
            "id": self.call.id,
            "label": self.call.label.value,
            "level": self.level.value,
            "first_caution_s": _seconds(self.first_caution),
            "first_danger_s": _seconds(self.first_danger),
            "audio_s": seconds(self.audio),
            "matches": [_match(match) for match in self.matches],
        }


def collect(call: LabelledCall, events: Iterable[Event]) -> CallResult:
    """Watch `call` through `events` to the end and keep what counts. Errors of the watching pass through."""
    level, audio, recogniser = Level.NONE, 0, ""
    first: dict[Level, int] = {}
    matches: list[Match] = []
    said: list[Said] = []
    for event in events:
        match event:
            case RiskUpdate() | Alert():
                for reached in (Level.CAUTION, Level.DANGER):
                    if event.level.rank >= reached.rank:
                        first.setdefault(reached, event.at)
            case Match():
                matches.append(event)
            case CallStarted():
                recogniser = event.model
            case CallEnded():
                level, audio = event.level, event.at
            case Hypothesis(final=True, words=words) if words and call.audio is not None:
                heard = tuple(word.text for word in words)
                said.append(Said(event.side, heard, tuple(word.start for word in words), words[-1].end))
            case _:
                pass
    caution, danger = first.get(Level.CAUTION), first.get(Level.DANGER)
    return CallResult(call, level, caution, danger, audio, tuple(matches), (), tuple(said), recogniser)


def _seconds(samples: int | None) -> float | None:
    return None if samples is None else seconds(samples)


def _match(match: Match) -> dict[str, Any]:
    return {
        "at_s": seconds(match.at),
        "phrase": match.phrase,
        "category": match.category,
        "heard": match.heard,
        "start_s": seconds(match.start),
        "end_s": seconds(match.end),
        "points": round(match.points, 2),
        "how": match.how,
        "verified": None if match.verified is None else round(match.verified, 2),
        "against": round(match.against, 2),
    }
