"""Keeps the sound of live calls for whoever asked for it, on a thread of its own: listening never waits for a disk."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import TypeAlias

from livewatch.events import SAMPLE_RATE, AudioChunk, Notice, Side, seconds
from livewatch.sinks import wording
from livewatch.sinks.kept_sound import KeptSound, expire, make_folder

LEAD = 30 * SAMPLE_RATE
"""Samples kept from before the first word: livewatch may wait for a call all day, which is nobody's call yet"""
LONGEST = 4 * 3600 * SAMPLE_RATE
"""Samples of a call that are kept: 4 h, or 461 MB a side. A radio beside the microphone is a call without an end"""
SPARE = 200_000_000
"""Bytes that are left free on the disk: others need it too, the history first of all"""
_EVERY_S = 1.0
"""Seconds between two writings: what a kill costs at most"""
_SURELY_S = 10.0
"""Seconds between two fsyncs: what a power cut costs at most"""
_SLOW, _WAITS = 10 * SAMPLE_RATE, 60 * SAMPLE_RATE
"""Samples that wait at which people are told that the disk does not answer, and at most: what comes then is silence"""

_HINT = "Make room there, or name another folder: livewatch listen --keep-sound FOLDER."
WAITING = "Sound will be kept from the first words on."
KEEPING = "Keeping the sound of this call."
PAUSED = "No sound is kept while livewatch is paused."


class _Mark(Enum):
    BEGIN = auto()
    WORDS = auto()
    END = auto()


_Order: TypeAlias = "AudioChunk | _Mark"


@dataclass(slots=True)
class _Call:
    """What the writing thread knows of the call under way."""

    lead: deque[AudioChunk]
    """What is not in the file yet"""
    end: int = 0
    """Sample index just past what was heard"""
    spoken: bool = False
    """Whether words were recognised in it"""
    file: KeptSound | None = None
    origin: int = 0
    """Sample index, within the call, of the first sample of the file"""
    over: bool = False
    """Whether no more of it is kept"""


