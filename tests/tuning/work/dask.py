"""A real scheduler and real workers of dask on this machine, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.command import environment

QUIET = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",  # a call that loses its worker is suspected at once
    "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h",
}


class Dask:
    """A scheduler; workers come and go. As a context it ends all of them."""

    def __init__(self, folder: Path, *options: str, **environ: str) -> None:
        self._folder = folder
        self._environ = {**QUIET, **environ}
        self._processes: list[subprocess.Popen[bytes]] = []
        found = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *options,
                                     "--scheduler-file", str(found))  # fmt: skip
        assert within(60, found.exists)
        self.url: str = json.loads(found.read_text())["address"]
        self.address = self.url.replace("tcp://", "dask://").replace("tls://", "dask+tls://")

    def worker(self, *options: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a worker with one thread; the process is its nanny's unless `--no-nanny` is among the options."""
        own = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder), *options]
        return self._start("worker", self.url, *own, environ=environ)

    def pids(self) -> list[int]:
        """Ask the scheduler for its workers' processes."""
        from distributed import Client

        with Client(self.url, set_as_default=False) as client:
            return sorted(client.run(os.getpid).values())

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End a worker, and wait until the scheduler knows."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # nannies and what they have started; politely it takes 8 s
        process.wait()
        assert process is self.scheduler or within(30, lambda: process.pid not in self.pids())

    def __enter__(self) -> Dask:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, what: str, *options: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, *options]
        with (self._folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=environment(**{**self._environ, **(environ or {})}), cwd=self._folder,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process


def within(limit_s: float, holds: Callable[[], object]) -> bool:
    """Whether `holds()` comes true within `limit_s` seconds."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False
