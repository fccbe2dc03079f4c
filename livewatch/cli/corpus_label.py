"""`livewatch corpus label`: call by call, what was heard in it, and one key that says what it is."""

from __future__ import annotations

import argparse
import difflib
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from livewatch.audio.speaker import Player
from livewatch.cli.keys import END, Keys
from livewatch.cli.phrases import out
from livewatch.errors import AudioError, ExitCode, UsageError
from livewatch.events import SAMPLE_RATE, Match
from livewatch.phrases import gist
from livewatch.settings import load
from livewatch.sinks.wording import clock
from livewatch.tuning.corpus.gather import text_of
from livewatch.tuning.corpus.manifest import UNSURE, Label, LabelledCall, Problem, call_of
from livewatch.tuning.corpus.rows import Manifest, Row, changing, manifest_path
from livewatch.tuning.corpus.sound import clip
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.watcher import CallWatcher

LABELS = {"s": Label.SCAM, "c": Label.CAUTION, "o": Label.ORDINARY, "u": UNSURE}
"""By key"""
KEYS = "s scam  c caution  o ordinary  u unsure    p play  n next hit  b back  q quit"
BEFORE, AFTER = 3 * SAMPLE_RATE, 2 * SAMPLE_RATE
"""Samples played around a hit: what leads to it tells more than what follows"""
BEGINNING = 10 * SAMPLE_RATE
"""Samples played of a call without hits"""
SHOWN = 300
"""Characters shown of what is said in a call"""


def label(options: argparse.Namespace) -> int:
    """Label calls, by --set or key by key; every answer is on the disk before the next question."""
    path = manifest_path(options.corpus)
    if not path.is_file():
        raise UsageError(
            "corpus-missing", f"There is no manifest {path}.", "To make one: livewatch corpus add CORPUS FOLDER"
        )
    if options.set:
        return _set(path, options.set)
    corpus = Manifest(path)
    names = [row.id for row in corpus.rows if row.id and (options.again or row.label in (None, UNSURE))]
    if not names:
        out("Every call has a label. To go through them again: --again")
        return ExitCode.OK
    if not sys.stdin.isatty():
        raise UsageError(
            "label-no-terminal",
            f"{len(names)} calls have no label, and nobody is at the keyboard to say.",
            f"livewatch corpus label {options.corpus} --set {names[0]}=scam",
        )
    spoken: dict[str, object] = {"engine.name": options.engine} if options.engine else {}
    if options.phrases:
        spoken["phrases.files"] = options.phrases
    watcher, stop = CallWatcher(load(spoken).settings), threading.Event()
    with ThreadPoolExecutor(1) as ahead, Keys() as keys:
        loop = _Loop(path, names, keys, lambda call: ahead.submit(watcher, call, stop.is_set))
        try:
            loop.run()
        finally:
            stop.set()
            ahead.shutdown(cancel_futures=True)
    out(f"Answers saved in {path}: {loop.answered}")
    return ExitCode.OK


def save(path: Path, name: str, given: str) -> None:
    """Write one label. Raises `UsageError` for a call that is not there, `CorpusError` when it cannot be written."""
    with changing(path) as manifest:
        row = manifest.find(name)
        if row is None:
            near = difflib.get_close_matches(name, [row.id for row in manifest.rows], 1)
            raise UsageError(
                "label-unknown", f"{path} has no call {name!r}.", f"Did you mean {near[0]!r}?" if near else ""
            )
        row.change(label=str(given))


def _set(path: Path, given: Sequence[str]) -> int:
    """Write labels given as ID=LABEL; all or none."""
    pairs = [one.rpartition("=")[::2] for one in given]
    for one, (name, value) in zip(given, pairs, strict=True):
        if not name or value not in LABELS.values():
            raise UsageError("label-form", f"--set {one} is not ID=LABEL.", f"Labels are {', '.join(LABELS.values())}.")
        if Manifest(path).find(name) is None:
            save(path, name, value)  # says what is wrong
    for name, value in pairs:
        save(path, name, value)
    out(f"Answers saved in {path}: {len(pairs)}")
    return ExitCode.OK