class Keeper:
    """Called from the runner's thread. Nothing here raises or waits, except `close`, for a few seconds at most."""

    def __init__(self, folder: Path, sides: Sequence[Side], keep_days: int, *, spare: int = SPARE) -> None:
        """`sides` are the tracks. Calls older than `keep_days` are removed before each call, see `expire`."""
        self._folder = folder
        self._channels = {side: number for number, side in enumerate(sorted(sides))}  # the caller before "me"
        self._keep_days = keep_days
        self._spare = spare
        self._orders: deque[_Order] = deque()
        self._waiting = 0
        """Samples in `_orders`"""
        self._lock = threading.Lock()
        """Of `_waiting`"""
        self._told: deque[tuple[str, str]] = deque()
        self._before = ""
        """The trouble that was told last"""
        self._said = WAITING
        self._paused = self._spoken = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="keeper", daemon=True)
        self._sure = 0.0
        self._call = _Call(deque(), over=True)
        self.kept = 0
        """Calls whose sound was kept, in part at least"""
        self._thread.start()

    @property
    def said(self) -> str:
        """What happens to the sound right now, one sentence for people."""
        if self._waiting > _SLOW:
            return f"The sound waits to be kept: {self._folder} does not answer."
        return PAUSED if self._paused and self._said in (WAITING, KEEPING) else self._said

    def begin(self) -> None:
        """A call begins."""
        self._spoken = False
        self._orders.append(_Mark.BEGIN)

    def hear(self, chunk: AudioChunk) -> None:
        """Take sound of the call. That of a pause has to be silence already."""
        with self._lock:
            if self._waiting > _WAITS:
                return
            self._waiting += len(chunk.samples)
        self._orders.append(chunk)

    def words(self) -> None:
        """Words were recognised: it is a call."""
        if not self._spoken:
            self._spoken = True
            self._orders.append(_Mark.WORDS)

    def pause(self, on: bool) -> None:
        """Livewatch does not listen, or listens again."""
        self._paused = on

    def end(self) -> None:
        """The call is over."""
        self._orders.append(_Mark.END)

    def notices(self, at: int) -> Iterator[Notice]:
        """Take what there is to say since the last time."""
        while self._told:
            yield Notice(at, *self._told.popleft())

    def close(self) -> None:
        """Write what is left."""
        self._over.set()
        self._thread.join(5)

    def _work(self) -> None:
        try:
            while not self._over.wait(_EVERY_S):
                self._drain()
            self._drain()
            self._end()
        except Exception as error:  # a fault in livewatch must not go on looking as if sound were kept
            self._said = f"No sound is kept any more: {type(error).__name__}: {error}."
            self._told.append(("not_kept", f"{self._said} Warnings go on. Please report it."))

    def _drain(self) -> None:
        while self._orders:
            order = self._orders.popleft()
            if order is _Mark.BEGIN:
                self._begin()
            elif order is _Mark.END:
                self._end()
            elif order is _Mark.WORDS:
                self._call.spoken = True
            elif isinstance(order, AudioChunk):
                self._take(order)
        self._write()

    def _begin(self) -> None:
        self._call = _Call(deque())
        self._said = WAITING
        try:
            make_folder(self._folder)
            expire(self._folder, self._keep_days)
            with tempfile.TemporaryFile(dir=self._folder):
                pass  # better told now than when somebody has called
            self._room()
        except OSError as error:
            self._fail(error)

    def _take(self, chunk: AudioChunk) -> None:
        with self._lock:
            self._waiting -= len(chunk.samples)
        call = self._call
        call.end = max(call.end, chunk.end)
        if call.over:
            return
        call.lead.append(chunk)
        while not call.spoken and call.lead[0].end < call.end - LEAD:
            call.lead.popleft()

    def _write(self) -> None:
        """Write what waits, if it is a call by now."""
        call = self._call
        if not call.spoken or call.over or not call.lead:
            return
        try:
            self._room()
            opened = call.file is None
            file = call.file or self._open(call)
            while call.lead:
                chunk = call.lead.popleft()
                start = chunk.start - call.origin
                if start + len(chunk.samples) > LONGEST:
                    raise _LongEnoughError
                samples = chunk.samples[max(0, -start) :]
                file.write(self._channels[chunk.side], max(0, start), samples)
            sure = time.monotonic() - self._sure >= _SURELY_S
            file.count(surely=sure)
            if sure:
                self._sure = time.monotonic()
            if opened:
                self._tell(call, file)
        except OSError as error:
            self._fail(error)

    def _open(self, call: _Call) -> KeptSound:
        call.origin = max(0, min(chunk.start for chunk in call.lead))
        began = datetime.now(UTC) - timedelta(seconds=(call.end - call.origin) / SAMPLE_RATE)
        call.file = KeptSound(self._folder, len(self._channels), began)
        return call.file

    def _tell(self, call: _Call, file: KeptSound) -> None:
        self._said, self._before = KEEPING, ""
        where = f" It begins {seconds(call.origin):g} s into the call." if call.origin else ""
        self._told.append((wording.KEEPING, f"Keeping the sound of this call in {file.path}.{where}"))

    def _room(self) -> None:
        if shutil.disk_usage(self._folder).free < self._spare:
            raise _NearlyFullError(0, f"less than {self._spare // 1_000_000} MB are free")

    def _fail(self, error: OSError) -> None:
        """Keep no more of this call; the next one is tried again. Told once, until there is another cause."""
        call = self._call
        part = self._close()
        call.over = True
        call.lead.clear()
        if isinstance(error, _LongEnoughError):
            self._said = f"The first {LONGEST // SAMPLE_RATE // 3600} hours of this call were kept, the rest is not."
            self._told.append(("not_kept", self._said))
            return
        cause = error.strerror or str(error)
        how = "no longer" if part else "not"
        self._said = f"The sound is {how} kept: {cause}."
        if cause != self._before:
            self._before = cause
            message = f"The sound of this call is {how} kept in {self._folder}: {cause}. Warnings go on. {_HINT}"
            self._told.append(("not_kept", message))

    def _end(self) -> None:
        self._write()
        self._close()
        self._call = _Call(deque(), over=True)

    def _close(self) -> bool:
        """Leave the file; returns whether there is one with sound in it."""
        file, self._call.file = self._call.file, None
        holds = file is not None and file.close()
        self.kept += holds
        return holds


class _NearlyFullError(OSError):
    """There is room, but not to spare."""


class _LongEnoughError(OSError):
    """The call is too long to be kept whole."""
