"""`livewatch autostart on|off|status`."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch import autostart
from livewatch.errors import ExitCode
from livewatch.sinks.plain import plain


def on(options: argparse.Namespace) -> int:
    """Start livewatch with the desktop from the next login on."""
    where = autostart.entry()
    autostart.switch_on(where)
    _print(f"From the next login on livewatch starts by itself ({where.place}).")
    return ExitCode.OK


def off(options: argparse.Namespace) -> int:
    """Start it no more."""
    was_on = autostart.switch_off(autostart.entry())
    _print("livewatch no longer starts by itself." if was_on else "livewatch did not start by itself before either.")
    return ExitCode.OK


def status(options: argparse.Namespace) -> int:
    """Say whether it is on, and whether it starts this livewatch."""
    where = autostart.entry()
    line = autostart.current(where)
    if line is None:
        _print("off. To start livewatch with the desktop: livewatch autostart on")
    elif not line or not Path(line[0]).exists():
        _print(f"on, but what it would start is gone: {' '.join(line)}")
        _print("To mend it: livewatch autostart on")
    elif line != autostart.command():
        _print(f"on, but it starts another livewatch: {' '.join(line)}")
        _print("To start this one: livewatch autostart on")
    else:
        _print(f"on: {' '.join(line)} ({where.place})")
    return ExitCode.OK


def _print(line: str) -> None:
    print(plain(line))  # noqa: T201
