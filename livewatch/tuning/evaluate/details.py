"""The details file of `evaluate`: one line per call, on disk as soon as the call is done."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from livewatch.errors import CorpusError, UsageError
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.evaluate.results import CallResult


class Details:
    """Writes results as they come and puts them into the manifests' order at the end. `None` writes nothing."""

    def __init__(self, path: Path | None, manifests: Iterable[Path]) -> None:
        """Raise `UsageError` when `path` is one of the `manifests`, `CorpusError` when it cannot be written."""
        self._path = path
        self._file: BinaryIO | None = None
        self._lines: dict[str, bytes] = {}
        self.problems: list[Problem] = []
        """A disk that became full: the run goes on without the file"""
        if path is None:
            return
        if path.resolve() in {manifest.resolve() for manifest in manifests}:
            raise UsageError(
                "details-is-manifest", f"{path} is a manifest; it would be overwritten.", "Name another file."
            )
        try:
            # Not emptied yet: what stands in it goes with the first result, not with a cluster that cannot be reached.
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666), "wb")
        except OSError as error:
            cause = error.strerror or str(error)
            raise CorpusError(
                "details-unwritable", f"{path} cannot be written: {cause}.", "Name another file."
            ) from None

    def add(self, result: CallResult) -> None:
        """Write the line of one call."""
        if self._file is None:
            return
        if not self._lines:
            self._begin()
        line = json.dumps(result.to_json(), ensure_ascii=False).encode() + b"\n"
        self._lines[result.call.id] = line
        self._write([line])

    def _begin(self) -> None:
        """Empty the file, where it can be."""
        if self._file is not None and self._file.seekable():
            with suppress(OSError):  # devices
                self._file.truncate(0)

    def finish(self, order: Sequence[str]) -> None:
        """Rewrite the lines in the `order` of ids, so that equal runs give equal files, and close."""
        if not self._lines:
            self._begin()
        lines = [self._lines[name] for name in order if name in self._lines]
        if self._file is not None and lines != [*self._lines.values()] and self._file.seekable():
            self._file.seek(0)  # the same lines, so exactly over the old ones: nothing is lost if this is cut short
            self._write(lines)
        if self._file is not None:
            self._file.close()

    def _write(self, lines: Iterable[bytes]) -> None:
        if self._file is None:
            return
        try:
            self._file.writelines(lines)
            self._file.flush()
        except OSError as error:
            message = f"The details could not be written any further: {error.strerror or error}."
            self.problems.append(Problem(str(self._path), "details-unwritable", message, "The figures are complete."))
            with suppress(OSError):  # what it still holds in memory has no place to go
                self._file.close()
            self._file = None
