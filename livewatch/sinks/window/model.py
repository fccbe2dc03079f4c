"""What the window knows of a call: events in, plain values out. No Qt, no clock."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import Flag, auto

from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    CallEnded,
    CallStarted,
    Event,
    Hearing,
    HearingState,
    Hypothesis,
    Level,
    Match,
    Notice,
    RiskUpdate,
    Side,
    Word,
)
from livewatch.sinks import wording
from livewatch.sinks.plain import plain
from livewatch.sinks.wording import spotted

MOST_SENTENCES = 200
"""Sentences kept to scroll back to, about a quarter of an hour of talk"""
MOST_MATCHES = 64
"""Matches kept to mark words with; older ones have long been marked"""
CONTEXT = 8
"""Words shown on either side of what was spotted"""

NOTICE = 8 * SAMPLE_RATE
"""Samples for which a notice is shown: time to read a sentence twice"""

Pieces = tuple[tuple[str, bool], ...]
"""Words as they are shown, and whether each was spotted"""


class Change(Flag):
    """What has to be drawn again."""

    NOTHING = 0
    HEARING = auto()
    METER = auto()
    WORDS = auto()
    LEVEL = auto()


@dataclass(slots=True)
class Sentence:
    """One utterance as known now."""

    side: Side
    utterance: int
    words: tuple[Word, ...] = ()
    final: bool = False
    marked: set[int] = field(default_factory=set)
    """Positions of the words that were spotted"""

    def pieces(self) -> Pieces:
        """Return its words for people."""
        return tuple((plain(word.text), number in self.marked) for number, word in enumerate(self.words))


class Model:
    """One call after the other. Used from the window's thread; nothing in it grows with the length of a call."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.call = ""
        self.engine = ""
        self.state = HearingState.STARTING
        self.peak: float | None = None
        """dBFS; None until it is known (replays do not say it)"""
        self.trouble = ""
        """Why it does not hear"""
        self.notice = ""
        """What else there is to say about the listening, for a while"""
        self.kept = ""
        """What happens to the sound of the call; empty where none is kept"""
        self._notice_until: float = 0
        """Sample index"""
        self._quiet_notice = False
        """Whether it says that nothing is playing, which speech makes untrue at once"""
        self.level = Level.NONE
        self.reasons: tuple[str, ...] = ()
        self.sentences: deque[Sentence] = deque(maxlen=MOST_SENTENCES)
        self.matches: deque[Match] = deque(maxlen=MOST_MATCHES)
        self.at = 0
        """Sample index: how far the call is"""
        self.ended: str | None = None
        """One line about the call when it is over"""
        self._failed = False

    def handle(self, event: Event) -> Change:
        """Take one event. Alerts only count for their time: when they are shown is not the model's business."""
        if not isinstance(event, CallStarted):
            self.at = max(self.at, event.at)
        match event:
            case CallStarted():
                return self._start(event)
            case Hearing():
                return self._hear(event)
            case Hypothesis():
                return self._words(event)
            case Match():
                self.matches.append(event)
                marked = [self._mark(sentence, event) for sentence in self.sentences]
                return Change.WORDS if any(marked) else Change.NOTHING
            case RiskUpdate() | Alert():
                return self._judge(event)
            case Notice() | CallEnded():
                return self._note(event)

    def say(self, message: str) -> None:
        """Show a sentence of the window's own for a while."""
        self.notice, self._notice_until, self._quiet_notice = plain(message), self.at + NOTICE, False

    def quote(self, match: Match) -> Pieces:
        """Return what was spotted within the words around it, as far as they are still known."""
        for sentence in reversed(self.sentences):
            if sentence.side != match.side:
                continue
            hits = [number for number, word in enumerate(sentence.words) if spotted(word, match)]
            if hits:
                first, last = max(0, hits[0] - CONTEXT), hits[-1] + CONTEXT + 1
                inside = set(hits)
                shown = [
                    (plain(word.text), number in inside)
                    for number, word in enumerate(sentence.words[:last])
                    if number >= first
                ]
                before = [("…", False)] if first else []
                after = [("…", False)] if last < len(sentence.words) else []
                return tuple(before + shown + after)
        return tuple((word, True) for word in plain(match.heard).split())

    def _start(self, event: CallStarted) -> Change:
        self._begin()
        self.call, self.engine = plain(event.call), plain(f"{event.engine} ({event.model})")
        return Change.HEARING | Change.METER | Change.WORDS | Change.LEVEL

    def _judge(self, event: RiskUpdate | Alert) -> Change:
        self.level = event.level
        if isinstance(event, RiskUpdate):
            self.reasons = tuple(map(plain, event.reasons))
        return Change.LEVEL

    def _note(self, event: Notice | CallEnded) -> Change:
        if isinstance(event, CallEnded):
            self.ended = wording.ending(event, failed=self._failed)
            self.peak, self.kept = None, ""
            return Change.HEARING | Change.METER
        if event.kind == wording.KEEPING:  # said all the time, see `kept`
            return Change.NOTHING
        self._failed = self._failed or event.kind == wording.FAILED
        self.notice = plain(event.message)
        self._notice_until = math.inf if event.kind == "behind" else event.at + NOTICE
        self._quiet_notice = event.kind == "silent"
        return Change.HEARING

    def _hear(self, event: Hearing) -> Change:
        change = Change.METER if event.level != self.peak else Change.NOTHING
        self.peak = event.level
        message, kept = plain(event.message), plain(event.kept)
        if (event.state, message, kept) != (self.state, self.trouble, self.kept):
            self.state, self.trouble, self.kept = event.state, message, kept
            change |= Change.HEARING
        over = event.at > self._notice_until or (self._quiet_notice and event.state is HearingState.SPEECH)
        if self.notice and over:
            self.notice = ""
            change |= Change.HEARING
        return change

    def _words(self, event: Hypothesis) -> Change:
        before = self.state
        if self.peak is None:  # a replay: that somebody speaks can only be told from the words
            self.state = HearingState.LISTENING if event.final else HearingState.SPEECH
        change = Change.WORDS if before is self.state else Change.WORDS | Change.HEARING
        key = (event.side, event.utterance)
        sentence = next((one for one in self.sentences if (one.side, one.utterance) == key), None)
        if sentence is None:
            if not event.words:
                return change & ~Change.WORDS
            sentence = Sentence(event.side, event.utterance)
            self.sentences.append(sentence)
        sentence.words, sentence.final = event.words, event.final
        sentence.marked = set()
        for match in self.matches:
            self._mark(sentence, match)
        return change

    @staticmethod
    def _mark(sentence: Sentence, match: Match) -> bool:
        words = sentence.words
        if sentence.side != match.side or not words or match.end <= words[0].start or match.start >= words[-1].end:
            return False
        hits = {number for number, word in enumerate(words) if spotted(word, match)}
        new = hits - sentence.marked
        sentence.marked |= hits
        return bool(new)
