"""Speaks a phrase in many voices over a telephone line and notes what the recogniser makes of it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from livewatch.assembly import Kit
from livewatch.errors import LivewatchError
from livewatch.events import Hypothesis, Match
from livewatch.phrases.book import Book, Phrase
from livewatch.phrases.check import ways
from livewatch.phrases.language import parse
from livewatch.tuning.rehearse.heard import before, words_of
from livewatch.tuning.rehearse.line import Line
from livewatch.tuning.rehearse.voices import Voice, speak

PACES = (1.0, 1.25, 0.85)
"""Times the voice's own speed"""
TAILS = ("", "because we have to finish this today")
"""Words after the phrase: it stands alone, or speech goes on after it without a pause"""
MOST_FORMS = 3
"""Ways of saying one wording that are spoken, spread over all there are"""

Matched = Literal["exact", "sound", "not"]
"""How the phrase was matched"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way in which the phrase is said."""

    words: str
    """The phrase as spoken"""
    voice: Voice
    pace: float
    """Times the voice's own speed"""
    tail: str
    """What is said right after it; may be empty"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a trial."""

    trial: Trial
    text: str
    """What came back where the phrase was said; empty when nothing did"""
    how: Matched


def forms(wording: str) -> list[str]:
    """Return up to `MOST_FORMS` ways of saying a wording of the phrase language. Raises `WordingError`."""
    said = [" ".join(words) for words in ways.spelt(parse(wording), 2_000) if words and ways.ANY_WORD not in words]
    step = max(1, (len(said) - 1) // (MOST_FORMS - 1))
    return [*dict.fromkeys(said[::step])][:MOST_FORMS]


def plan(said: Sequence[str], voices: Sequence[Voice]) -> list[Trial]:
    """Return every way to say `said`, in an order in which the first few are of all kinds."""
    return [
        Trial(words, voice, PACES[(turn + number) % len(PACES)], TAILS[(turn // len(PACES) + number) % len(TAILS)])
        for turn in range(len(PACES) * len(TAILS))
        for words in said
        for number, voice in enumerate(voices)
    ]


def rehearse(
    phrase: Phrase,
    planned: Sequence[Trial],
    kit: Kit,
    *,
    most_s: float,
    failed: Callable[[LivewatchError], None],
) -> Iterator[Heard]:
    """Go through `planned` trials until `most_s` seconds are over; a voice that fails is told once and left out."""
    book = Book([phrase], kit.book.normaliser, kit.book.context)
    silent: set[Voice] = set()
    due = time.monotonic() + most_s
    for trial in planned:
        if time.monotonic() > due:
            return
        if trial.voice in silent:
            continue
        sentence = f"{trial.words} {trial.tail}".strip()
        try:
            spoken = speak(trial.voice, f"{sentence}.", trial.pace)
        except LivewatchError as error:
            silent.add(trial.voice)
            failed(error)
            continue
        line = Line(sentence, spoken, seed=zlib.crc32(f"{trial.voice.name} {sentence}".encode()))
        yield _listen(trial, line, kit, book)


def _listen(trial: Trial, line: Line, kit: Kit, book: Book) -> Heard:
    texts: list[str] = []
    found: set[str] = set()
    for event in kit.watch(line, book=book):
        if isinstance(event, Hypothesis) and event.final:
            texts.append(event.text)
        elif isinstance(event, Match):
            found.add(event.how)
    heard = before(words_of(trial.words), words_of(trial.tail), words_of(" ".join(texts)))
    how: Matched = "exact" if "exact" in found else "sound" if found else "not"
    return Heard(trial, " ".join(heard), how)
