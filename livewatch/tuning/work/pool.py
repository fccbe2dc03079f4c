"""Many calls over several processes: results as they come, a crash costs one call at most, Ctrl-C stops soon."""

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
from typing import TypeAlias

from livewatch.tuning.corpus.manifest import LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult

Outcome: TypeAlias = CallResult | Problem
"""What became of a call"""

Watcher: TypeAlias = Callable[[LabelledCall, Callable[[], bool]], Outcome]
"""Watches one call to the end, or gives up soon after its second argument says that the run was stopped"""

CRASHES = 5
"""So many calls in a row that crash their process mean that the processes, not the calls, are at fault"""

_BYTES_PER_SECOND = 16_000
"""Of a recording whose length the manifest does not say: 8 kHz, 16 bit. Only for the order of work"""

_Done: TypeAlias = tuple[LabelledCall, Outcome]


def watch_here(calls: Sequence[LabelledCall], watcher: Watcher) -> Generator[_Done, None, None]:
    """Watch `calls` in this process, one after the other."""
    for call in calls:
        yield call, watcher(call, lambda: False)


def watch_in_processes(
    calls: Sequence[LabelledCall], open_watcher: Callable[[], Watcher], jobs: int
) -> Generator[_Done, None, None]:
    """Watch `calls` in `jobs` processes, long recordings first; yields each outcome as it comes.

    `open_watcher` is pickled and called once in each process. Only a few calls are handed out at a time. When a process
    dies, the calls under way are tried again one by one, each in a process of its own: the one that kills it again is
    the culprit and becomes a `Problem`. Closing the generator, or an exception thrown into it, stops the processes.
    """
    queue = deque(sorted(calls, key=_cost, reverse=True))
    crashes = 0
    while queue and crashes < CRASHES:
        waiting = len(queue)
        suspects = yield from _run(queue, open_watcher, jobs)
        if waiting - len(queue) > len(suspects):
            crashes = 0
        while suspects and crashes < CRASHES:
            call = suspects.pop(0)
            if not (yield from _run(deque([call]), open_watcher, 1)):
                crashes = 0
                continue
            crashes += 1
            message = f"The process that watched {call.id!r} died, twice."
            yield (
                call,
                Problem(call.place, "worker-died", message, "Try it alone with --jobs 1; is there enough memory?"),
            )
        queue.extendleft(reversed(suspects))
    for call in queue:
        message = f"The processes died on {CRASHES} calls in a row, so the rest was left."
        yield call, Problem(call.place, "workers-died", message, "Try --jobs 1.")


def _run(
    queue: deque[LabelledCall], open_watcher: Callable[[], Watcher], jobs: int
) -> Generator[_Done, None, list[LabelledCall]]:
    """Work through `queue` until it is empty or a process dies; return the calls that were under way then."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(min(jobs, len(queue)), context, _start, (open_watcher, stop))
    under_way: dict[Future[Outcome], LabelledCall] = {}
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
        for future, call in [*under_way.items()]:
            if future.done() and future.exception() is None:
                del under_way[future]
                yield call, future.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    return list(under_way.values())


def _cost(call: LabelledCall) -> tuple[bool, float]:
    """Sort key: recordings before text, the longest first, so that no process ends with a long one alone."""
    if call.audio is None:
        return False, call.words
    if call.duration_s is not None:
        return True, call.duration_s
    try:
        return True, call.audio.stat().st_size / _BYTES_PER_SECOND
    except OSError:  # gone since the manifest was read; the watcher will say so
        return True, 0.0


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

    watcher: Watcher
    stop: EventType


_process = _Process()


def _start(open_watcher: Callable[[], Watcher], stop: EventType) -> None:
    """Make a worker process ready. Runs in it, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _process.watcher = open_watcher()
    _process.stop = stop


def _watch(call: LabelledCall) -> Outcome:
    """Watch one call. Runs in a worker process."""
    return _process.watcher(call, _process.stop.is_set)


def _end_with_parent() -> None:
    """End the worker when the main process was killed: it holds both ends of its queue and would wait forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for_end([parent.sentinel])
        os._exit(1)
