"""Former lists, kept beside the list they were: one file a step, the newest on top."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from livewatch.errors import PhraseError
from livewatch.sinks.files import write_whole

STEPS: Final = 20
"""So many former lists are kept; the oldest goes first"""

_NAME = re.compile(r"(\d{4,})-([0-9a-f]{12})\.(toml|none)")


@dataclass(frozen=True, slots=True)
class Step:
    """One application of a list."""

    number: int
    """1, 2, 3…"""
    after: str
    """`digest` of what was written then"""
    path: Path
    """The list as it was before; its name ends in `.none` where there was none"""

    @property
    def former(self) -> str | None:
        """Text of the list before; None where there was none. Raises `PhraseError`."""
        return None if self.path.suffix == ".none" else read_text(self.path)


class Shelf:
    """The former lists of one list: a folder beside it, `NAME.undo`."""

    def __init__(self, target: Path) -> None:
        self.folder = target.with_name(target.name + ".undo")

    def steps(self) -> list[Step]:
        """Return what is kept, the oldest first. Other files in the folder are left alone."""
        if not self.folder.is_dir():
            return []
        found = [
            Step(int(match[1]), match[2], path)
            for path in self.folder.iterdir()
            if (match := _NAME.fullmatch(path.name))
        ]
        return sorted(found, key=lambda step: step.number)

    def put(self, former: str | None, after: str) -> Step:
        """Keep `former` before `after` takes its place. Raises `OSError`; then nothing has changed."""
        steps = self.steps()
        number = steps[-1].number + 1 if steps else 1
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{number:04}-{digest(after)}.{'none' if former is None else 'toml'}"
        write_whole(path, former or "")
        for old in steps[: max(0, len(steps) + 1 - STEPS)]:
            old.path.unlink(missing_ok=True)
        return Step(number, digest(after), path)

    def keep_undone(self, step: Step, text: str) -> Path:
        """Keep what is being undone, so that undoing loses nothing either. Raises `OSError`."""
        path = self.folder / f"undone-{step.number:04}-{digest(text)}.toml"
        write_whole(path, text)
        return path


def digest(text: str) -> str:
    """Identify a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_text(path: Path) -> str:
    """Read a list as it is, byte order mark and line ends too. Raises `PhraseError`."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise PhraseError("phrases.missing", f"There is no phrase list {path}.", "Check the path.") from None
    except (OSError, UnicodeDecodeError) as error:
        cause = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8 text"
        hint = f"To see where: livewatch phrases check {path}"
        raise PhraseError("phrases.unreadable", f"The phrase list {path} cannot be read: {cause}.", hint) from None
