"""What the file formats share: the finished words of a call, as they come."""

from __future__ import annotations

from typing import Protocol

from livewatch.events import Event, Hypothesis


class Format(Protocol):
    """One call being collected for one file. A fresh one for every call."""

    suffix: str
    """Of the file's name, with the dot"""

    def handle(self, event: Event) -> None:
        """Keep what belongs into the file."""
        ...

    def text(self) -> str:
        """Return the whole file, from what has been heard so far."""
        ...


class Utterances:
    """Tells finished utterances from those still open; only the open ones are kept."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], Hypothesis] = {}

    def finished(self, event: Event) -> Hypothesis | None:
        """Return `event` if it is the last word on its utterance and has words, else None."""
        if not isinstance(event, Hypothesis):
            return None
        key = (event.side, event.utterance)
        if not event.final:
            self._open[key] = event
            return None
        self._open.pop(key, None)
        return event if event.words else None

    def unfinished(self) -> list[Hypothesis]:
        """Return what was heard of utterances that a failure cut off."""
        return [hypothesis for hypothesis in self._open.values() if hypothesis.words]
