"""The window: small while nothing is wrong, and a warning that cannot be missed.

Qt is only imported by `run`, so that everything else starts without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from livewatch.errors import WindowError
from livewatch.guidance import Guidance
from livewatch.settings import Settings
from livewatch.sinks.record import CallRecord
from livewatch.sinks.sink import Controls, Sink
from livewatch.sinks.window import probe
from livewatch.sinks.window.surroundings import Surroundings

__all__ = ["WindowError", "run"]


def run(
    title: str,
    start: Callable[[Sink], Controls],
    settings: Settings,
    *,
    guidance: Guidance,
    country: str,
    save: Callable[[str, object], object],
    keep: Callable[[CallRecord], Path],
    settings_path: Path,
    live: bool = True,
) -> int:
    """Open the window and run the loop on the calling thread, which must be the main one; return an exit code.

    `start` is called once the window is shown: it starts the run with the sink it is given, in threads of its own, and
    returns at once. `country` is where people report; `save` keeps a setting, `keep` the report of a call. A run that
    is not `live` cannot be paused, and its window closes by itself when nothing waits for an answer.

    Raises `WindowError` with the reason where no window can be opened.
    """
    platform = probe.check()
    if platform is not None:
        os.environ["QT_QPA_PLATFORM"] = platform
    try:
        probe.check_bindings()
        from livewatch.sinks.window.app import run as run_app  # noqa: PLC0415 - 0.1 s, and may be missing
    except ImportError as error:
        raise WindowError("window-library", f"The window cannot be opened: {error}.", probe.TERMINAL) from error
    return run_app(start, settings, Surroundings(title, guidance, country, save, keep, settings_path, live))
