"""Which recordings a command line means: files, folders and patterns."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewatch.audio.names import quoted
from livewatch.errors import AudioError

_ENDINGS = (
    ".3g2 .3gp .3gpp .aac .ac3 .aif .aifc .aiff .al .alaw .amr .asf .au .avi .awb .caf .flac .g722 .gsm .m4a .m4b .m4v "
    ".mka .mkv .mov .mp2 .mp3 .mp4 .mpga .oga .ogg .opus .pcma .pcmu .rf64 .sln .sln16 .snd .spx .ul .ulaw .voc .w64 "
    ".wav .wave .webm .wma .wv"
)

SUFFIXES = frozenset(_ENDINGS.split())
"""What counts as a recording when a folder is searched, in lower case. A file given by name may end as it likes."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the paths of a command line lead to."""

    recordings: tuple[Path, ...]
    """In the order given, those of a folder sorted, each file once"""
    errors: tuple[AudioError, ...]
    """One for each path that leads to nothing; the others still run"""


def find_recordings(paths: Sequence[str]) -> Found:
    """Expand files, folders (searched to the bottom) and patterns such as `calls/*.wav`.

    Windows shells hand patterns on as they are; one counts only where no file has that very name. Files are not looked
    into here, and those given by name may end as they like.
    """
    recordings: dict[Path, Path] = {}
    errors: list[AudioError] = []
    for path in paths:
        try:
            for found in _expand(path, errors):
                recordings.setdefault(Path(os.path.abspath(found)), found)  # noqa: PTH100 - resolve() follows links
        except AudioError as error:
            errors.append(error)
    return Found(tuple(recordings.values()), tuple(errors))


def _expand(given: str, errors: list[AudioError]) -> Iterator[Path]:
    if os.path.lexists(given):
        names = [given]
    else:
        # Like a shell's: without a match the pattern is a name that does not exist.
        names = _glob(given)
        if not names:
            raise _missing(given)
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from _search(path, errors)
        else:
            yield path


def _glob(pattern: str) -> list[str]:
    if not glob.has_magic(pattern) or "\0" in pattern:
        return []
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns


def _search(folder: Path, errors: list[AudioError]) -> Iterator[Path]:
    """All recordings below `folder`. Hidden files are left out, and links that lead out of it."""
    root = folder.resolve()
    count = len(errors)

    def unreadable(error: OSError) -> None:
        name = quoted(os.fsdecode(error.filename))
        errors.append(AudioError("unreadable", f"The folder {name} cannot be read: {error.strerror}."))

    found = []
    for at, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(at, name)
            if not name.startswith(".") and path.suffix.lower() in SUFFIXES and path.resolve().is_relative_to(root):
                found.append(path)
    if not found and len(errors) == count:
        raise AudioError(
            "no_recordings",
            f"The folder {quoted(folder)} holds no recordings.",
            "Looked for files that end in .wav, .mp3, .m4a, .ogg, .amr and the like; give others by name.",
        )
    yield from sorted(found)


def _missing(given: str) -> AudioError:
    """Look beside the path that does not exist for one that is spelt nearly so."""
    if glob.has_magic(given):
        return AudioError("missing", f"Nothing fits {quoted(given)}.", "Check the spelling and the folder.")
    path = Path(given)
    hint = "Check the spelling and the folder."
    try:
        beside = difflib.get_close_matches(path.name, os.listdir(path.parent), n=1)  # noqa: PTH208 - names, not paths
    except (OSError, ValueError):
        beside = []
        if not path.parent.exists():
            hint = f"There is no folder {quoted(path.parent)} either."
    if beside:
        hint = f"Did you mean {quoted(path.parent / beside[0])}?"
    return AudioError("missing", f"There is no file or folder {quoted(given)}.", hint)
