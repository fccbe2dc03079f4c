"""Single keys from the terminal, without the return key."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Self

END = ""
"""The terminal has gone, or control-D was pressed"""
OTHER = "\0"
"""A key that is no sign: an arrow, a function key. Never taken apart: the right arrow ends in a C"""


class Keys:
    """As a context: the terminal hands over each key as it is pressed, and is put back afterwards.

    Ctrl-C stays Ctrl-C.
    """

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            import termios  # noqa: PLC0415 - not on Windows
            import tty  # noqa: PLC0415

            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin, termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32":
            import termios  # noqa: PLC0415

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    def read(self) -> str:
        """Wait for a key; `END` when none will come any more, `OTHER` for one that is no sign."""
        key = _of_windows() if sys.platform == "win32" else _of_terminal(sys.stdin.fileno())
        return END if key == "\x04" else key


def _of_terminal(terminal: int) -> str:
    import select  # noqa: PLC0415 - not for terminals on Windows

    key = os.read(terminal, 1)
    if key == b"\x1b":
        while select.select([terminal], [], [], 0.02)[0]:  # the rest of it comes at once
            if not os.read(terminal, 32):
                break
        return OTHER
    return key.decode("utf-8", "replace")


def _of_windows() -> str:
    import msvcrt  # noqa: PLC0415 - only there

    key = msvcrt.getwch()  # type: ignore[attr-defined]
    if key == "\x03":
        raise KeyboardInterrupt
    if key in ("\0", "\xe0"):
        msvcrt.getwch()  # type: ignore[attr-defined]
        return OTHER
    return key
