"""A real display: Xvfb with a window manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from tests.needs import needs

needs_display = needs(
    find_spec("PySide6") is not None and all(map(shutil.which, ("Xvfb", "openbox", "xdotool", "xev", "xprop"))),
    "needs PySide6 and the packages xvfb, openbox, xdotool, x11-utils and libxcb-cursor0",
)


@contextmanager
def xvfb() -> Iterator[str]:
    """Start Xvfb and openbox; the name of the display, such as ":99"."""
    read, write = os.pipe()
    server = subprocess.Popen(
        [
            shutil.which("Xvfb") or "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            "1366x768x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:  # to its end: a reader that goes away too early ends Xvfb
        name = f":{told.readline().strip()}"
    while subprocess.run(["xprop", "-root", "-display", name], capture_output=True, check=False).returncode:
        assert server.poll() is None, "Xvfb has ended"
        time.sleep(0.05)  # its name is told before it answers
    manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """One display for all tests."""
    with xvfb() as name:
        yield name


def windows(display: str, name: str) -> list[str]:
    """Return the numbers of the windows on the screen whose title has `name` in it."""
    done = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", name],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()
