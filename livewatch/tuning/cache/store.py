"""One SQLite file that any number of processes read and write, any of which may be killed at any moment."""

from __future__ import annotations

import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["heard", "spotted", "said", "book", "file"]
"""What is kept: the words of a recording, the phrases of a call, its neighbouring words, a phrase book, a digest"""

FORMAT: Final = 1
"""Counts up when what stands in the file is written another way"""
FILE: Final = "calls.sqlite"
ASIDE: Final = "calls-unusable.sqlite"
"""Where a file goes that cannot be used; the one before it is replaced"""

_APPLICATION: Final = 0x6C777463  # "lwtc"
_PATIENCE_S: Final = 30.0
"""How long another process may hold the file; writing one call takes a millisecond"""
_AGAIN_S: Final = 0.01
"""Between two tries where SQLite does not wait by itself"""
_AT_ONCE: Final = 500
"""Keys asked for in one query; SQLite takes 999 in its oldest builds"""
_FRESH_S: Final = 3600
"""Seconds in which a second use of an entry is not noted: reading must not turn into writing"""
_ROOM: Final = 0.9
"""Share of the limit that is left when entries had to go"""
_SUM_BYTES: Final = 4
_MAKE: Final = """
CREATE TABLE IF NOT EXISTS entry (
    kind TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (kind, key));
CREATE INDEX IF NOT EXISTS entry_used ON entry (used);
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of one kind is kept."""

    entries: int
    bytes: int
    """Of the values"""


