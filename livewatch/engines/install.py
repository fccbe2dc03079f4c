"""Put a finished model folder in its place in one step, or leave everything as it was."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec

from livewatch.engines.unpack import MANIFEST, FileRecord
from livewatch.errors import ModelError

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was installed; kept as `livewatch-model.json` inside the model's folder."""

    name: str
    """Also the folder's name"""
    engine: str
    """vosk"""
    language: str
    """Language tag in lower case, or empty"""
    pinned: bool
    """Whether it came out of the pinned file"""
    files: tuple[FileRecord, ...]
    """Every file but the manifest"""


class Staging:
    """A folder beside the installed models in which one is made ready. Only one process at a time can have it.

    A context manager: entering makes `folder` (empty), leaving deletes it and whatever a killed process left behind.
    `OSError` inside becomes `ModelError`.
    """

    def __init__(self, root: Path) -> None:
        """`root` is the models folder; it is made when missing."""
        self._root = root
        self._guard: IO[bytes] | None = None
        self.folder = root

    def __enter__(self) -> Self:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            guard = (self._root / ".lock").open("ab")
        except OSError as error:
            raise _disk(self._root, error) from error
        try:
            _lock(guard)
        except OSError as error:
            guard.close()
            raise ModelError(
                "model-busy",
                "Another livewatch is installing a model right now.",
                "Wait for it, then type the same again.",
            ) from error
        self._guard = guard
        self._sweep()
        try:
            self.folder = Path(tempfile.mkdtemp(prefix=".new-", dir=self._root))
        except OSError as error:
            guard.close()
            raise _disk(self._root, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sweep()
        if self._guard is not None:
            self._guard.close()
        if isinstance(error, OSError):
            raise _disk(self._root, error) from error

    def part(self, name: str) -> Path:
        """Where an unfinished download of that name is kept from one run to the next."""
        return self._root / f".{name}.part"

    def install(self, folder: Path, manifest: Manifest) -> None:
        """Make `folder` (`self.folder` or one in it) the installed model `manifest.name`, replacing an older one."""
        name = manifest.name
        if not name or name.startswith(".") or not name.isprintable() or any(sign in name for sign in '/\\:*?"<>|'):
            raise ModelError(
                "model-name", f"{name!r} cannot be the name of a model.", "Rename it: letters, digits, - and ."
            )
        (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        target = self._root / name
        if target.exists() or target.is_symlink():
            # two renames: a process killed just between them leaves the old one under .old-, which the next run sweeps
            target.rename(Path(tempfile.mkdtemp(prefix=".old-", dir=self._root)) / name)
        folder.chmod(0o755)  # mkdtemp makes it 0700
        folder.rename(target)

    def _sweep(self) -> None:
        for pattern in (".new-*", ".old-*"):
            for leftover in self._root.glob(pattern):
                with contextlib.suppress(OSError):
                    shutil.rmtree(leftover)


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of an installed model; None when it has none. Raises `ModelError` when it is damaged."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ModelError("model-damaged", f"{folder / MANIFEST} is damaged: {error}.") from error


def _disk(root: Path, error: OSError) -> ModelError:
    place = error.filename or root
    return ModelError(
        "disk",
        f"{place} cannot be used: {error.strerror or error}.",
        "Make room there, or set LIVEWATCH_MODELS to another folder.",
    )
