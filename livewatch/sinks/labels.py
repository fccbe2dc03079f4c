"""Audacity labels: what was said, what was spotted, what was warned of, each with its place in the recording."""

from __future__ import annotations

from livewatch.events import SAMPLE_RATE, Alert, Event, Hypothesis, Match
from livewatch.sinks.plain import plain
from livewatch.sinks.transcript import Utterances


class Labels:
    """`start<TAB>end<TAB>text`, in seconds with a decimal point; import in Audacity with File, Import, Labels.

    Utterances carry their words, matches `match PHRASE: words heard`, alerts `alert LEVEL: title`.
    """

    suffix = ".labels.txt"

    def __init__(self) -> None:
        self._utterances = Utterances()
        self._rows: list[tuple[int, int, str]] = []

    def handle(self, event: Event) -> None:
        """Keep a finished utterance, a match or an alert."""
        if finished := self._utterances.finished(event):
            self._rows.append(_spoken(finished))
        elif isinstance(event, Match):
            self._rows.append((event.start, event.end, f"match {event.phrase}: {event.heard}"))
        elif isinstance(event, Alert):
            self._rows.append((event.at, event.at, f"alert {event.level.value}: {event.title}"))

    def text(self) -> str:
        """Return the rows in order of time."""
        rows = sorted([*self._rows, *map(_spoken, self._utterances.unfinished())])
        return "".join(
            f"{start / SAMPLE_RATE:.3f}\t{end / SAMPLE_RATE:.3f}\t{plain(text)}\n" for start, end, text in rows
        )


def _spoken(hypothesis: Hypothesis) -> tuple[int, int, str]:
    return hypothesis.words[0].start, hypothesis.words[-1].end, hypothesis.text
