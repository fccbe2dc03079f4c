"""A manifest as a file that is changed: every row that is not changed stays byte for byte as it is, in its place."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from livewatch.errors import CorpusError
from livewatch.sinks.files import write_whole
from livewatch.tuning.corpus.manifest import MANIFEST

_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Row:
    """One line of a manifest."""

    raw: bytes
    """As it stands in the file, without its line end; empty for a new row"""
    values: dict[str, Any] | None
    """What it says; None for an empty line and for what is not a JSON object"""
    end: bytes = b"\n"
    """Its line end"""

    @property
    def id(self) -> str:
        """The row's name; empty where it has none."""
        given = (self.values or {}).get("id")
        return str(given).strip() if isinstance(given, str | int) else ""

    @property
    def label(self) -> str | None:
        """As written, known or not."""
        given = (self.values or {}).get("label")
        return given if isinstance(given, str) else None

    def change(self, **values: object) -> None:
        """Set fields; those that are there keep their place, all others stay. Nothing happens when nothing changes.

        A new label goes behind the id, where people look for it.
        """
        before = self.values or {}
        if all(key in before and before[key] == value for key, value in values.items()):
            return
        if "label" in values and "label" not in before:
            before = {"id": before.get("id"), "label": values["label"]} | before
        self.values = before | values
        compact = self.raw.startswith(b"{") and b'": ' not in self.raw and b'":' in self.raw
        text = json.dumps(self.values, ensure_ascii=False, separators=(",", ":") if compact else None)
        self.raw = text.encode("utf-8", "surrogatepass")


class Manifest:
    """The rows of a manifest, in their order."""

    def __init__(self, path: Path) -> None:
        """Read `path`; one that is not there is empty. Raises `CorpusError`."""
        self.path = path
        self.rows: list[Row] = []
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise CorpusError(
                "manifest-unreadable", f"The manifest {path} cannot be read: {error.strerror}.", "Check the path."
            ) from error
        if b"\0" in data:
            raise CorpusError("not-a-manifest", f"{path} is not a text file, so it is not a manifest.")
        self._start = _BOM if data.startswith(_BOM) else b""
        self._data = data
        for line in data.removeprefix(_BOM).splitlines(keepends=True):
            text = line.rstrip(b"\r\n")
            self.rows.append(Row(text, _decode(text), line[len(text) :]))

    def place(self, row: Row) -> str:
        """Return `manifest:line`."""
        return f"{self.path}:{next(line for line, one in enumerate(self.rows, 1) if one is row)}"

    def find(self, name: str) -> Row | None:
        """Return the first row with the id `name`."""
        return next((row for row in self.rows if row.id == name), None)

    def append(self, values: Mapping[str, Any], first: Iterable[str] = ()) -> Row:
        """Add a row at the end, with the fields `first` before the others."""
        if self.rows and self.rows[-1].end == b"":
            self.rows[-1].end = b"\n"
        row = Row(b"", None, self.rows[-1].end if self.rows else b"\n")
        row.change(**{key: values[key] for key in first} | {**values})
        self.rows.append(row)
        return row

    def save(self) -> None:
        """Write what has changed: the file is the old one or the whole new one. Raises `CorpusError`."""
        data = self._start + b"".join(row.raw + row.end for row in self.rows)
        if data == self._data:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.path.resolve(), data)  # behind a link: the link stays
        except OSError as error:
            raise CorpusError(
                "manifest-unwritable",
                f"The manifest {self.path} cannot be written: {error.strerror}.",
                "It is as it was before. Make room, or check its permissions.",
            ) from error
        self._data = data


@contextmanager
def changing(path: Path) -> Iterator[Manifest]:
    """Read a manifest, let it be changed, write it: no other livewatch does so meanwhile. Raises `CorpusError`.

    Should take milliseconds; read again every time, so that what an editor wrote in between is not lost.
    """
    with _alone(path):
        manifest = Manifest(path)
        yield manifest
        manifest.save()


def manifest_path(corpus: Path) -> Path:
    """Return the manifest to write for `corpus`: a folder has one, which may not be there yet."""
    return corpus / MANIFEST if corpus.is_dir() else corpus


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes out by a lock on the folder, which leaves no file behind; the system frees it at our end."""
    if sys.platform == "win32":  # folders cannot be locked there, and a file that is replaced must not be open
        yield
        return
    import fcntl  # noqa: PLC0415 - not on Windows

    try:
        folder = os.open(path.resolve().parent, os.O_RDONLY)
    except OSError:  # it is not there yet, so nobody else writes in it
        yield
        return
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _decode(line: bytes) -> dict[str, Any] | None:
    try:
        values = msgspec.json.decode(line) if line.strip() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return cast("dict[str, Any]", values) if isinstance(values, dict) else None
