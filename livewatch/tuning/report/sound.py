"""The recordings of a report: named by their place beside it, or carried inside it."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

import soundfile

from livewatch.audio.file import open_recording
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE

TYPES = {"WAV": "audio/wav", "WAVEX": "audio/wav", "OGG": "audio/ogg", "FLAC": "audio/flac", "MP3": "audio/mpeg"}
"""Media types of what libsndfile names so"""

PLAYED = {"PCM_16", "PCM_24", "PCM_U8", "FLOAT", "ULAW", "ALAW", "VORBIS", "OPUS", "MPEG_LAYER_III", "PCM_S8"}
"""What browsers play, as libsndfile names it (Chromium 156: GSM 6.10 is not among it)"""


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
        found = _for_browsers(path, left)
        if found is None:
            left_out += 1
            continue
        kind, sound = found
        inside[call] = f"data:{kind};base64,{base64.b64encode(sound).decode()}"
        left -= len(sound)
    return Sounds(links, inside, left_out)


def link(path: Path, folder: Path) -> str:
    """Return a URL of `path` for a page in `folder`: relative, so that both can be moved together."""
    path = path.resolve()
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return path.as_uri()
    return quote(os.fsencode(PurePath(relative).as_posix()))  # also ':', so that no name reads as a scheme


def _for_browsers(path: Path, most: int) -> tuple[str, bytes] | None:
    """Return type and bytes of a recording that a browser plays; None if they are more than `most`, or unreadable.

    Forms of telephony that browsers do not play (GSM, AMR, ADPCM) are heard as livewatch hears them: 16 kHz, one track.
    """
    try:
        kind = _type(path)
        if kind is None:
            file = io.BytesIO()
            with soundfile.SoundFile(file, "w", SAMPLE_RATE, 1, "PCM_16", format="FLAC") as flac:
                for chunk in open_recording(path):
                    flac.write(chunk.samples)
                    if file.tell() > most:
                        return None
            return "audio/flac", file.getvalue()
        return (kind, path.read_bytes()) if path.stat().st_size <= most else None
    except (OSError, LivewatchError):
        return None


def _type(path: Path) -> str | None:
    """Return the media type of a recording that browsers play as it is, else None."""
    try:
        found = soundfile.info(path)
    except soundfile.LibsndfileError:
        return None
    return TYPES.get(found.format) if found.subtype in PLAYED else None
