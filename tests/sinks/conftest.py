"""A real display for the window, and Qt on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.display import display
from tests.sinks.screen import Screen

__all__ = ["display", "qt", "screen"]


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
