"""The comments of a list that another list takes the place of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from livewatch.phrases.reading import ListFile, read_list

_HEADER = re.compile(r"[ \t]*\[\[[ \t]*phrase[ \t]*\]\]")
_ID = re.compile(r"[ \t]*[\"']?id[\"']?[ \t]*=")


@dataclass(slots=True)
class _Block:
    """What stands before the first phrase, or one phrase: its lines from the comments above it on."""

    name: str | None = None
    """Id of the phrase; None for the head, and where it cannot be read"""
    lines: list[str] = field(default_factory=list)


def with_comments(new: str, former: str) -> str:
    """Return the list `new` with the comments of `former`, unless it has comments of `former` itself.

    A list that was made from a copy of the former one says with its comments what it means to keep. One that a program
    wrote has none of them, and gets those of the head and of every phrase that is in both: whole lines above the
    phrase, the rest where it stood. What it means stays the same; where
    that cannot be done, `new` is returned as it is.
    """
    comments = {line.strip() for line in former.splitlines() if line.lstrip().startswith("#")}
    inline = _inline(former)
    kept = any(line.strip() in comments for line in new.splitlines()) or {*inline.values()} & {*_inline(new).values()}
    if kept or not (comments or inline):
        return new
    newline = "\r\n" if "\r\n" in new else "\n"
    former_blocks = {block.name: block for block in _blocks(former)}
    text = ""
    for block in _blocks(new):
        source = former_blocks.get(block.name)
        own = [] if source is None else [line for line in source.lines if line.lstrip().startswith("#")]
        text += "".join(line.rstrip("\r\n") + newline for line in own) + "".join(block.lines)
    try:
        text = _with_inline(text, inline)
    except TOMLKitError:
        return new
    return text if _same(text, new) else new


def _blocks(text: str) -> Iterator[_Block]:
    """Split at phrases; comments directly above a phrase are its own."""
    block = _Block()
    for line in text.splitlines(keepends=True):
        if _HEADER.match(line):
            above = len(block.lines)
            while above and block.lines[above - 1].lstrip().startswith("#"):
                above -= 1
            moved = block.lines[above:]
            del block.lines[above:]
            yield block
            block = _Block("", moved)
        elif block.name == "" and _ID.match(line):
            block.name = _value(line)
        block.lines.append(line)
    yield block


def _value(line: str) -> str:
    try:
        return str(next(iter(tomlkit.parse(line).unwrap().values()), ""))
    except TOMLKitError:
        return ""


def _inline(text: str) -> dict[tuple[str, str], str]:
    """Return the comments behind values, by phrase and key."""
    try:
        entries = tomlkit.parse(text).get("phrase")
    except TOMLKitError:
        return {}
    return {
        (str(entry.get("id")), key): comment
        for entry in (entries if isinstance(entries, AoT) else ())
        for key in entry
        if (comment := getattr(getattr(entry[key], "trivia", None), "comment", ""))
    }


def _with_inline(text: str, comments: dict[tuple[str, str], str]) -> str:
    if not comments:
        return text
    document = tomlkit.parse(text)
    for entry in document.get("phrase", []):
        for key in entry:
            comment = comments.get((str(entry.get("id")), key))
            if comment and not entry[key].trivia.comment:
                entry[key].comment(comment)
    return tomlkit.dumps(document)


def _same(one: str, other: str) -> bool:
    def values(text: str) -> tuple[object, ...]:
        read: ListFile = read_list("", text.encode())
        return (read.defaults.values, [entry.values for entry in read.phrases], len(read.problems))

    return values(one) == values(other)
