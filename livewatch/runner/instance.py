"""Only one livewatch listens at a time: two would warn twice, and hear each other's voice."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs

from livewatch.errors import LivewatchError

_FAR = 1 << 20
"""Byte that is locked on Windows, where a locked byte cannot be read: far behind the number of the process"""


class Instance:
    """As a context: the right to listen. The system takes it back when the process ends, however it ends.

    A lock file that a killed process left behind is thus never in the way. Where no lock file can be made, listening
    goes on without: a warning is worth more than good order.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is the user's folder for what lasts as long as the session."""
        self._folder = folder
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Take the right. Raises `LivewatchError` naming the process that has it."""
        try:
            folder = self._folder or _session_folder()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = folder / "listen.lock"
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError:
            return self
        if not _lock(self._file):
            owner = _number(os.read(self._file, 32))
            self._close()
            raise _busy(owner)
        with contextlib.suppress(OSError):  # a full disk: the lock holds without the number as well
            os.ftruncate(self._file, 0)
            os.write(self._file, str(os.getpid()).encode())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _session_folder() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs says on stderr where it finds none and takes one in /tmp
        return platformdirs.user_runtime_path("livewatch", appauthor=False)


def _lock(file: int) -> bool:
    """Lock the file for this process; False when another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only there

            os.lseek(file, _FAR, os.SEEK_SET)
            try:
                msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _number(data: bytes) -> int | None:
    return int(data) if data.isdigit() else None


def _busy(owner: int | None) -> LivewatchError:
    who = f"process {owner}" if owner else "another process"
    end = f"taskkill /PID {owner}" if sys.platform == "win32" else f"kill {owner}"
    return LivewatchError(
        "already-listening",
        f"livewatch is already listening ({who}).",
        f"Use its window, or end it first: {end}" if owner else "Use its window, or end it first.",
    )
