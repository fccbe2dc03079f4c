"""The history: one file per call, only ever appended to, for whoever asks livewatch to keep what it warned of."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from livewatch.errors import LivewatchError
from livewatch.events import Alert, CallEnded, CallStarted, Event, Match
from livewatch.sinks.jsonl import fields, quote
from livewatch.sinks.mask import masked
from livewatch.sinks.readback import read_records
from livewatch.sinks.record import CallRecord, local_now
from livewatch.sinks.sink import Stamp

_NAME = re.compile(r"call-(\d{8}T\d{6})Z-[0-9a-f]{8}\.jsonl")
"""Only files of this form are read, counted or removed, whatever else lies in the folder"""
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Kept:
    """One call of the history."""

    path: Path
    began: datetime
    """UTC, by the name of its file"""
    record: CallRecord
    """As far as it could be read"""
    damaged: int
    """Lines that could not be read"""


class History:
    """Appends a line for the start of a call, for each alert and for the end, with digits masked; nothing else is kept.

    Belongs before every sink that shows alerts: a line is on the disk (written and fsynced) when `handle` returns, so
    that no alert was shown that the history does not have, however the process ends. One file per call: nothing is ever
    rewritten, two processes do not disturb each other, and an old call is removed by removing its file.
    A disk that cannot be written to is reported once; the warnings go on, and later lines are tried again.
    """

    def __init__(
        self,
        folder: Path,
        report: Callable[[str, LivewatchError], None],
        now: Callable[[], datetime] = local_now,
        keep_days: int | None = None,
    ) -> None:
        """`folder` is made when it is first needed. `report` is told of the first line that cannot be written.

        Calls older than `keep_days` are removed before each call: a run may last for weeks.
        """
        self._keep_days = keep_days
        self._folder = folder
        self._report = report
        self._now = now
        self._told = False
        self._call: str | None = None
        self._file: int | None = None
        self._torn = False
        self._waiting: list[bytes] = []
        """Lines of this call that are not in the file yet: few, since only alerts have one"""
        self._matches: list[Match] = []
        """All of this call: the line of its end has those that came after the last alert as well"""

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Write the event's line, if it is one that is kept; it is on the disk when this returns."""
        if isinstance(event, Match):
            self._matches.append(event)
        if not isinstance(event, CallStarted | Alert | CallEnded):
            return
        if isinstance(event, CallStarted):
            self.close()
            self._call = event.call
            if self._keep_days is not None:
                expire(self._folder, self._keep_days, self._now())
        if self._call is None:
            return
        heard = self._matches if isinstance(event, CallEnded) else []
        self._waiting.append(_line(event, stamp, self._now(), heard))
        try:
            self._write()
        except OSError as error:
            self._tell(self._call, error)
        if isinstance(event, CallEnded):
            self.close()

    def close(self) -> None:
        """Leave the call's file; all of it is on the disk already."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
        self._call, self._file, self._torn, self._waiting, self._matches = None, None, False, [], []

    def _write(self) -> None:
        if self._file is None:
            self._file = _create(self._folder, self._now())
        while self._waiting:
            line = self._waiting[0]
            if self._torn:  # a full disk may have cut the last line short: end it, so that only it is lost
                line = b"\n" + line
            self._torn = True
            while line:
                line = line[os.write(self._file, line) :]
            self._torn = False
            self._waiting.pop(0)
        os.fsync(self._file)

    def _tell(self, call: str, error: OSError) -> None:
        if self._told:
            return
        self._told = True
        cause = error.strerror or str(error)
        self._report(
            call,
            LivewatchError(
                "history",
                f"The history in {self._folder} cannot be written: {cause}. Warnings are shown all the same.",
                "Make room there, choose another folder (livewatch config set history.folder DIR), or switch it off: "
                "livewatch config set history.enabled false",
            ),
        )


def kept_calls(folder: Path) -> list[Kept]:
    """Read all calls, the newest first. A damaged line, or a file that cannot be read, costs only itself."""
    found: list[Kept] = []
    for path, began in _files(folder):
        try:
            with path.open("rb") as file:
                records, damaged = read_records(file)
        except OSError:
            records, damaged = [], 1
        record = records[0] if records else CallRecord("(damaged)", began.astimezone())
        found.append(Kept(path, began, record, damaged))
    return found


def expire(folder: Path, keep_days: int, now: datetime | None = None) -> int:
    """Remove the calls older than `keep_days`; returns how many. Each is there whole or not at all. Never raises."""
    oldest = (now or datetime.now(UTC)) - timedelta(days=keep_days)
    gone = 0
    for path, began in _files(folder):
        if began < oldest:
            with suppress(OSError):
                path.unlink()
                gone += 1
    return gone


def clear(folder: Path) -> int:
    """Remove all calls; returns how many. Raises `LivewatchError` at the first that cannot be removed."""
    files = _files(folder)
    for path, _ in files:
        try:
            path.unlink()
        except OSError as error:
            raise LivewatchError("history", f"{path} cannot be removed: {error.strerror}.") from error
    return len(files)


def _files(folder: Path) -> list[tuple[Path, datetime]]:
    """Name the calls' files with their times (UTC), the newest first; an unreadable folder has none."""
    try:
        names = sorted((entry.name for entry in os.scandir(folder)), reverse=True)
    except OSError:
        return []
    found: list[tuple[Path, datetime]] = []
    for name in names:
        if matched := _NAME.fullmatch(name):
            with suppress(ValueError):  # the 99th of a month
                found.append((folder / name, datetime.strptime(matched[1], _STAMP).replace(tzinfo=UTC)))
    return found


def _create(folder: Path, now: datetime) -> int:
    """Make the file of a new call, for its user alone."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    name = f"call-{now.astimezone(UTC).strftime(_STAMP)}Z-{os.urandom(4).hex()}.jsonl"
    file = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    with suppress(OSError):  # the name has to survive a power cut as well; Windows cannot open a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return file


def _line(event: Event, stamp: Stamp, now: datetime, heard: Sequence[Match] = ()) -> bytes:
    line: dict[str, Any] = {"when": now.isoformat(timespec="seconds"), **fields(event, stamp)}
    if heard:
        line["evidence"] = [quote(match) for match in heard]
    if "call" in line:
        line["call"] = masked(line["call"])  # recorders put the telephone number into the name
    for said in line.get("evidence", ()):
        said["heard"] = masked(said["heard"])
    return json.dumps(line, allow_nan=False).encode() + b"\n"
