"""Plain text, one line after the other: where there is no terminal to draw on (a file, a pipe)."""

from __future__ import annotations

from typing import TextIO

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hypothesis, Match, Notice
from livewatch.sinks import wording
from livewatch.sinks.plain import plain
from livewatch.sinks.record import GIST
from livewatch.sinks.sink import Stamp
from livewatch.sinks.wording import BADGE, advice, clock, ending, evidence, header

RULE = "=" * 60
INDENT = " " * 7


class Lines:
    """Writes finished sentences, what was spotted in them, and alerts. Nothing is revised, nothing is coloured."""

    def __init__(self, out: TextIO, *, words: bool) -> None:
        """`out` stays open; `words` is whether to write what is said."""
        self._out = out
        self._words = words
        self._failed = False

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Write the lines of one event, if it has any."""
        match event:
            case CallStarted():
                self._failed = False
                self._write(header(event))
            case Hypothesis(final=True, words=(first, *_)) if self._words:
                self._write(f"{clock(first.start)}  {event.text}")
            case Match() if event.category != GIST:  # it grows with every sentence, and alerts quote it
                self._write(f'{clock(event.start)}  spotted "{event.heard}"{_because(event)}')
            case Alert():
                self._alert(event)
            case Notice(kind=wording.FAILED):
                self._failed = True
            case Notice():
                self._write(f"{clock(event.at)}  note: {event.message}")
            case CallEnded():
                self._write(ending(event, failed=self._failed))
            case _:
                return
        self._out.flush()

    def close(self) -> None:
        """Nothing is held back."""

    def _alert(self, alert: Alert) -> None:
        urgent, rest, others = advice(alert)
        quotes, more = evidence(alert)
        self._write(RULE)
        self._write(f"{clock(alert.at)}  {BADGE[alert.level]}: {alert.title}")
        if urgent:
            self._write(f"{INDENT}>>> {urgent} {rest}".rstrip() + " <<<")
        for other in others:
            self._write(f"{INDENT}- {other}")
        if quotes:
            self._write(f"{INDENT}The caller said:")
        for quote in quotes:
            self._write(f'{INDENT}{clock(quote.start)}  "{quote.heard}"{_because(quote)}')
        if more:
            self._write(f"{INDENT}and {more} more")
        self._write(RULE)

    def _write(self, line: str) -> None:
        self._out.write(plain(line) + "\n")


def _because(match: Match) -> str:
    return f": {match.why}" if match.why else ""
