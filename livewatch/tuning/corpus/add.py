"""Adding calls to a corpus: nothing that stands in it is lost or overwritten, whenever the work is cut short."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from livewatch.tuning.corpus.gather import Candidate, gather, relative, text_of
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.corpus.rows import Manifest, changing
from livewatch.tuning.corpus.sound import facts

SAVED_EVERY_S = 5.0
"""Seconds of work that a power cut may cost; all is read from the recordings and can be read again"""

Progress: TypeAlias = Callable[[int, int], None]
"""Told what is done and all there is to do"""


@dataclass(slots=True)
class Added:
    """What became of the calls that were to be added."""

    added: int = 0
    already: int = 0
    """Calls that are in the corpus already"""
    completed: int = 0
    """Rows that were there and got what they had not: a label, a length"""
    heard: int = 0
    """Recordings whose words were recognised"""
    grouped: int = 0
    """Calls that were given a campaign"""
    problems: list[Problem] = field(default_factory=list)


def add(path: Path, paths: Sequence[Path], *, label: str | None, done: Added, progress: Progress) -> None:
    """Add what `paths` lead to, with `label` where they do not say one. Raises `CorpusError`.

    Recordings are read to their end: one that holds no sound is not added.
    """
    corpus = Manifest(path)
    known = {_key(row.values, path): row.id for row in corpus.rows if row.values}
    labels: dict[str, Mapping[str, Any]] = {}
    """By id: what label files say of rows that are in the corpus"""
    waiting: list[dict[str, Any]] = []
    saved = time.monotonic()
    found = list(gather(paths, corpus))
    for number, candidate in enumerate(found):
        progress(number, len(found))
        values = candidate if isinstance(candidate, Problem) else _values(candidate, path, label)
        if isinstance(values, Problem):
            done.problems.append(values)
            continue
        key = _key(values, path)
        if key in known:
            labels[known[key]] = values
            done.already += 1
            continue
        if isinstance(candidate, Candidate) and candidate.audio is not None:
            sound = facts(candidate.audio, candidate.place, done.problems)
            if not sound:
                continue
            values = sound | values
        known[key] = ""
        waiting.append(values)
        if time.monotonic() - saved > SAVED_EVERY_S:
            _append(path, waiting, done)
            saved = time.monotonic()
    progress(len(found), len(found))
    _append(path, waiting, done)
    _label(path, labels, done)


def _values(candidate: Candidate, manifest: Path, label: str | None) -> dict[str, Any]:
    audio = {"audio": relative(candidate.audio, manifest)} if candidate.audio else {}
    return audio | ({"label": label} if label else {}) | candidate.values


def _key(values: Mapping[str, Any], manifest: Path) -> str:
    """Tell whether two rows are the same call: by the recording, or by id and text."""
    audio = values.get("audio")
    if isinstance(audio, str):
        return str((manifest.parent / audio).resolve())
    return f"{values.get('id')}\0{text_of(values)}"


def _append(path: Path, waiting: list[dict[str, Any]], done: Added) -> None:
    """Write what waits, with ids that nothing else in the corpus has."""
    if not waiting:
        return
    with changing(path) as manifest:
        taken = {row.id for row in manifest.rows}
        for values in waiting:
            name = _new_id(str(values["id"]), values.get("audio"), taken)
            taken.add(name)
            first = {key: values[key] for key in ("label", "audio", "duration_s") if key in values}
            manifest.append(values | {"id": name}, first=("id", *first))
    done.added += len(waiting)
    waiting.clear()


def _new_id(name: str, audio: str | None, taken: Iterable[str]) -> str:
    """Take the name itself, else with its folder, else with a number."""
    folder = Path(audio).parent.name if audio else ""
    names = [name, *([f"{folder}/{name}"] if folder not in ("", "..") else [])]
    number = 2
    while names[0] in taken:
        names = [*names[1:], f"{name}-{number}"]
        number += 1
    return names[0]


def _label(path: Path, labels: Mapping[str, Mapping[str, Any]], done: Added) -> None:
    """Complete rows that are there from label files; what they say already stays."""
    with changing(path) as manifest:
        for row in manifest.rows:
            if row.values is None or not (said := labels.get(row.id)):
                continue
            lacking = {"label", "marks", "turns", "heard"} & (said.keys() - row.values.keys())
            if lacking:
                row.change(**{key: said[key] for key in lacking})
                done.completed += 1
