"""Reading a list file: TOML, block by block, so that one bad line costs one phrase and every problem has its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 16_000_000
"""A list of 100,000 lines has about 6 MB"""

_HEADER = re.compile(r"\s*\[\[?[\w.\"'\s-]+\]\]?\s*(?:#.*)?")
_PHRASE_HEADER = re.compile(r"\s*\[\[\s*phrase\s*\]\]\s*(?:#.*)?")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)")
_AT_END = re.compile(r"\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a list that cannot be used. What is around it still works."""

    file: str
    """Path as given, or the name of the shipped list"""
    line: int
    """1-based"""
    message: str
    """One sentence: the thing and the cause"""
    suggestion: str = ""
    """What to write instead; may be empty"""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" + (f" ({self.suggestion})" if self.suggestion else "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One `[[phrase]]` as written, or the keys before the first one."""

    file: str
    line: int
    """1-based line of the header"""
    values: dict[str, Any]
    text: tuple[str, ...] = field(repr=False, default=())
    """Its lines, to find the place of a value"""

    def line_of(self, key: str, value: str = "") -> int:
        """Find the line of `key`, or of the text `value` given for it; the header's line when neither is found."""
        named = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        start = next((index for index, line in enumerate(self.text) if named.match(line)), None)
        if start is None:
            return self.line
        found = (index for index, line in enumerate(self.text[start:], start) if value and value in line)
        return self.line + next(found, start)


@dataclass(frozen=True, slots=True)
class ListFile:
    """What one file holds."""

    defaults: Entry
    phrases: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def read_list(file: str, raw: bytes) -> ListFile:
    """Read the bytes of a list. Never raises: what cannot be read is a `Problem`."""
    nothing = Entry(file, 1, {})
    if len(raw) > MAX_BYTES:
        return ListFile(nothing, (), (Problem(file, 1, f"The file is larger than {MAX_BYTES // 1_000_000} MB."),))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        return ListFile(nothing, (), (Problem(file, 1, "The file is not UTF-8 text.", "save it as UTF-8"),))
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    defaults, phrases, problems = nothing, [], []
    for line, block in _blocks(text.split("\n")):
        try:
            table = _parse(block, line)
        except _BlockError as error:
            problems.append(Problem(file, error.line, error.message, error.suggestion))
            continue
        if _PHRASE_HEADER.fullmatch(block[0]):
            phrases.append(Entry(file, line, table["phrase"][0], tuple(block)))
        elif line == 1 and not _HEADER.fullmatch(block[0]):
            defaults = Entry(file, 1, table, tuple(block))
        else:
            problems.append(Problem(file, line, f"{block[0].strip()} is not known.", "phrases begin with [[phrase]]"))
    if not phrases and not problems:
        problems.append(Problem(file, 1, "The file holds no phrases.", "a phrase begins with the line [[phrase]]"))
    return ListFile(defaults, tuple(phrases), tuple(problems))


class _BlockError(ValueError):
    def __init__(self, line: int, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.suggestion = suggestion


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the part before the first header, if there is any, then every header with its lines. Lines are 1-based."""
    start = 0
    for index, line in enumerate([*lines, "[[end]]"]):
        if _HEADER.fullmatch(line):
            if index > start:
                yield start + 1, lines[start:index]
            start = index


def _parse(block: list[str], line: int) -> dict[str, Any]:
    for offset, text in enumerate(block):
        if any("\udc80" <= sign <= "\udcff" for sign in text):
            raise _BlockError(line + offset, "The line is not UTF-8 text.", "save the file as UTF-8")
    try:
        return tomllib.loads("\n".join(block))
    except ValueError as error:  # mostly TOMLDecodeError; int() has a limit of its own, 4,300 digits
        message = str(error).partition(";")[0]
    except RecursionError:
        raise _BlockError(line, "The lists are nested too deeply.") from None
    at = _AT_LINE.search(message)
    offset = int(at[1]) - 1 if at else _last_written(block)
    reason = _AT_END.sub("", _AT_LINE.sub("", message)).rstrip(".")
    raise _BlockError(
        line + offset, f"This is not TOML: {reason}.", "check the quotes, commas and brackets of this phrase"
    )


def _last_written(block: list[str]) -> int:
    return max((index for index, text in enumerate(block) if text.strip()), default=0)
