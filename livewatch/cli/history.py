"""`livewatch history list|show|clear|path`, and the history sink as the settings ask for it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from livewatch.errors import ExitCode, LivewatchError, UsageError
from livewatch.risk.aftermath import country_here, load_guidance
from livewatch.settings import HistorySettings, load
from livewatch.sinks.history import History, Kept, clear, expire, kept_calls
from livewatch.sinks.plain import plain
from livewatch.sinks.summary import summary
from livewatch.sinks.wording import BADGE, clock


def history_folder(settings: HistorySettings) -> Path:
    """Return the folder of the history, whether or not it exists."""
    if settings.folder:
        return Path(settings.folder)
    return platformdirs.user_data_path("livewatch", appauthor=False) / "history"


def history_sinks(
    settings: HistorySettings, report: Callable[[str, LivewatchError], None], *, wanted: bool
) -> list[History]:
    """Return the sink to put before all others where calls are to be kept, else none."""
    if not wanted:
        return []
    return [History(history_folder(settings), report, keep_days=settings.keep_days)]


def show_all(options: argparse.Namespace) -> int:
    """List all calls."""
    settings = load().settings.history
    calls = _calls(settings)
    for number, kept in enumerate(calls, start=1):
        record = kept.record
        when = f"{record.started or kept.began.astimezone():%Y-%m-%d %H:%M}"
        length = clock(record.end) if record.complete else f"{clock(record.end)}, not to its end"
        alerts = "1 alert" if len(record.alerts) == 1 else f"{len(record.alerts)} alerts"
        _print(f"{number:4}  {when}  {BADGE[record.level]}, {alerts}  ({length})  {record.call}")
    if not calls:
        _say(f"No call is kept in {history_folder(settings)}.")
        if not settings.enabled:
            _say("  hint: The history is off. To switch it on: livewatch config set history.enabled true")
    return ExitCode.OK


def show(options: argparse.Namespace) -> int:
    """Print one call."""
    kept = numbered(_calls(load().settings.history), options.number)
    for line in summary(kept.record, load_guidance(), country_here()):
        _print(line)
    if kept.damaged:
        _say(f"{kept.damaged} damaged lines in {kept.path} could not be read.")
    return ExitCode.OK


def remove_all(options: argparse.Namespace) -> int:
    """Remove all calls, when whoever sits there agrees."""
    folder = history_folder(load().settings.history)
    if not options.yes and not _agreed(len(kept_calls(folder))):
        _say("Nothing was removed.")
        return ExitCode.OK
    gone = clear(folder)
    _say("1 call was removed." if gone == 1 else f"{gone} calls were removed.")
    return ExitCode.OK


def path(options: argparse.Namespace) -> int:
    """Print the folder."""
    _print(str(history_folder(load().settings.history)))
    return ExitCode.OK


def numbered(calls: list[Kept], number: int) -> Kept:
    """Return the call of that number, 1 being the newest. Raises `UsageError`."""
    if 1 <= number <= len(calls):
        return calls[number - 1]
    there = f"there are {len(calls)}" if calls else "none is kept"
    raise UsageError("history-number", f"There is no call {number} in the history: {there}.", "livewatch history list")


def _calls(settings: HistorySettings) -> list[Kept]:
    """Read the calls that may still be kept: those too old go here as well, since listening may have been stopped."""
    folder = history_folder(settings)
    expire(folder, settings.keep_days)
    return kept_calls(folder)


def _agreed(calls: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("history-clear", "Removing all calls needs a yes.", "livewatch history clear --yes")
    try:
        return input(f"Remove all {calls} calls of the history? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _print(line: str) -> None:
    print(plain(line))  # noqa: T201


def _say(line: str) -> None:
    print(plain(line), file=sys.stderr)  # noqa: T201
