"""Words with times out of a text: labels, or plain text spoken at a steady pace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, Side, Word, seconds

WORDS_PER_SECOND = 2.7
"""How fast plain text is spoken: the pace of ordinary telephone talk, and part of the manifest contract"""
LONGEST = 30
"""Words in one utterance of plain text"""
MAX_BYTES = 16 * 1024**2
"""Of a text file; 16 MB are 300 hours of talk"""
MAX_SECONDS = 7 * 24 * 3600
"""Latest time in a label file: a week"""

SIDES: dict[str, Side] = {"caller": "caller", "me": "me", "callee": "me", "user": "me", "receiver": "me"}
_PREFIX = re.compile(r"(caller|me)\s*:\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(\.\d+)?|\.\d+")
_HINT = "A line is text, or start<TAB>end<TAB>text with seconds; see docs/recordings.md."


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is said without a break by one side."""

    words: tuple[Word, ...]
    """In order of time, at least one"""
    side: Side
    """Who says it"""

    @property
    def end(self) -> int:
        """Sample index just past the last word."""
        return self.words[-1].end


def read_script(path: Path) -> list[Utterance]:
    """Read a UTF-8 text file; `#` begins a comment line.

    Every other line is one of
    - `start<TAB>end<TAB>text`, seconds (Audacity labels): the words are spread evenly over the span;
    - plain text: spoken at 2.7 words a second, one line after the other.

    The first line decides which; `caller:` or `me:` before the text says who speaks. Raises `EngineError` naming the
    file, the line and what to mend.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EngineError("script-too-large", f"{path} is larger than {MAX_BYTES // 1024**2} MB.", "Split it.")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise EngineError("script-missing", f"{path} cannot be read: {error.strerror}.", _HINT) from error
    except UnicodeDecodeError as error:
        raise EngineError("script-not-text", f"{path} is not a UTF-8 text file.", _HINT) from error
    lines = [(n, line.strip("\r\n ")) for n, line in enumerate(text.split("\n"), 1)]
    lines = [(n, line) for n, line in lines if line.strip() and not line.startswith(("#", "\\"))]  # \ : frequencies
    if not lines:
        raise EngineError("script-empty", f"{path} holds no words.", _HINT)
    script = _Labels(path) if "\t" in lines[0][1] else _Plain(path)
    for number, line in lines:
        script.read(number, line)
    return script.utterances


class Pace:
    """Plain text put on the time line at 2.7 words a second."""

    def __init__(self) -> None:
        self.utterances: list[Utterance] = []
        self._said = 0

    def say(self, text: str, side: Side) -> None:
        """Say `text` right after what was said before, in utterances of at most `LONGEST` words."""
        for piece in _pieces(text):
            starts = [round((self._said + i) * SAMPLE_RATE / WORDS_PER_SECOND) for i in range(len(piece) + 1)]
            words = tuple(Word(word, a, b, 1.0) for word, (a, b) in zip(piece, pairwise(starts), strict=True))
            self.utterances.append(Utterance(words, side))
            self._said += len(piece)


class _Plain:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._pace = Pace()
        self.utterances = self._pace.utterances

    def read(self, number: int, line: str) -> None:
        if "\t" in line:
            raise _bad(
                self._path, number, "has a tab, but the file begins with plain text", "Use one kind of line throughout."
            )
        side, text = _who(self._path, number, line)
        self._pace.say(text, side)


class _Labels:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.utterances: list[Utterance] = []

    def read(self, number: int, line: str) -> None:
        fields = line.split("\t", 2)
        if len(fields) < 3:
            raise _bad(self._path, number, "is not start<TAB>end<TAB>text", "Use tabs between the three.")
        start, end = (self._time(number, field.strip()) for field in fields[:2])
        if end <= start:
            raise _bad(self._path, number, f"ends at {fields[1]} s, not after its start", "Give it a span.")
        if self.utterances and start < (before := self.utterances[-1].end):
            raise _bad(
                self._path,
                number,
                f"starts at {fields[0]} s, before the line above ends ({seconds(before):g} s)",
                "Put the lines in order, without overlap.",
            )
        side, text = _who(self._path, number, fields[2])
        texts = text.split()
        if end - start < len(texts):
            raise _bad(self._path, number, "has more words than fit into its span", "Check its times.")
        edges = [start + (end - start) * i // len(texts) for i in range(len(texts) + 1)]
        words = tuple(Word(word, a, b, 1.0) for word, (a, b) in zip(texts, pairwise(edges), strict=True))
        self.utterances.append(Utterance(words, side))

    def _time(self, number: int, field: str) -> int:
        if not _NUMBER.fullmatch(field):
            hint = "Write seconds with a point: 12.5" if "," in field else "Write seconds: 12.5"
            raise _bad(self._path, number, f"has {field!r} where a time is needed", hint)
        value = float(field)
        if value > MAX_SECONDS:
            raise _bad(self._path, number, f"has a time of {field} s, more than a week", "Times are in seconds.")
        return round(value * SAMPLE_RATE)


def _who(path: Path, number: int, line: str) -> tuple[Side, str]:
    line = line.strip()
    prefix = _PREFIX.match(line)
    side: Side = SIDES[prefix[1].lower()] if prefix else "any"
    text = line[prefix.end() :] if prefix else line
    if not text:
        raise _bad(path, number, "has no words", "Write what is said, or take the line out.")
    if not text.replace("\t", " ").isprintable():
        raise _bad(path, number, "has control characters", "Save it as plain text.")
    return side, text


def _pieces(text: str) -> Iterator[list[str]]:
    """Words of at most `LONGEST` words each, cut after sentences where possible."""
    piece: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        words = sentence.split()
        if len(piece) + len(words) > LONGEST and piece:
            yield piece
            piece = []
        piece += words
        while len(piece) > LONGEST:
            yield piece[:LONGEST]
            piece = piece[LONGEST:]
    if piece:
        yield piece


def _bad(path: Path, line: int, what: str, hint: str) -> EngineError:
    return EngineError("script-line", f"{path}, line {line} {what}.", hint)
