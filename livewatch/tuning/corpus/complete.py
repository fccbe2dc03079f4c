"""What rows of a corpus do not say yet, read from their recordings: the length, what tells the sound, the words."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from livewatch.settings import Settings
from livewatch.tuning.corpus.add import SAVED_EVERY_S, Added, Progress
from livewatch.tuning.corpus.gather import text_of
from livewatch.tuning.corpus.manifest import Corpus, LabelledCall, call_of
from livewatch.tuning.corpus.rows import Manifest, Row, changing
from livewatch.tuning.corpus.sound import facts
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.watch import watch_corpus


def complete(path: Path, done: Added, progress: Progress) -> None:
    """Read the recordings of rows without `duration_s` or `sound`. What a row says already stays."""
    lacking = [
        (call, audio)
        for call, row in _calls(Manifest(path))
        if (audio := call.audio) and not {"sound", "duration_s"} <= (row.values or {}).keys()
    ]
    found: dict[str, dict[str, Any]] = {}
    for number, (call, audio) in enumerate(lacking):
        progress(number, len(lacking))
        if sound := facts(audio, call.place, done.problems):
            found[call.id] = sound
    with changing(path) as manifest:
        for row in manifest.rows:
            if row.values and row.id in found:
                row.change(**found.pop(row.id) | {k: v for k, v in row.values.items() if k == "duration_s"})
                done.completed += 1


def listen(path: Path, settings: Settings, jobs: int, done: Added, progress: Progress) -> bool:
    """Recognise the recordings that have no text and keep their words in `heard`, saved every few seconds.

    Returns False when Ctrl-C ended it.
    """
    calls = tuple(call for call, row in _calls(Manifest(path)) if call.audio and not text_of(row.values or {}))
    if not calls:
        return True
    heard: dict[str, str] = {}
    saved = time.monotonic()

    def keep(result: CallResult) -> None:
        nonlocal saved
        heard[result.call.id] = " ".join(word for said in result.said for word in said.words)
        if time.monotonic() - saved > SAVED_EVERY_S:
            _save(path, heard, done)
            saved = time.monotonic()

    watched = watch_corpus(Corpus(calls, ()), settings, jobs=jobs, told=keep, progress=progress)
    _save(path, heard, done)
    done.problems += watched.problems
    return not watched.interrupted


def _save(path: Path, heard: dict[str, str], done: Added) -> None:
    with changing(path) as manifest:
        for row in manifest.rows:
            if row.values and row.id in heard:
                row.change(heard=heard.pop(row.id))
                done.heard += 1
    heard.clear()


def _calls(manifest: Manifest) -> list[tuple[LabelledCall, Row]]:
    """Return the rows that can be heard, whatever their labels."""
    found = [
        (call_of(row.values, manifest.path, f"{manifest.path}:{line}"), row)
        for line, row in enumerate(manifest.rows, 1)
        if row.values
    ]
    return [(call, row) for call, row in found if isinstance(call, LabelledCall)]
