"""Calls watched by the workers of a dask cluster: `--cluster dask://HOST:PORT`."""

from __future__ import annotations

import pickle
import signal
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING, Any, Generic

from livewatch.errors import LostClusterError
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.work.executor import Done, OpenWatcher, ResultT, TaskT, cost
from livewatch.tuning.work.on_worker import Answer, Order, describe, watch
from livewatch.tuning.work.pool import CRASHES
from livewatch.tuning.work.scheduler import check_workers, connect, no_workers

if TYPE_CHECKING:
    from distributed import Future

TRIES = 3
"""Workers that may turn a call down, lacking its recording or being of another version, before it is given up"""
PATIENCE_S = 60.0
"""Seconds without any worker before the run is ended; a nanny starts a new one in about two"""
_FETCH_S = 30.0
"""Seconds for an answer to come from its worker"""
_LOOK_S = 2.0
"""Seconds between two questions how many workers there are"""
_POLL_S = 0.2
"""Seconds between two looks whether to stop"""


@dataclass(slots=True)
class _Try(Generic[TaskT]):
    """A call under way."""

    task: TaskT
    turned_down: tuple[str, ...] = ()
    """Addresses of the workers that could not do it"""


class Cluster(Generic[TaskT, ResultT]):
    """Watches on the workers of a dask cluster. Satisfies `Executor`; recordings are named by absolute paths.

    dask starts a call again elsewhere when its worker dies, and gives a call up whose workers died too often (four
    times, unless the scheduler is set otherwise). Calls that merely were on the same workers are given up with it, so
    each of these is tried once more at the end, with nothing beside it: what dies then is the culprit.
    """

    def __init__(
        self,
        address: str,
        open_watcher: OpenWatcher[TaskT, ResultT],
        *,
        files: Sequence[str] = (),
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        """Connect to the scheduler at `address`. Raises `UsageError` and `ClusterError`.

        `files`: phrase lists that the workers must have, too. Once `stopped` is true no more calls are yielded;
        without it Ctrl-C raises `KeyboardInterrupt` between two calls.
        """
        self._address = address
        self._ctrl_c = None if stopped else _CtrlC()
        self._stopped = stopped or (lambda: False)
        self._queue: list[TaskT] = []
        self._under_way: dict[Future, _Try[TaskT]] = {}
        self._ended: SimpleQueue[Future] = SimpleQueue()
        self._run = uuid.uuid4().hex
        self._number = 0
        self._threads: dict[str, int] = {}
        self._seen = self._looked = time.monotonic()
        self._order = pickle.dumps(Order(open_watcher, tuple(files), describe(files)))
        self._client = connect(address)
        try:
            check_workers(self._client, address, files)
        except BaseException:
            self.shutdown()
            raise

    def submit(self, task: TaskT) -> None:
        """See `Executor`."""
        self._queue.append(task)

    def as_completed(self) -> Generator[Done[TaskT, ResultT], None, None]:
        """See `Executor`."""
        with self._ctrl_c or nullcontext():
            yield from self._watch_all()

    def shutdown(self) -> None:
        """See `Executor`. Calls under way on the workers end within moments."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel([*self._under_way])
        self._under_way.clear()
        with suppress(Exception):
            self._client.close(timeout=5)

    def _watch_all(self) -> Generator[Done[TaskT, ResultT], None, None]:
        queue, self._queue = deque(sorted(self._queue, key=cost, reverse=True)), []
        self._look(now=True)
        suspects = yield from self._work(queue)
        crashes = 0
        for task in suspects:
            if self._stopped():
                return
            if crashes >= CRASHES:
                message = f"The workers died on {CRASHES} calls in a row, so the rest was left."
                yield task, Problem(task.place, "workers-died", message, "Have the workers enough memory?")
                continue
            died = yield from self._work(deque([task]))
            crashes = crashes + 1 if died else 0
            if died:
                message = f"Every worker that watched {task.id!r} died."
                hint = "Try it alone, without --cluster and with --jobs 1; have the workers enough memory?"
                yield task, Problem(task.place, "worker-died", message, hint)

    def _work(self, queue: deque[TaskT]) -> Generator[Done[TaskT, ResultT], None, list[TaskT]]:
        """Work through `queue`; return the calls whose workers died."""
        from distributed import KilledWorker  # noqa: PLC0415 - an extra

        suspects: list[TaskT] = []
        in_a_row = 0
        while queue or self._under_way:
            at_once = 2 * max(1, sum(self._threads.values()))  # one to work on and one in reserve for each
            while queue and len(self._under_way) < at_once:
                self._hand_out(_Try(queue.popleft()))
            future = self._next()
            if future is None:
                return []
            attempt = self._under_way.pop(future)
            try:
                answer: Answer = future.result(timeout=_FETCH_S)
            except TimeoutError:  # its worker died with the answer: the call is being watched again
                self._under_way[future] = attempt
                self._ended.put(future)
                self._look(now=True)
                continue
            except KilledWorker:
                suspects.append(attempt.task)
                in_a_row += 1
                if in_a_row > CRASHES + at_once:  # not one call's fault, nor that of those beside it
                    message = f"The workers at {self._address} died, call after call."
                    raise LostClusterError(
                        "workers-died", message, "Have they enough memory? See what they print."
                    ) from None
                continue
            except Exception as error:
                self._raise_if_lost(future)
                said = f"The call {attempt.task.id!r} failed unexpectedly ({type(error).__name__}: {error})."
                yield attempt.task, Problem(attempt.task.place, "unexpected", said, "Please report it.")
                continue
            in_a_row = 0
            if answer.unfit and self._try_elsewhere(attempt, answer.worker):
                continue
            yield attempt.task, answer.outcome
        return suspects

    def _hand_out(self, attempt: _Try[TaskT]) -> None:
        fit = [worker for worker in self._threads if worker not in attempt.turned_down]
        self._number += 1
        future = self._client.submit(
            watch,
            self._order,
            pickle.dumps(attempt.task),  # dask would look for its own things in it
            key=f"livewatch-{self._run}-{self._number}",
            workers=fit if attempt.turned_down else None,
            allow_other_workers=bool(attempt.turned_down),
        )
        self._under_way[future] = attempt
        future.add_done_callback(self._ended.put)

    def _try_elsewhere(self, attempt: _Try[TaskT], worker: str) -> bool:
        """Hand the call out again unless all workers, or enough of them, have turned it down."""
        attempt.turned_down += (worker,)
        self._look(now=True)
        if len(attempt.turned_down) >= TRIES or not self._threads.keys() - {*attempt.turned_down}:
            return False
        self._hand_out(attempt)
        return True

    def _next(self) -> Future | None:
        """Wait for the next call that is done; None once the run was stopped. Raises `LostClusterError`."""
        while not self._stopped():
            if self._ctrl_c is not None and self._ctrl_c.pressed:
                raise KeyboardInterrupt
            try:
                return self._ended.get(timeout=_POLL_S)
            except Empty:
                self._look()
        return None

    def _look(self, *, now: bool = False) -> None:
        """Ask who works there, now and then. Raises `LostClusterError` when nobody does for a while."""
        if not now and time.monotonic() - self._looked < _LOOK_S:
            return
        try:
            self._threads = dict(self._client.nthreads())  # type: ignore[arg-type]  # of a client that waits
        except Exception:  # the scheduler is gone; the calls under way are about to say so
            self._raise_if_lost(*self._under_way)
        self._looked = time.monotonic()
        if self._threads:
            self._seen = self._looked
        elif self._looked - self._seen > PATIENCE_S:
            raise no_workers(self._address, "has lost all its workers", LostClusterError)

    def _raise_if_lost(self, *futures: Future) -> None:
        if self._client.status != "running" or any(future.cancelled() or future.status == "lost" for future in futures):
            message = f"The scheduler at {self._address} went away, or was started anew."
            raise LostClusterError("cluster-lost", message, "See what it printed, and start it again.")


class _CtrlC:
    """As a context it holds Ctrl-C until it is asked for; a second one comes through at once.

    In the middle of dask's client it leaves tracebacks on the screen.
    """

    def __init__(self) -> None:
        self.pressed = False
        self._before: Any = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
