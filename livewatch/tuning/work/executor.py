"""Who watches the calls: one interface in the manner of `concurrent.futures`: submit, as completed, shut down."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from livewatch.tuning.corpus.manifest import Problem


class Task(Protocol):
    """One call to be watched; travels to other processes by pickle. `LabelledCall` is one."""

    @property
    def id(self) -> str:
        """Name of the call, its own within a run."""
        ...

    @property
    def place(self) -> str:
        """Where it was asked for, to name it in a `Problem`."""
        ...

    @property
    def audio(self) -> Path | None:
        """The recording; None for a text."""
        ...

    @property
    def duration_s(self) -> float | None:
        """Seconds of sound where they are known, only to begin with the longest."""
        ...

    @property
    def words(self) -> int:
        """Words of a text, only to begin with the longest."""
        ...


TaskT = TypeVar("TaskT", bound=Task)
ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)

Watcher: TypeAlias = Callable[[TaskT, Callable[[], bool]], ResultT | Problem]
"""Watches one call to the end, or gives up soon after its second argument says that the run was stopped"""

OpenWatcher: TypeAlias = Callable[[], Watcher[TaskT, ResultT]]
"""Makes a process ready to watch: called in it once, so it travels by pickle. What it loads serves every call there"""

Done: TypeAlias = tuple[TaskT, ResultT | Problem]
"""A call, and what became of it"""


class Executor(Protocol[TaskT, ResultT_co]):
    """Watches the calls of one run: here, in processes beside this one, on other machines. Used from one thread."""

    def submit(self, task: TaskT) -> None:
        """Take one more call. Not after `as_completed` has begun."""
        ...

    def as_completed(self) -> Generator[Done[TaskT, ResultT_co], None, None]:
        """Yield every call once, with what became of it, as they are done; the longest recordings are begun first.

        A call that cannot be watched costs no other. Raises `LivewatchError` when nothing can be watched any more.
        """
        ...

    def shutdown(self) -> None:
        """Stop what is under way and free everything; may be called twice. What was yielded before stays good."""
        ...


def watch_all(
    executor: Executor[TaskT, ResultT], tasks: Iterable[TaskT]
) -> Generator[Done[TaskT, ResultT], None, None]:
    """Watch `tasks`, and shut `executor` down at the end, also when the generator is closed before."""
    try:
        for task in tasks:
            executor.submit(task)
        yield from executor.as_completed()
    finally:
        executor.shutdown()


def cost(task: Task) -> tuple[bool, float]:
    """Sort key for the order of work, dearest last: text before recordings, short before long.

    Begin with the dearest, so that no process ends with a long one alone.
    """
    if task.audio is None:
        return False, task.words
    if task.duration_s is not None:
        return True, task.duration_s
    try:
        return True, task.audio.stat().st_size / _BYTES_PER_SECOND
    except OSError:  # gone since it was found; the watcher will say so
        return True, 0.0


_BYTES_PER_SECOND = 16_000
"""Of a recording whose length nobody has said: 8 kHz, 16 bit. Only for the order of work"""
