"""Calls watched in this process, or in several beside it: a crash costs one call at most, Ctrl-C stops soon."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for_end
from multiprocessing.synchronize import Event as EventType
from typing import Any, Generic

from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.work.executor import Done, OpenWatcher, ResultT, TaskT, Watcher, cost, watch_all

CRASHES = 5
"""So many calls in a row that crash their process mean that the processes, not the calls, are at fault"""


def watch_here(tasks: Sequence[TaskT], watcher: Watcher[TaskT, ResultT]) -> Generator[Done[TaskT, ResultT], None, None]:
    """Watch `tasks` in this process, one after the other."""
    return watch_all(Here(watcher), tasks)


def watch_in_processes(
    tasks: Sequence[TaskT], open_watcher: OpenWatcher[TaskT, ResultT], jobs: int
) -> Generator[Done[TaskT, ResultT], None, None]:
    """Watch `tasks` in `jobs` processes; see `Processes`."""
    return watch_all(Processes(open_watcher, jobs), tasks)


class Here(Generic[TaskT, ResultT]):
    """Watches in this process, in the order of submission. Satisfies `Executor`."""

    def __init__(self, watcher: Watcher[TaskT, ResultT]) -> None:
        self._watcher = watcher
        self._queue: deque[TaskT] = deque()

    def submit(self, task: TaskT) -> None:
        """See `Executor`."""
        self._queue.append(task)

    def as_completed(self) -> Generator[Done[TaskT, ResultT], None, None]:
        """See `Executor`."""
        while self._queue:
            task = self._queue.popleft()
            yield task, self._watcher(task, lambda: False)

    def shutdown(self) -> None:
        """See `Executor`."""
        self._queue.clear()


class Processes(Generic[TaskT, ResultT]):
    """Watches in `jobs` processes of this machine. Satisfies `Executor`.

    Only a few calls are handed out at a time. When a process dies, the calls under way are tried again one by one, each
    in a process of its own: the one that kills it again is the culprit and becomes a `Problem`.
    """

    def __init__(self, open_watcher: OpenWatcher[TaskT, ResultT], jobs: int) -> None:
        self._open_watcher = open_watcher
        self._jobs = jobs
        self._queue: deque[TaskT] = deque()
        self._end: Callable[[], None] | None = None

    def submit(self, task: TaskT) -> None:
        """See `Executor`."""
        self._queue.append(task)

    def as_completed(self) -> Generator[Done[TaskT, ResultT], None, None]:
        """See `Executor`."""
        queue = deque(sorted(self._queue, key=cost, reverse=True))
        crashes = 0
        while queue and crashes < CRASHES:
            waiting = len(queue)
            suspects = yield from self._run(queue, self._jobs)
            if waiting - len(queue) > len(suspects):
                crashes = 0
            while suspects and crashes < CRASHES:
                task = suspects.pop(0)
                if not (yield from self._run(deque([task]), 1)):
                    crashes = 0
                    continue
                crashes += 1
                message = f"The process that watched {task.id!r} died, twice."
                hint = "Try it alone with --jobs 1; is there enough memory?"
                yield task, Problem(task.place, "worker-died", message, hint)
            queue.extendleft(reversed(suspects))
        for task in queue:
            message = f"The processes died on {CRASHES} calls in a row, so the rest was left."
            yield task, Problem(task.place, "workers-died", message, "Try --jobs 1.")

    def shutdown(self) -> None:
        """See `Executor`."""
        if self._end is not None:
            self._end()

    def _run(self, queue: deque[TaskT], jobs: int) -> Generator[Done[TaskT, ResultT], None, list[TaskT]]:
        """Work through `queue` until it is empty or a process dies; return the calls that were under way then."""
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        pool = ProcessPoolExecutor(min(jobs, len(queue)), context, _start, (self._open_watcher, stop))

        def end() -> None:
            stop.set()
            pool.shutdown(cancel_futures=True)

        self._end = end
        under_way: dict[Future[ResultT | Problem], TaskT] = {}
        try:
            while queue or under_way:
                while queue and len(under_way) < 2 * jobs:  # one to work on and one in reserve for each
                    with _ctrl_c_held():
                        under_way[pool.submit(_watch, queue[0])] = queue[0]
                    queue.popleft()
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    yield under_way.pop(future), outcome
        except BrokenProcessPool:
            for future, task in [*under_way.items()]:
                if future.done() and future.exception() is None:
                    del under_way[future]
                    yield task, future.result()
        finally:
            end()
        return list(under_way.values())


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Start processes with Ctrl-C blocked from their first instruction; here it is only delivered a little later.

    The terminal sends it to the whole group. Without this a process that is still importing dies with a traceback.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Process:
    """What a worker process holds from one call to the next."""

    watcher: Watcher[Any, Any]
    stop: EventType


_process = _Process()


def _start(open_watcher: OpenWatcher[Any, Any], stop: EventType) -> None:
    """Make a worker process ready. Runs in it, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _process.watcher = open_watcher()
    _process.stop = stop


def _watch(task: Any) -> Any:
    """Watch one call. Runs in a worker process."""
    return _process.watcher(task, _process.stop.is_set)


def _end_with_parent() -> None:
    """End the worker when the main process was killed: it holds both ends of its queue and would wait forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
        os._exit(1)
