"""What has been shown of a call, so that a recogniser started again in its middle neither forgets nor repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Level,
    Match,
    Notice,
    RiskUpdate,
    Side,
)
from livewatch.runner.wire import Begin

_SAME = SAMPLE_RATE // 5
"""Samples by which a second reading may put the end of a word later"""


class Resume:
    """One call, over any number of recogniser processes."""

    def __init__(self, call: str) -> None:
        self._call = call
        self._matches: list[Match] = []
        self._dismissed = 0
        self._restarts = 0
        self._sentences: dict[Side, int] = {}
        """By side: where the last finished sentence ended"""
        self._utterances: dict[Side, int] = {}
        """By side: the highest number shown"""
        self._offsets: dict[Side, int] = {}
        """By side: what is added to the numbers of the present process"""
        self._shown_lost = 0
        self._alerts = 0
        self._highest = Level.NONE
        self._lost = 0
        self.at = 0
        """Sample index: how far events have come"""

    def begin(self) -> Begin:
        """Return what the recogniser has to know."""
        return Begin(self._call, tuple(self._matches), self._dismissed)

    def dismiss(self) -> None:
        """Somebody has called everything so far harmless."""
        self._dismissed = len(self._matches)

    def restart(self) -> None:
        """The next events come from a new process, which hears the last seconds again."""
        self._restarts += 1
        self._offsets = {side: number + 1 for side, number in self._utterances.items()}
        self._shown_lost = self.at

    def ended(self, at: int) -> CallEnded:
        """Return the end of the call at `at`."""
        return CallEnded(self._call, at, self._highest, self._alerts, self._lost)

    def pass_on(self, event: Event) -> Iterator[Event]:
        """Yield the event as it is to be shown, unless it was."""
        match event:
            case CallStarted():
                if not self._restarts:
                    yield event
            case Hypothesis():
                yield from self._words(event)
            case CallEnded():
                yield self.ended(event.at)
            case Notice(kind="lost") if event.at <= self._shown_lost:
                pass
            case _:
                self._count(event)
                yield event

    def lose(self, samples: int) -> None:
        """So many samples were lost."""
        self._lost += samples

    def _count(self, event: Event) -> None:
        if isinstance(event, Match):
            self._matches.append(event)
        elif isinstance(event, RiskUpdate | Alert):
            self._alerts += isinstance(event, Alert)
            self._highest = max(self._highest, event.level, key=lambda level: level.rank)
        self.at = max(self.at, getattr(event, "at", 0))

    def _words(self, heard: Hypothesis) -> Iterator[Hypothesis]:
        side = heard.side
        shown = self._sentences.get(side, 0)
        if self._restarts and heard.words and heard.words[-1].end <= shown + _SAME:
            return
        number = heard.utterance + self._offsets.get(side, 0)
        self._utterances[side] = max(self._utterances.get(side, -1), number)
        self.at = max(self.at, heard.at)
        if heard.final and heard.words:
            self._sentences[side] = max(shown, heard.words[-1].end)
        yield replace(heard, utterance=number)
