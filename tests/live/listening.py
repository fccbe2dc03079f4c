"""`livewatch listen --json` as another process, its events with the time at which they came."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests.command import ROOT, start

SAMPLES = ROOT / "samples"


@dataclass(frozen=True)
class Came:
    """An event and when it came, in seconds of time.monotonic()."""

    at: float
    event: dict[str, Any]


class Listening:
    """A running `livewatch listen`."""

    def __init__(self, environ: dict[str, str], *arguments: str, begin: Callable[..., Popen[str]] = start) -> None:
        self.began = time.monotonic()
        self.process = begin("listen", "--json", *arguments, environ=environ)
        self.stopped = math.inf
        """When it was told to end"""
        self.came: list[Came] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Listening:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(5)

    def wait(self, wanted: Callable[[dict[str, Any]], bool], within: float, since: float = 0.0) -> Came:
        """The first such event that came after `since`; fails after `within` seconds from now."""
        until = time.monotonic() + within
        with self._changed:
            while True:
                for came in self.came:
                    if came.at >= since and wanted(came.event):
                        return came
                left = until - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError(f"it did not come in {within} s; what came: {self.told()}; {self._stderr()}")
                self._changed.wait(min(left, 0.2))

    def notice(self, kind: str, within: float, since: float = 0.0) -> Came:
        """The first notice of a kind."""
        return self.wait(lambda event: event["event"] == "notice" and event["kind"] == kind, within, since)

    def alert(self, within: float, since: float = 0.0, level: str = "danger") -> Came:
        """The first alert of a level."""
        return self.wait(lambda event: event["event"] == "alert" and event["level"] == level, within, since)

    def listens(self) -> Came:
        """Wait until it listens."""
        return self.notice("listening", 20)

    def stop(self, number: int = signal.SIGINT) -> dict[str, Any]:
        """End it and return its last event."""
        self.stopped = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        self._reader.join(5)
        return self.came[-1].event

    def lasted(self) -> float:
        """Seconds from the first sample of the last call to `stop`, however long its last words took."""
        last = self.came[-1]
        return self.stopped - (last.at - last.event["wall_s"])

    def events(self, kind: str) -> list[dict[str, Any]]:
        """All events of a kind."""
        return [came.event for came in self.came if came.event["event"] == kind]

    def told(self) -> list[str]:
        """The kinds of all notices."""
        return [event["kind"] for event in self.events("notice")]

    def children(self, module: str) -> list[int]:
        """Process numbers of its children that run `module`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                parent = re.search(r"^PPid:\s*(\d+)", (entry / "status").read_text(), re.MULTILINE)
                line = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if parent and int(parent[1]) == self.process.pid and module in line:
                found.append(int(entry.name))
        return found

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._changed:
                self.came.append(Came(time.monotonic(), json.loads(line)))
                self._changed.notify_all()

    def _stderr(self) -> str:
        if self.process.poll() is None:
            return "it runs"
        return f"exit code {self.process.returncode}: {self.process.stderr.read() if self.process.stderr else ''}"


def kill_child(listening: Listening, number: int, module: str = "livewatch.runner.child") -> float:
    """Send a signal to the recogniser's process; returns when."""
    (process,) = listening.children(module)
    os.kill(process, number)
    return time.monotonic()
