"""Files written beside a recording (`--write`): one per call and format, complete or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from livewatch.errors import LivewatchError
from livewatch.events import CallEnded, CallStarted, Event
from livewatch.sinks.labels import Labels
from livewatch.sinks.sink import Stamp
from livewatch.sinks.subtitles import SubRip, WebVtt
from livewatch.sinks.transcript import Format

FORMATS: Mapping[str, Callable[[], Format]] = {"srt": SubRip, "vtt": WebVtt, "labels": Labels}
"""What `--write` takes. A new format is one class and one row"""


class Files:
    """Writes the chosen formats when a call ends, also when it was interrupted or failed part-way.

    A file that cannot be written is reported and the run goes on: a warning on the screen is worth more than a file.
    """

    def __init__(
        self, formats: Sequence[str], folder: Path | None, report: Callable[[str, LivewatchError], None]
    ) -> None:
        """Take keys of `FORMATS`, a folder (None: next to each recording) and who is told of a call's error."""
        self._formats = formats
        self._folder = folder
        self._report = report
        self._taken: set[Path] = set()
        self._call = ""
        self._open: list[tuple[Path, Format]] = []
        self.written: list[Path] = []
        """Every file written so far"""

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Collect; at the end of the call, write."""
        if isinstance(event, CallStarted):
            self._finish()
            self._start(event.call)
        for _, collected in self._open:
            collected.handle(event)
        if isinstance(event, CallEnded):
            if event.at == 0:  # nothing could be read: there is nothing to write, and an error says why
                self._open = []
            self._finish()

    def close(self) -> None:
        """Write what a call without an end left behind."""
        self._finish()

    def _start(self, call: str) -> None:
        if not self._formats:
            return
        self._call = call
        recording = Path("stdin") if call == "-" else Path(call)
        folder = self._folder or recording.parent
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass  # better told now than after an hour of listening
        except OSError as error:
            self._report(call, _unwritable(folder, error))
            return
        self._open = [(self._name(folder, recording, form().suffix), form()) for form in self._chosen()]

    def _finish(self) -> None:
        for path, collected in self._open:
            try:
                write_whole(path, collected.text(), keep=True)  # it may be labels corrected by hand
                self.written.append(path)
            except OSError as error:
                self._report(self._call, _unwritable(path, error))
        self._open = []

    def _chosen(self) -> list[Callable[[], Format]]:
        return [FORMATS[name] for name in self._formats]

    def _name(self, folder: Path, recording: Path, suffix: str) -> Path:
        """`call.srt` for `call.wav`; a second recording of that name in this run does not overwrite the first's."""
        names = [recording.stem, recording.name, *(f"{recording.stem}-{number}" for number in range(2, 10_000))]
        path = next(path for path in (folder / (name + suffix) for name in names) if path not in self._taken)
        self._taken.add(path)
        return path


def write_whole(path: Path, text: str | bytes, *, keep: bool = False) -> None:
    """Write `text` as UTF-8 so that `path` is either the old file or the whole new one, whatever happens meanwhile.

    The new file may be read by whoever could read the old one. `keep` saves an existing file with other content as
    `NAME.bak`, unless there is one already.
    """
    data = text.encode() if isinstance(text, str) else text
    part = path.with_name(f".livewatch-{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            if path.is_file():
                shutil.copymode(path, part)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if keep:
            _keep(path, data)
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def _keep(path: Path, data: bytes) -> None:
    backup = path.with_name(path.name + ".bak")
    if path.is_file() and not backup.exists() and path.read_bytes() != data:
        path.replace(backup)


def _unwritable(path: Path, error: OSError) -> LivewatchError:
    return LivewatchError(
        "output",
        f"cannot write to {path}: {error.strerror or error}.",
        "Add --output DIR with a folder that can be written to.",
    )
