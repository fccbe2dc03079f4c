"""The Parquet file of `evaluate`: one row per call, written in groups of rows as the calls are done."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livewatch.errors import CorpusError, UsageError
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.evaluate.results import CallResult

if TYPE_CHECKING:
    import pyarrow

GROUP = 1_000
"""Rows of a group; about 1 MB with ten matches a call"""
GROUP_S = 60.0
"""Seconds after which a smaller group is written: no more than that is in memory alone"""


class ParquetRows:
    """Writes results into FILE.part, which becomes FILE when all is written. `None` writes nothing.

    Until then FILE is what it was before: a run that is killed leaves it alone, and FILE.part, which no reader takes
    for a Parquet file. What must outlive a crash goes into the details.
    """

    def __init__(self, path: Path | None, manifests: Iterable[Path]) -> None:
        """Raise `UsageError` when `path` is one of the `manifests`, `CorpusError` when it cannot be written."""
        self.problems: list[Problem] = []
        """A disk that became full: the run goes on without the file"""
        self._path = path
        self._rows: list[dict[str, Any]] = []
        self._written = time.monotonic()
        self._writer: Any = None
        if path is None:
            return
        if path.resolve() in {manifest.resolve() for manifest in manifests}:
            raise UsageError(
                "parquet-is-manifest", f"{path} is a manifest; it would be overwritten.", "Name another file."
            )
        try:
            from pyarrow import parquet  # noqa: PLC0415 - an extra, and large
        except ImportError:
            raise UsageError(
                "parquet-extra", "--parquet needs the package pyarrow.", "pip install 'livewatch[cluster]'"
            ) from None
        self._part = path.with_name(path.name + ".part")
        try:
            if path.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            self._file = self._part.open("wb")
        except OSError as error:
            raise CorpusError(
                "parquet-unwritable", f"{path} cannot be written: {error.strerror or error}.", "Name another file."
            ) from None
        self._schema = schema()
        self._writer = parquet.ParquetWriter(self._file, self._schema, compression="zstd")

    def add(self, result: CallResult) -> None:
        """Take the row of one call."""
        if self._writer is None:
            return
        self._rows.append(row(result))
        if len(self._rows) >= GROUP or time.monotonic() - self._written > GROUP_S:
            self._write()

    def finish(self, *, complete: bool) -> None:
        """Write what is left and put the file in its place; `complete`: the run was not cut short (see `schema`)."""
        if self._path is None:
            return
        self._write()
        if self._writer is None:
            return
        try:
            self._writer.add_key_value_metadata({"complete": "yes" if complete else "no"})
            self._writer.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
        except OSError as error:
            self._give_up(error)

    def drop(self) -> None:
        """Leave no trace: no call was watched."""
        if self._writer is not None:
            self._close()
            self._part.unlink(missing_ok=True)

    def _write(self) -> None:
        import pyarrow  # noqa: PLC0415 - as above

        rows, self._rows, self._written = self._rows, [], time.monotonic()
        if self._writer is None or not rows:
            return
        try:
            self._writer.write_table(pyarrow.Table.from_pylist(rows, self._schema))
            self._file.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        message = f"The Parquet file could not be written any further: {error.strerror or error}."
        hint = f"What there is of it is in {self._part}, which cannot be read; the figures are complete."
        self.problems.append(Problem(str(self._path), "parquet-unwritable", message, hint))
        self._close()

    def _close(self) -> None:
        with suppress(OSError):  # what it still holds in memory has no place to go
            self._writer.close()
        self._writer.is_open = False  # its own end would try once more, and complain on the screen
        self._writer = None
        with suppress(OSError):
            self._file.close()


def schema() -> pyarrow.Schema:
    """Return the columns. Beside them the file's metadata say `complete`: yes, or no after Ctrl-C or a lost cluster."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    text, number = pa.string(), pa.float64()
    match = pa.struct(
        [
            pa.field("at_s", number, nullable=False),
            pa.field("phrase", text, nullable=False),
            pa.field("category", text, nullable=False),
            pa.field("heard", text, nullable=False),
            pa.field("start_s", number, nullable=False),
            pa.field("end_s", number, nullable=False),
            pa.field("points", number, nullable=False),
            pa.field("how", text, nullable=False),
            pa.field("verified", number),
            pa.field("against", number),
        ]
    )
    return pa.schema(
        [
            pa.field("id", text, nullable=False),
            pa.field("label", text, nullable=False),
            pa.field("set", text, nullable=False),
            pa.field("campaign", text),
            pa.field("level", text, nullable=False),
            pa.field("first_caution_s", number),
            pa.field("first_danger_s", number),
            pa.field("audio_s", number, nullable=False),
            pa.field("damage", pa.list_(text), nullable=False),
            pa.field("matches", pa.list_(match), nullable=False),
        ]
    )


def row(result: CallResult) -> dict[str, Any]:
    """Give the row of one call: its details line, and what a table of many sets needs besides."""
    call = result.call
    return {**result.to_json(), "set": call.set, "campaign": call.campaign, "damage": [*result.damage]}
