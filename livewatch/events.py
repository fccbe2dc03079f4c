"""What flows through livewatch: small frozen types, every field with its unit.

Time inside the program is a *sample index* of the call at `SAMPLE_RATE`: sample 16,000 is one second after the first
sample, whatever the wall clock says. Seconds appear only at the edges (`seconds`), in sinks and on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
"""Hertz; the only rate inside the program. Every other rate ends at the source."""

Samples: TypeAlias = npt.NDArray[np.int16]
"""Mono int16, shape (n,), full range."""

Side: TypeAlias = Literal["caller", "me", "any"]
"""Who is heard: the far end, the person livewatch protects, or not known (one mixed track)."""

How: TypeAlias = Literal["exact", "sound", "near"]
"""How a phrase was matched: the listed words (or their inflections), words that sound alike, or most of the words."""


class Level(StrEnum):
    """How dangerous the call looks. Ordered by `rank`: none < caution < danger."""

    NONE = "none"
    CAUTION = "caution"
    DANGER = "danger"

    @property
    def rank(self) -> int:
        """0, 1 or 2."""
        return ("none", "caution", "danger").index(self.value)


def seconds(samples: int) -> float:
    """Seconds of `samples` at `SAMPLE_RATE`, rounded to the millisecond."""
    return round(samples / SAMPLE_RATE, 3)


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Sound as it arrives, of any length including none."""

    samples: Samples
    """Mono int16, shape (n,)"""
    start: int
    """Sample index of the first sample"""
    lost: int = 0
    """Samples the device dropped just before `start` (they are counted in `start`)"""
    speech: bool | None = None
    """Whether this is speech; None before the speech gate has looked"""
    side: Side = "any"
    """Whose voice this track carries"""
    waiting: int = 0
    """Samples already delivered behind this chunk: how far the reader is behind. 0 in an unpaced replay"""

    @property
    def end(self) -> int:
        """Sample index just past the last sample."""
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word, written as the recogniser writes it (case and punctuation may be there)."""

    text: str
    """Never empty, no white space"""
    start: int
    """Sample index"""
    end: int
    """Sample index, > start"""
    confidence: float
    """0..1; the recogniser's own estimate, not comparable between recognisers"""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Other words that a recogniser might have written in the place of some of an utterance."""

    first: int
    """Index of the first word that they replace"""
    end: int
    """Index of the first word after it that stays; `first` where they replace nothing"""
    words: tuple[str, ...]
    """At least one"""
    log_ratio: float
    """Natural logarithm of how much likelier the utterance is with them; hardly ever above 0"""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """All words of one utterance as known now; replaces the hypothesis before it of the same `utterance`."""

    words: tuple[Word, ...]
    """In order of time. May be empty (what was heard before turned out to be nothing)"""
    stable: int
    """Leading words that two successive readings agree on; all of them when `final`"""
    final: bool
    """True once, as the last hypothesis of its utterance"""
    utterance: int
    """0, 1, 2... within this side of the call; never goes back"""
    at: int
    """Sample index: how much of the call had been delivered when this was decided"""
    side: Side = "any"
    """Who spoke"""
    alternatives: tuple[Alternative, ...] = ()
    """Of words that the recogniser doubts; each is told once or twice, not again with every hypothesis"""

    @property
    def text(self) -> str:
        """The words joined by spaces."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Match:
    """A listed phrase heard in the call."""

    phrase: str
    """Id of the phrase in the book"""
    category: str
    """Id of the phrase's category: what the caller is doing by saying it"""
    heard: str
    """The words as recognised"""
    start: int
    """Sample index of the first word's start"""
    end: int
    """Sample index of the last word's end"""
    points: float
    """Decibans: 10 log10 of how much likelier this is in a scam call than in an ordinary one. 0..60"""
    how: How
    """Exact, by sound, or near"""
    at: int
    """Sample index: how much of the call had been delivered when it was matched"""
    verified: float | None = None
    """Natural-log ratio to what was recognised, of the second listen or of another reading (0: as likely, -16: was not
    said), or None"""
    why: str = ""
    """One sentence for people: why this is a sign"""
    side: Side = "any"
    """Who said it"""
    provisional: bool = False
    """True while it rests on words that may still change"""
    listed: tuple[str, ...] = ()
    """The words of the list that `heard` stands for, where `how` is "sound"; else empty"""
    against: float = 0.0
    """Decibans, <= 0: how much more the words around it would have to sound like a scam call to support it in full"""


@dataclass(frozen=True, slots=True)
class RiskUpdate:
    """The level of the call or the reasons for it have changed."""

    at: int
    """Sample index"""
    level: Level
    """The level from here on"""
    points: float
    """Decibans added up, after caps"""
    reasons: tuple[str, ...]
    """Sentences for people, the weightiest first"""


@dataclass(frozen=True, slots=True)
class Alert:
    """What a frightened person reads, in this order: title, advice, what the caller said."""

    at: int
    """Sample index"""
    level: Level
    """CAUTION or DANGER"""
    title: str
    """One short sentence"""
    advice: tuple[str, ...]
    """What to do; the first is the one thing to do now"""
    evidence: tuple[Match, ...]
    """What was heard, oldest first"""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the listening itself, not about the caller: lag, loss, silence, a device gone or back."""

    at: int
    """Sample index"""
    kind: str
    """Stable identifier: lost, truncated, behind, unclear…"""
    message: str
    """One sentence for people"""


class HearingState(StrEnum):
    """What livewatch does with the sound right now; a state in which it does not hear must look like one."""

    STARTING = "starting"
    """No sound has arrived yet"""
    LISTENING = "listening"
    """Sound arrives; nobody speaks"""
    SPEECH = "speech"
    """Sound arrives and somebody speaks"""
    PAUSED = "paused"
    """By the user: sound is thrown away"""
    NOT_HEARING = "not_hearing"
    """No usable sound arrives"""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether and how well livewatch hears, about ten times a second; live calls only."""

    at: int
    """Sample index"""
    state: HearingState
    """The worst of the tracks, except that speech on one of two is speech"""
    level: float
    """Peak of the last 0.1 s in dBFS, -120..0; the louder track"""
    message: str = ""
    """What is wrong and how it is being mended, one sentence for people; empty when all is well"""
    side: Side = "any"
    """The track that `message` is about; "any" when there is one track, or nothing is wrong"""
    kept: str = ""
    """What happens to the sound of the call, where it is to be kept, one sentence for people; empty: nothing is kept"""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The first event of every call."""

    call: str
    """Name of the call: the path as given, or the device"""
    duration: int | None
    """Samples; None when it cannot be known beforehand (live, a pipe)"""
    engine: str
    """Name of the recogniser"""
    model: str
    """Name of its model"""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The last event of every call, also of one that was interrupted."""

    call: str
    """As in CallStarted"""
    at: int
    """Sample index: all that was delivered"""
    level: Level
    """The highest level reached"""
    alerts: int
    """How many alerts were raised"""
    lost: int
    """Samples lost"""


Event: TypeAlias = CallStarted | Hypothesis | Match | RiskUpdate | Alert | Notice | Hearing | CallEnded
