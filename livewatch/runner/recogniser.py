"""The recogniser, kept in a process of its own: fed through a bounded queue, started again when it dies or hangs."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import IO, TypeAlias, cast

import msgspec

import livewatch.errors
from livewatch.audio import helper
from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, AudioChunk, CallEnded, Event, Notice
from livewatch.runner import wire
from livewatch.runner.backlog import NEW, Backlog
from livewatch.runner.feed import LONGEST
from livewatch.runner.resume import Resume
from livewatch.settings import Settings

_AHEAD = SAMPLE_RATE // 2
"""Samples sent and not yet worked through, at most: little enough for any pipe, so that sending never waits"""
_HANGS_S, _LOADS_S = 10.0, 60.0
"""Seconds without progress after which the process is killed, and those it may take to load"""
_OFTEN, _WITHIN_S, _REST_S = 3, 60.0, 2.0
"""So many deaths in so many seconds, and what was heard last is not heard again (it may be the cause), after a rest"""

Message: TypeAlias = tuple[int, bytes, bytes]
"""Number of the process, kind and content of a frame; kind b"" when it has ended"""

RecogniserProcess: TypeAlias = "subprocess.Popen[bytes]"
"""A process of `livewatch.runner.child`"""


def start_process(settings: Settings) -> RecogniserProcess:
    """Start a process that begins to load at once, for a `Recogniser`; without one it ends by `end_process`."""
    process = subprocess.Popen(  # noqa: S603 - the words are ours
        helper.command("livewatch.runner.child"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=helper.environment(),
        start_new_session=True,
    )
    with contextlib.suppress(OSError):  # that it is dead already is told by who reads from it
        wire.write(cast(IO[bytes], process.stdin), b"i", msgspec.json.encode(settings))
    return process


def end_process(process: RecogniserProcess) -> None:
    """Let a process end by itself; one that does not within a second is killed."""
    with contextlib.suppress(OSError):
        cast(IO[bytes], process.stdin).close()
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Recogniser:
    """Used from one thread, except that `inbox` is called from the one that reads."""

    def __init__(
        self,
        settings: Settings,
        tracks: int,
        inbox: Callable[[Message], None],
        process: RecogniserProcess | None = None,
    ) -> None:
        """Start the process, or take over one that was started. `inbox` is given its messages.

        Each of them has to come back through `receive`.
        """
        self._settings = settings
        self._inbox = inbox
        self._number = 0
        self._deaths: deque[float] = deque(maxlen=_OFTEN)
        self._backlog = Backlog(tracks * LONGEST)
        self._resume: Resume | None = None
        self._fault = ""
        """What it said of its own end"""
        self._closing = False
        """Whether the end of the call was sent and has not come back: the next call waits for it"""
        self._cpu_before, self._cpu_now = 0.0, 0.0
        self.ready: wire.Ready | None = None
        """What is loaded; None while nothing is"""
        self._loaded = False
        """Whether any process has been loaded: if so, the next can be, and what kills it will pass"""
        self.restarting = False
        """Whether it has died and has not yet come as far as before"""
        self._start(process)

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all processes so far."""
        return self._cpu_before + self._cpu_now

    @property
    def behind(self) -> int:
        """Samples delivered and not yet worked through."""
        return self._backlog.samples + self._sent - self._taken

    def begin(self, call: str) -> None:
        """Begin a call, behind what is queued."""
        self._backlog.order(b"b", call.encode())
        self._pump()

    def end(self) -> None:
        """End the call, behind what is queued; its `CallEnded` comes through `receive`."""
        self._backlog.order(b"x")
        self._pump()

    def ended(self, at: int) -> CallEnded:
        """Return the end of a call whose recogniser does not give it any more."""
        return (self._resume or Resume("")).ended(at)

    def dismiss(self) -> None:
        """Somebody says that the alert was wrong."""
        if self._resume is not None:
            self._resume.dismiss()
        self._backlog.order_first(b"d")
        self._pump()

    def hear(self, chunk: AudioChunk) -> None:
        """Take sound. What does not fit into the queue pushes out the oldest, counted in a later chunk's `lost`."""
        self._backlog.hear(chunk)
        self._pump()
        self._backlog.trim()

    def receive(self, message: Message) -> Iterator[Event]:
        """Work on a message. Raises `LivewatchError` when it cannot be loaded, or not be kept alive."""
        number, kind, data = message
        if number != self._number:
            return
        self._progress = time.monotonic()
        if kind == b"r":
            self.ready, self._loaded = msgspec.json.decode(data, type=wire.Ready), True
            self._pump()
        elif kind == b"a":
            self._taken, self._cpu_now = wire.TAKEN.unpack(data)
            if self._taken >= self._backlog.again:
                self._backlog.again, self.restarting = 0, False
            self._pump()
        elif kind == b"v" and self._resume is not None:
            event = wire.event_of(data)
            yield from self._resume.pass_on(event)
            if isinstance(event, CallEnded):
                self._closing = False
                self._pump()
        elif kind == b"f":
            self._fault = data.decode("utf-8", "replace")
        elif kind == b"e":
            failure = msgspec.json.decode(data, type=wire.Failure)
            raise getattr(livewatch.errors, failure.kind, EngineError)(failure.code, failure.message, failure.hint)
        elif kind == b"":
            yield from self._died()

    def tend(self) -> None:
        """Kill a process that hangs; called a few times a second."""
        now = time.monotonic()
        if self._rest_until:
            if now >= self._rest_until:
                self._start()
        elif self.ready is not None and not self._closing and self._sent - self._taken < wire.TELL:
            self._progress = now  # it has nothing to do
        elif now - self._progress > (_LOADS_S if self.ready is None else _HANGS_S):
            self._process.kill()

    def close(self) -> None:
        """End the process."""
        self._number += 1
        end_process(self._process)
        self._reader.join(1)

    def _start(self, process: RecogniserProcess | None = None) -> None:
        self._number += 1
        self._sent = self._taken = 0
        self._progress = time.monotonic()
        self._rest_until = 0.0
        self._process = process or start_process(self._settings)
        self._reader = threading.Thread(target=self._read, args=(self._number, self._process), daemon=True)
        self._reader.start()

    def _read(self, number: int, process: subprocess.Popen[bytes]) -> None:
        stream = cast(IO[bytes], process.stdout)
        while (frame := wire.read(stream)) is not None:
            self._inbox((number, *frame))
        process.wait()
        self._inbox((number, b"", b""))

    def _died(self) -> Iterator[Event]:
        why, self._fault = self._fault or _why(self._process.returncode), ""
        now = time.monotonic()
        self._deaths.append(now)
        often = len(self._deaths) == _OFTEN and now - self._deaths[0] < _WITHIN_S
        if often and not self._loaded:
            raise EngineError("recogniser-dies", f"The recogniser ends while it is loaded ({why}).", _CHECK)
        self._cpu_before, self._cpu_now = self.cpu_s, 0.0
        self.ready, self.restarting = None, True
        if self._resume is not None:
            again = "What was said in the last seconds may be missing" if often else "The last seconds are heard again"
            yield Notice(self._resume.at, "restarted", f"The recogniser had stopped ({why}). {again}.")
            self._hear_again(self._resume, nothing=often)
        if often:
            self._rest_until = now + _REST_S
        else:
            self._start()

    def _hear_again(self, resume: Resume, *, nothing: bool) -> None:
        """Let the next process go on with the call; `nothing`: without what was heard last."""
        resume.restart()
        if self._closing:
            self._backlog.order_first(b"x")
            self._closing = False
        if nothing:
            self._backlog.forget()
        self._backlog.put_back()
        self._backlog.order_first(b"c")

    def _pump(self) -> None:
        """Send what may be sent."""
        if self.ready is None:
            return
        with contextlib.suppress(OSError):  # that it has died is told by the reader
            while not self._closing and self._backlog.ready(sound=self._sent - self._taken < _AHEAD):
                self._send(*self._backlog.take())

    def _send(self, kind: bytes, content: AudioChunk | bytes) -> None:
        stream = cast(IO[bytes], self._process.stdin)
        if isinstance(content, AudioChunk):
            self._sent += len(content.samples)
            if kind == NEW and self._resume is not None:
                self._resume.lose(content.lost)
            wire.write(stream, b"s", wire.sound(content))
        elif kind in (b"b", b"c"):
            if kind == b"b":
                self._resume = Resume(content.decode())
                self._backlog.forget()
            wire.write(stream, b"b", msgspec.msgpack.encode(cast(Resume, self._resume).begin()))
        else:
            self._closing = kind == b"x"
            wire.write(stream, kind, content)


_CHECK = "To check the models: livewatch models check"


def _why(code: int | None) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"
