"""Edits of the user's own list: text in, text out. Comments, order and everything else in it stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from livewatch.errors import PhraseError

HEADER: Final = """\
# Phrases of your own, used beside the ones that come with livewatch. How to write them: docs/phrases.md.
# To see what livewatch makes of this file: livewatch phrases check FILE
"""


def with_phrase(text: str, values: Mapping[str, Any]) -> str:
    """Return `text` with a phrase added at its end; `text` need not be without mistakes."""
    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _lines(value) if isinstance(value, list) and len(value) > 1 else value)
    document = tomlkit.document()
    phrases = tomlkit.aot()
    phrases.append(table)
    document["phrase"] = phrases
    block = tomlkit.dumps(document)
    if "\r\n" in text:
        block = block.replace("\n", "\r\n")
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text or HEADER
    if not before.endswith("\n"):
        before += newline
    return before + newline + block


def with_wordings(text: str, name: str, wordings: Sequence[str]) -> str | None:
    """Return `text` with more wordings of the phrase `name`; None where it does not list any of that phrase.

    Raises `PhraseError` when `text` is not TOML.
    """
    document = _parsed(text)
    entries = document.get("phrase")
    for entry in entries if isinstance(entries, AoT) else []:
        said = entry.get("say")
        if entry.get("id") == name and isinstance(said, Array):
            for wording in wordings:
                if wording not in said:
                    said.append(wording)
            return tomlkit.dumps(document)
    return None


def switched(text: str, name: str, *, on: bool, shipped: bool) -> str:
    """Return `text` with the phrase `name` switched on or off.

    `shipped`: the phrase is on where this text says nothing, so switching it on takes out what switched it off. Raises
    `PhraseError` when `text` is not TOML.
    """
    document = _parsed(text)
    entries = document.get("phrase")
    found = [entry for entry in entries if entry.get("id") == name] if isinstance(entries, AoT) else []
    if not found:
        return with_phrase(text, {"id": name, "enabled": on})
    entry: Table = found[0]
    if not on:
        entry["enabled"] = False
    elif {*entry} == {"id", "enabled"} and shipped:
        return _without(text, name)
    elif shipped or "say" in entry:
        entry.pop("enabled", None)
    else:
        entry["enabled"] = True
    return tomlkit.dumps(document)


def _parsed(text: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise PhraseError(
            "phrases.syntax", f"Your list is not TOML: {error}.", "Mend it first: livewatch phrases check FILE"
        ) from error


_BLOCK = re.compile(r"(?m)^[ \t]*\[\[[ \t]*phrase[ \t]*\]\]")


def _without(text: str, name: str) -> str:
    """Take out the whole entry of `name`, but for comments: they may belong to what follows."""
    starts = [place.start() for place in _BLOCK.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        parsed = tomlkit.parse(text[start:end]).unwrap()["phrase"][0]
        if parsed.get("id") == name:
            lines = text[start:end].splitlines(keepends=True)
            kept = [line for line in lines if line.lstrip().startswith("#")]
            return (
                (text[:start].rstrip("\r\n \t") + "\n" if not kept else text[:start])
                + "".join(kept)
                + ("\n" if end < len(text) and not kept else "")
                + text[end:]
            )
    return text


def _lines(values: list[str]) -> Array:
    """One text a line."""
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(multiline=True)
