"""The process of the recogniser: `python -m livewatch.runner.child`, sound in, events out (see `wire`).

A crash in a native library ends this process and neither the window nor the alerts in it.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

import msgspec

from livewatch.assembly import Kit
from livewatch.errors import EngineError, LivewatchError
from livewatch.events import AudioChunk
from livewatch.risk.judge import Judge
from livewatch.runner import wire
from livewatch.settings import Settings


def main() -> None:
    """Serve until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the call first
    given = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a native library prints must not come between the frames
    first = wire.read(given)
    if first is None:
        return
    gc.disable()  # everything that is made while loading stays; looking through it again and again takes 0.1 s
    try:
        kit = Kit(msgspec.json.decode(first[1], type=Settings), live=True)
    except Exception as error:  # whatever it is, trying again would not help
        known = error if isinstance(error, LivewatchError) else _fault(error)
        failure = wire.Failure(type(known).__name__, known.code, known.message, known.hint)
        wire.write(out, b"e", msgspec.json.encode(failure))
        return
    gc.freeze()
    gc.enable()
    problems = tuple((f"{each.file}:{each.line}: {each.message}", each.suggestion) for each in kit.book_problems)
    wire.write(
        out, b"r", msgspec.json.encode(wire.Ready(kit.engine.name, kit.engine.model, kit.choice, problems=problems))
    )
    inbox = _Inbox(given)
    taken = _Taken(out)
    while (message := inbox.take()) is not None:
        if message[0] == b"b":
            try:
                _watch(kit, msgspec.msgpack.decode(message[1], type=wire.Begin), inbox, taken, out)
            except Exception as error:
                wire.write(out, b"f", f"{type(error).__name__}: {error}".encode())
                raise


def _fault(error: Exception) -> EngineError:
    what = f"{type(error).__name__}: {error}"
    return EngineError("recogniser-fault", f"The recogniser cannot be loaded ({what}).", "Try: livewatch doctor")


def _watch(kit: Kit, begin: wire.Begin, inbox: _Inbox, taken: _Taken, out: IO[bytes]) -> None:
    judge = kit.judge()
    for match in begin.before[: begin.dismissed]:
        list(judge.accept(match))
    if begin.dismissed:
        judge.dismiss(0)
    for match in begin.before[begin.dismissed :]:
        list(judge.accept(match))
    for happened in kit.watch(_Sound(begin.call, inbox, taken, judge, out), judge=judge, before=begin.before):
        wire.write(out, b"v", wire.event(happened))


class _Inbox:
    """Frames, read by a thread of their own, so that whoever sends them never waits for the recogniser."""

    def __init__(self, given: IO[bytes]) -> None:
        self._queue: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self._given = given
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def take(self) -> tuple[bytes, bytes] | None:
        """Return the next frame; None at the end."""
        return self._queue.get()

    def waiting(self) -> int:
        """Frames that wait."""
        return self._queue.qsize()

    def _read(self) -> None:
        while (message := wire.read(self._given)) is not None:
            self._queue.put(message)
        self._queue.put(None)


class _Taken:
    """Tells the parent how far the recogniser has come."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._samples = 0
        self._told = 0

    def count(self, samples: int) -> None:
        """So many more samples have been worked through."""
        self._samples += samples
        if self._samples - self._told >= wire.TELL:
            self._told = self._samples
            wire.write(self._out, b"a", wire.TAKEN.pack(self._samples, time.process_time()))


class _Sound:
    """The sound of one call, as it comes from the parent. Satisfies `Source`."""

    duration: int | None = None

    def __init__(self, name: str, inbox: _Inbox, taken: _Taken, judge: Judge, out: IO[bytes]) -> None:
        self.name = name
        self._inbox = inbox
        self._taken = taken
        self._judge = judge
        self._out = out

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield sound until the call ends. In between, do what the user asks of the judge."""
        at = 0
        while (message := self._inbox.take()) is not None:
            kind, data = message
            if kind == b"x":
                return
            if kind == b"d":
                wire.write(self._out, b"v", wire.event(self._judge.dismiss(at)))
            elif kind == b"s":
                chunk = wire.chunk_of(data)
                at = chunk.end
                yield replace(chunk, waiting=chunk.waiting + self._inbox.waiting() * len(chunk.samples))
                self._taken.count(len(chunk.samples))
        raise EOFError  # the parent is gone: nobody wants the last words


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, EOFError):
        sys.exit(0)
