"""A real display for the window: Xvfb with a window manager, and Qt on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sinks.screen import Screen


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
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
def qt(display: str) -> Iterator[None]:
    """Make the application of this process, on that display."""
    os.environ.update(DISPLAY=display, QT_QPA_PLATFORM="xcb")
    os.environ.pop("WAYLAND_DISPLAY", None)
    from livewatch.sinks.window.app import make_application

    application = make_application()
    yield
    application.closeAllWindows()
    application.processEvents()
    application.shutdown()


@pytest.fixture
def screen(qt: None, display: str, tmp_path: Path) -> Iterator[Screen]:
    """Show a window that nothing is connected to but the test."""
    shown = Screen(display, tmp_path)
    yield shown
    shown.close()
