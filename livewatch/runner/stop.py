"""Ctrl-C and SIGTERM: end the call under way as if the caller had hung up."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Stop:
    """Whether the run was asked to end. As a context it listens to Ctrl-C and SIGTERM; a second one ends it hard."""

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._asked) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        """Only set a flag: the thread that is interrupted here may hold any lock."""
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
