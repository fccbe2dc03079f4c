"""`main`: parse, run the command, turn what went wrong into one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from livewatch.cli.parser.tree import build_parser
from livewatch.errors import ExitCode, LivewatchError
from livewatch.sinks.plain import plain

_DEBUG_HINT = "Type the same command with --debug, and report what it prints."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. `--help` and argument errors leave by `SystemExit`, as in argparse."""
    _open_closed_streams()
    interrupts = _Interrupts()
    debug = True  # until the options are known
    try:
        options = build_parser().parse_args(arguments)
        debug = options.debug
        code = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        code = ExitCode.OK
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except LivewatchError as error:
        if debug:
            import traceback  # noqa: PLC0415 - 15 ms that nobody else needs

            traceback.print_exc()
        _say(f"error: {error.message}", error.hint)
        code = error.exit_code
    except Exception as error:
        if interrupts.seen:
            return ExitCode.INTERRUPTED
        if debug:
            raise
        _say(f"error: something unexpected went wrong ({type(error).__name__}: {error}).", _DEBUG_HINT)
        code = ExitCode.ERROR
    _forget_broken_pipes()
    return int(code)


def _say(message: str, hint: str) -> None:
    """Print an error; the lines of a list of errors are kept, everything else is made plain."""
    lines = [plain(line) for line in f"livewatch: {message}".split("\n")]
    if hint:
        lines.append(plain(f"  hint: {hint}"))
    with suppress(BrokenPipeError):
        print("\n".join(lines), file=sys.stderr)  # noqa: T201 - the one place


class _Interrupts:
    """Remembers that Ctrl-C was pressed.

    In the middle of an import it may come out as any error: libraries catch and re-raise (seen: a NameError out of
    `except PackageNotFoundError`).
    """

    def __init__(self) -> None:
        self.seen = False
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.seen = True
        raise KeyboardInterrupt


def _open_closed_streams() -> None:
    """Give a program started with `>&-` something to write to: Python has no stream at all then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - to the end


def _forget_broken_pipes() -> None:
    """Whoever read our output may be gone (`| head`): Python would complain when it flushes at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except (OSError, ValueError):
            pass