class _Loop:
    """Goes through calls; the next one is watched while the person thinks about this one."""

    def __init__(
        self,
        path: Path,
        names: Sequence[str],
        keys: Keys,
        watch: Callable[[LabelledCall], Future[CallResult | Problem]],
    ) -> None:
        self.answered = 0
        self._path = path
        self._names = names
        self._keys = keys
        self._watch = watch
        self._watched: dict[int, Future[CallResult | Problem]] = {}
        self._player = Player()
        self._silent = False
        """Whether it has been said that nothing can be played"""

    def run(self) -> None:
        """Ask about call after call until the last one or `q`."""
        at, step = 0, 1
        while at < len(self._names):
            row, call = self._row(at)
            self._prepare(at)
            self._prepare(at + 1)
            if isinstance(call, LabelledCall):
                answer = self._ask(at, row, call)
                self._player.stop()
                if answer in ("q", END):
                    return
                step = -1 if answer == "b" else 1
            else:
                out(f"{call}")
            if at + step < 0:
                step = 1 if not isinstance(call, LabelledCall) else 0
            at += step

    def _row(self, at: int) -> tuple[Row, LabelledCall | Problem]:
        """Read the row as it stands in the file now."""
        manifest, name = Manifest(self._path), self._names[at]
        row = manifest.find(name)
        if row is None or row.values is None:
            return Row(b"", None), Problem(
                str(self._path), "label-unknown", f"The call {name!r} is not there any more."
            )
        return row, call_of(row.values, self._path, manifest.place(row))

    def _prepare(self, at: int) -> None:
        if at < len(self._names) and at not in self._watched:
            _, call = self._row(at)
            if isinstance(call, LabelledCall):
                self._watched[at] = self._watch(call)

    def _ask(self, at: int, row: Row, call: LabelledCall) -> str:
        out("")
        out(f"{at + 1} of {len(self._names)}: {call.id}" + (f", labelled {row.label}" if row.label else ""))
        future = self._watched[at]
        if not future.done():
            out("listening…")
        result = future.result()
        if isinstance(result, Problem):
            out(f"{result.message} {result.hint}")
            hits = []
        else:
            hits = [match for match in result.matches if match.phrase != gist.PHRASE]
            _show(row, call, result, hits)
        hit = 0
        self._play(call, hits, hit)
        out(KEYS)
        while True:
            key = self._keys.read().lower()
            if key in LABELS:
                save(self._path, call.id, LABELS[key])
                self.answered += 1
                # Only now what livewatch makes of it: told before, people agree with it.
                found = f" (livewatch: {result.level})" if isinstance(result, CallResult) else ""
                out(f"{call.id}: {LABELS[key]}{found}")
                return key
            if key in ("b", "q", END):
                return key
            if key == "n" and hits:
                hit = (hit + 1) % len(hits)
                out(_line(hits[hit]))
            if key in ("n", "p"):
                self._play(call, hits, hit)
            elif key.isprintable():
                out(KEYS)

    def _play(self, call: LabelledCall, hits: Sequence[Match], hit: int) -> None:
        if call.audio is None or self._silent:
            return
        start, end = (max(0, hits[hit].start - BEFORE), hits[hit].end + AFTER) if hits else (0, BEGINNING)
        try:
            self._player.play(clip(call.audio, start, end), SAMPLE_RATE)
        except AudioError as error:
            self._silent = error.code == "no-speaker"
            out(error.message + (" The words are shown all the same." if self._silent else ""))


def _show(row: Row, call: LabelledCall, result: CallResult, hits: Sequence[Match]) -> None:
    said = " ".join(word for one in result.said for word in one.words) or text_of(row.values or {})
    out(f"{clock(result.audio)} long: “{said[:SHOWN]}{'…' if len(said) > SHOWN else ''}”")
    for match in hits:
        out(_line(match))
    if not hits:
        out("  nothing of the lists was heard" + ("; its beginning is played" if call.audio else ""))


def _line(match: Match) -> str:
    return f'  {clock(match.start)}  {match.phrase}: "{match.heard}"'