class Store:
    """The file, opened by one process. Nothing here raises: a store that fails says so in `troubles` and forgets.

    Values carry a checksum. A file that is damaged, or of another version, is put aside and begun anew; where that
    cannot be, or the disk is full, the store goes on empty-handed (`usable` is false).
    """

    def __init__(self, folder: Path, limit: int) -> None:
        """`limit`: bytes the file may take."""
        self.path = folder / FILE
        self.usable = True
        """Whether anything is still read and written"""
        self.troubles: list[str] = []
        """What went wrong, one sentence each"""
        self._limit = limit
        self._inode = 0
        self._connection: sqlite3.Connection | None = None
        self._open()

    def get(self, kind: Kind, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the values of those of `keys` that are there."""
        found: dict[bytes, bytes] = {}
        stale: list[bytes] = []
        now = int(time.time())
        try:
            for first in range(0, len(keys), _AT_ONCE):
                some = keys[first : first + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = self._run(f"SELECT key, value, used FROM entry WHERE kind=? AND key IN ({marks})", (kind, *some))  # noqa: S608 - only question marks
                for key, value, used in rows:
                    if _checksum(kind, key, value[_SUM_BYTES:]) != value[:_SUM_BYTES]:
                        raise sqlite3.DatabaseError("a checksum is wrong")
                    found[key] = value[_SUM_BYTES:]
                    if now - used > _FRESH_S:
                        stale.append(key)
            if stale:
                self._write("UPDATE entry SET used=? WHERE kind=? AND key=?", [(now, kind, key) for key in stale])
        except sqlite3.Error as error:
            self._fail(error)
        return found

    def recent(self, kind: Kind, count: int) -> list[tuple[bytes, bytes]]:
        """Return keys and values of the `count` entries of a kind that were put last."""
        try:
            rows = self._run("SELECT key FROM entry WHERE kind=? ORDER BY used DESC, rowid DESC LIMIT ?", (kind, count))
        except sqlite3.Error as error:
            self._fail(error)
            return []
        values = self.get(kind, [key for (key,) in rows])
        return [(key, values[key]) for (key,) in rows if key in values]

    def put(self, entries: Mapping[Kind, Iterable[tuple[bytes, bytes]]]) -> None:
        """Keep `entries` (keys and values by kind), all or none of them; what was there under a key is replaced."""
        now = int(time.time())
        rows = [
            (kind, key, _checksum(kind, key, value) + value, now)
            for kind, pairs in entries.items()
            for key, value in pairs
        ]
        if not rows:
            return
        try:
            self._write("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", rows)
            if self._bytes() > self._limit:
                self._evict(int(self._limit * _ROOM))
        except sqlite3.Error as error:
            self._fail(error)

    def sizes(self) -> dict[Kind, Size]:
        """How much of each kind there is."""
        try:
            rows = self._run("SELECT kind, count(*), sum(length(value)) FROM entry GROUP BY kind")
        except sqlite3.Error as error:
            self._fail(error)
            rows = []
        counts = {kind: Size(count, size) for kind, count, size in rows}
        return {kind: counts.get(kind, Size(0, 0)) for kind in get_args(Kind)}

    def bytes_on_disk(self) -> int:
        """Of the file and its journal."""
        return sum(path.stat().st_size for path in _parts(self.path) if path.exists())

    def shrink(self, limit: int) -> None:
        """Forget what was used least recently until the file takes at most `limit` bytes."""
        try:
            self._evict(limit)
            self._pack()
        except sqlite3.Error as error:
            self._fail(error)

    def clear(self) -> None:
        """Forget everything, also what was put aside."""
        try:
            self._write("DELETE FROM entry", [()])
            self._pack()
        except sqlite3.Error as error:
            self._fail(error)
        for path in _parts(self.path.with_name(ASIDE)):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _open(self) -> None:
        try:
            self._connect()
        except sqlite3.Error as error:
            self._fail(error)
        except OSError as error:
            self._give_up(f"The cache {self.path} cannot be used: {error.strerror or error}.")

    def _connect(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # what is said in calls is for nobody else
        self._inode = self.path.stat().st_ino
        if _is_cut(self.path):
            raise sqlite3.DatabaseError("it is cut off")
        connection = sqlite3.connect(self.path, timeout=_PATIENCE_S, isolation_level=None)
        self._connection = connection
        connection.execute("BEGIN")  # or another process may make the tables between two of the questions
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("COMMIT")
        if (tables or version) and (application, version) != (_APPLICATION, FORMAT):
            raise _OtherVersionError
        _to_wal(connection)
        connection.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last calls, never the file
        if not tables:
            connection.execute("BEGIN IMMEDIATE")
            for statement in filter(str.strip, _MAKE.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={_APPLICATION}")
            connection.execute(f"PRAGMA user_version={FORMAT}")
            connection.execute("COMMIT")

    def _run(self, statement: str, values: Sequence[object] = ()) -> list[tuple]:
        return [] if self._connection is None else self._connection.execute(statement, values).fetchall()

    def _write(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if self._connection is None:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany(statement, rows)
            self._connection.execute("COMMIT")
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _evict(self, limit: int) -> None:
        while (excess := self._bytes() - limit) > 0:
            gone, last = 0, None
            for rowid, size in self._run("SELECT rowid, length(value) FROM entry ORDER BY used, rowid"):
                gone, last = gone + size, rowid
                if gone >= excess:
                    break
            if last is None:
                return
            self._write(
                "DELETE FROM entry WHERE (used, rowid) <= (SELECT used, rowid FROM entry WHERE rowid=?)", [(last,)]
            )

    def _pack(self) -> None:
        """Give what is free back to the disk."""
        self._run("VACUUM")
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")

    def _bytes(self) -> int:
        """Of the pages in use."""
        rows = [self._run(f"PRAGMA {name}") or [(0,)] for name in ("page_count", "freelist_count", "page_size")]
        pages, free, size = (row[0][0] for row in rows)
        return (pages - free) * size

    def _fail(self, error: sqlite3.Error) -> None:
        """Begin anew where the file is at fault, once; else go on without it."""
        code = getattr(error, "sqlite_errorcode", None)
        of_file = isinstance(error, _OtherVersionError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        if not of_file and (isinstance(error, sqlite3.OperationalError) or code is not None):
            self._give_up(f"The cache {self.path} cannot be used any further ({error}); the run goes on without it.")
            return
        what = "is of another version of livewatch" if isinstance(error, _OtherVersionError) else "is damaged"
        self.close()
        try:
            if self.path.exists() and self._inode == self.path.stat().st_ino:  # else somebody else has done it
                aside = self.path.with_name(ASIDE)
                for path, to in zip(_parts(self.path), _parts(aside), strict=True):
                    to.unlink(missing_ok=True)
                    if path.exists():
                        path.rename(to)
                self.troubles.append(f"The cache {self.path} {what}: it was put aside as {ASIDE} and begun anew.")
            self._connect()
        except (OSError, sqlite3.Error) as again:
            self._give_up(f"The cache {self.path} {what}, and cannot be begun anew ({again}).")

    def _give_up(self, trouble: str) -> None:
        self.close()
        self.usable = False
        self.troubles.append(trouble)


class _OtherVersionError(sqlite3.DatabaseError):
    """The file is sound, but not ours to read."""


def _to_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Where others do the same, SQLite says busy at once, whatever `timeout` says."""
    last = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
        else:
            return
        time.sleep(_AGAIN_S)


def _parts(path: Path) -> list[Path]:
    """The file and what SQLite keeps beside it."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]


def _is_cut(path: Path) -> bool:
    """Whether the file is shorter than its header says, which SQLite would only find out page by page."""
    try:
        with path.open("rb") as file:
            header = file.read(32)
        journal = _parts(path)[1]
        if len(header) < 32 or (journal.exists() and journal.stat().st_size):
            return False  # new, or with pages that are still in the journal
        page = int.from_bytes(header[16:18], "big")
        size = 65_536 if page == 1 else page
        return path.stat().st_size < size * int.from_bytes(header[28:32], "big")
    except FileNotFoundError:
        return False


def _checksum(kind: str, key: bytes, value: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(key, zlib.crc32(kind.encode()))).to_bytes(_SUM_BYTES, "big")
