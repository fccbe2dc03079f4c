"""Subtitles of a call: its words, and the warnings when they were raised. SubRip (.srt) and WebVTT (.vtt)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from livewatch.events import SAMPLE_RATE, Alert, Event, Hypothesis, Level, Word
from livewatch.sinks.plain import plain
from livewatch.sinks.transcript import Utterances

LINE = 42
"""Characters per line, the usual most for subtitles"""
LINES = 2
"""Lines per cue"""
LONGEST = 7 * SAMPLE_RATE
"""Samples a cue of speech may last"""
PAUSE = 3 * SAMPLE_RATE // 2
"""Samples of silence between two words that begin a new cue"""
WARNING = 6 * SAMPLE_RATE
"""Samples a warning stays"""


@dataclass(frozen=True, slots=True, order=True)
class Cue:
    """One subtitle."""

    start: int
    """Sample index"""
    end: int
    """Sample index, > start"""
    text: str
    """One line, plain"""


class Subtitles:
    """Collects the cues; the two formats differ in how they are written."""

    def __init__(self) -> None:
        self._utterances = Utterances()
        self._cues: list[Cue] = []

    def handle(self, event: Event) -> None:
        """Keep a finished utterance or an alert."""
        if finished := self._utterances.finished(event):
            self._cues.extend(_spoken(finished))
        elif isinstance(event, Alert):
            sign = "!!" if event.level is Level.DANGER else "!"
            text = " ".join([f"{sign} {event.level.value.upper()}: {event.title}", *event.advice[:1]])
            self._cues.append(Cue(event.at, event.at + WARNING, plain(text)))

    def cues(self) -> list[Cue]:
        """Return all cues in order of time."""
        return sorted([*self._cues, *(cue for rest in self._utterances.unfinished() for cue in _spoken(rest))])


class SubRip(Subtitles):
    """Numbered cues, comma before the milliseconds."""

    suffix = ".srt"

    def text(self) -> str:
        """Return the whole file."""
        return "".join(
            f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{_wrap(_no_tags(cue.text))}\n\n"
            for number, cue in enumerate(self.cues(), start=1)
        )


class WebVtt(Subtitles):
    """Signature first, decimal point before the milliseconds, `&`, `<` and `>` escaped."""

    suffix = ".vtt"

    def text(self) -> str:
        """Return the whole file."""
        return "WEBVTT\n\n" + "".join(
            f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{_escape(_wrap(cue.text))}\n\n" for cue in self.cues()
        )


def _spoken(hypothesis: Hypothesis) -> Iterator[Cue]:
    """Cut an utterance into cues that can be read: two lines, seven seconds, not across a pause."""
    cue: list[Word] = []
    for word in hypothesis.words:
        if cue and (
            word.end - cue[0].start > LONGEST
            or word.start - cue[-1].end > PAUSE
            or len(_wrap(_cue([*cue, word]).text).split("\n")) > LINES
        ):
            yield _cue(cue)
            cue = []
        cue.append(word)
    if cue:
        yield _cue(cue)


def _cue(words: list[Word]) -> Cue:
    return Cue(words[0].start, words[-1].end, plain(" ".join(word.text for word in words)))


def _time(sample: int, point: str) -> str:
    whole, milliseconds = divmod(round(sample * 1000 / SAMPLE_RATE), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds:03}"


def _wrap(text: str) -> str:
    return "\n".join(textwrap.wrap(text, LINE, break_long_words=False, break_on_hyphens=False))


def _no_tags(text: str) -> str:
    """SubRip has no escapes, and players obey tags in angle and curly brackets: these become look-alikes."""
    return text.translate(str.maketrans("<>{}", "‹›()"))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
