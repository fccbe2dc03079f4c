"""What is to be added to a corpus: rows from folders of recordings, manifests, label files and calls listened to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.audio.file import find_recordings
from livewatch.errors import CorpusError, LivewatchError
from livewatch.events import seconds
from livewatch.sinks.readback import read_records
from livewatch.sinks.record import CallRecord
from livewatch.tuning.corpus.audacity import labels_beside, read_labels, recording_beside
from livewatch.tuning.corpus.manifest import UNSURE, Label, Problem, call_of
from livewatch.tuning.corpus.rows import Manifest

_VERDICTS = {*Label, UNSURE}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that may be added."""

    values: dict[str, Any]
    """Without `audio`; `id` is a proposal"""
    audio: Path | None
    """The recording; None for a call given as text"""
    place: str
    """The file, or `manifest:line`"""


def gather(paths: Sequence[Path], corpus: Manifest) -> Iterator[Candidate | Problem]:
    """Yield what `paths` lead to, in order; `corpus` itself is left out. What cannot be used becomes a `Problem`."""
    for path in paths:
        try:
            if path.is_dir() or path.suffix.lower() not in (".jsonl", ".ndjson", ".json", ".txt"):
                yield from _recordings(path, corpus.path.resolve().parent)
            elif path.suffix.lower() == ".txt":
                yield _labelled(path)
            elif path.resolve() != corpus.path.resolve():
                yield from _lines(path)
        except LivewatchError as error:
            yield Problem(str(path), error.code, error.message, error.hint)
        except OSError as error:
            yield Problem(str(path), "unreadable", f"{path} cannot be read: {error.strerror}.", "Check the path.")


def _recordings(path: Path, home: Path) -> Iterator[Candidate | Problem]:
    found = find_recordings([str(path)])
    for error in found.errors:
        yield Problem(str(path), error.code, error.message, error.hint)
    for recording in found.recordings:
        values: dict[str, Any] = {"id": recording.stem}
        folder = recording.resolve().parent.name.casefold()
        if folder in _VERDICTS:  # sorted by hand: calls/scam/a.wav
            values["label"] = folder
        labels = labels_beside(recording)
        yield Candidate(values | _from_labels(labels), recording, str(recording))


def _from_labels(path: Path | None) -> dict[str, Any]:
    labels = None if path is None else read_labels(path)
    if labels is None:
        return {}
    found = {"label": labels.label, "marks": [*labels.marks], "turns": [*labels.turns], "heard": labels.heard}
    return {name: value for name, value in found.items() if value}


def _labelled(path: Path) -> Candidate | Problem:
    if not path.is_file():
        return Problem(str(path), "missing", f"There is no file {path}.", "Check the spelling and the folder.")
    if read_labels(path) is None:
        message = f"{path} is no label file of Audacity."
        return Problem(str(path), "not-labels", message, "Its lines are START, END and TEXT with tabs between them.")
    recording = recording_beside(path)
    if recording is None:
        message = f"The recording that {path} belongs to is not beside it."
        return Problem(str(path), "missing-audio", message, "It must have the same name but for the ending.")
    return Candidate({"id": recording.stem} | _from_labels(path), recording, str(path))


def _lines(path: Path) -> Iterator[Candidate | Problem]:
    if not path.is_file():
        raise CorpusError("manifest-unreadable", f"There is no file {path}.", "Check the spelling and the folder.")
    manifest = Manifest(path)
    first = next((row.values for row in manifest.rows if row.raw.strip()), None)
    if first is not None and "event" in first:
        yield from _calls(path)
        return
    for line, row in enumerate(manifest.rows, 1):
        place = f"{path}:{line}"
        if row.values is None:
            if row.raw.strip():
                yield Problem(place, "bad-json", "The line is not one JSON object in UTF-8.", "It is left out.")
            continue
        call = call_of(row.values, path, place)
        if isinstance(call, Problem):
            yield call
        else:
            yield Candidate({name: value for name, value in row.values.items() if name != "audio"}, call.audio, place)


def _calls(path: Path) -> Iterator[Candidate | Problem]:
    """Read what `listen --json` or `replay --json` wrote: the words of calls that were listened to."""
    with path.open("rb") as file:
        records, damaged = read_records(file)
    if damaged:
        yield Problem(str(path), "damaged", f"{damaged} lines of {path} cannot be read.", "The others were used.")
    for number, record in enumerate(records, 1):
        recording = Path(record.call)
        turns = [
            {"speaker": "", "start": seconds(one.start), "end": seconds(one.end), "text": one.text}
            for one in record.sentences
        ]
        if recording.is_file():
            values = {"id": recording.stem, "heard": " ".join(turn["text"] for turn in turns)}
            yield Candidate(values, recording, str(path))
        elif turns:
            yield Candidate({"id": _name(path, record, number), "turns": turns}, None, str(path))
        else:
            message = f"Call {number} of {path} holds no words."
            yield Problem(str(path), "nothing-to-hear", message, "The history does not keep them; listen --json does.")


def _name(path: Path, record: CallRecord, number: int) -> str:
    return f"call-{record.started:%Y-%m-%d-%H%M%S}" if record.started else f"{path.stem}-{number}"


def relative(audio: Path, manifest: Path) -> str:
    """Return the path to write into `manifest`: relative to its folder, with slashes, where that is possible."""
    try:
        return Path(os.path.relpath(audio.resolve(), manifest.resolve().parent)).as_posix()
    except ValueError:  # another drive
        return audio.resolve().as_posix()


def text_of(values: Mapping[str, Any]) -> str:
    """Return what is said in the call of a row, as somebody wrote it down, or else as it was recognised."""
    turns = values.get("turns")
    if isinstance(turns, list) and turns:
        texts = [turn.get("text") if isinstance(turn, dict) else turn[-1] for turn in turns if turn]
        return " ".join(str(text) for text in texts if text)
    return str(values.get("text") or values.get("heard") or "")
