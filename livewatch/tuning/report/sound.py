"""The recordings of a report: named by their place beside it, or carried inside it."""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

TYPES = {".opus": "audio/ogg", ".oga": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac", ".m4a": "audio/mp4"}
"""Where `mimetypes` knows nothing, or something browsers do not"""


@dataclass(frozen=True, slots=True)
class Sounds:
    """What the page gets about the recordings."""

    links: dict[str, str]
    """By call: a URL relative to the report"""
    inside: dict[str, str]
    """By call: a data URL; such a call has a link as well"""
    left_out: int
    """Recordings that were to be inside and did not fit"""


def sounds(recordings: Iterable[tuple[str, Path]], report: Path, *, inside_bytes: int = 0) -> Sounds:
    """Link the `recordings` (call, path), and put them into the page in their order while they fit.

    Together they take at most `inside_bytes`; one that is too large is left out and smaller ones may follow. What
    cannot be read is linked all the same: the page says so when somebody wants to hear it.
    """
    links: dict[str, str] = {}
    inside: dict[str, str] = {}
    left, left_out = inside_bytes, 0
    for call, path in recordings:
        links[call] = link(path, report.resolve().parent)
        if not inside_bytes:
            continue
        try:
            size = path.stat().st_size
            if size > left:
                left_out += 1
                continue
            inside[call] = f"data:{_type(path)};base64,{base64.b64encode(path.read_bytes()).decode()}"
        except OSError:
            left_out += 1
            continue
        left -= size
    return Sounds(links, inside, left_out)


def link(path: Path, folder: Path) -> str:
    """Return a URL of `path` for a page in `folder`: relative, so that both can be moved together."""
    path = path.resolve()
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path.as_uri()
    return quote(os.fsencode(PurePath(relative).as_posix()))  # also ':', so that no name reads as a scheme


def _type(path: Path) -> str:
    return TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
