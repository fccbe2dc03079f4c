"""`livewatch listen`."""

from __future__ import annotations

import argparse
import sys

from livewatch.engines.trial import forbid_core_files
from livewatch.errors import UsageError
from livewatch.runner.instance import Instance
from livewatch.runner.recogniser import end_process, start_process
from livewatch.settings import config_path, load


def listen(options: argparse.Namespace) -> int:
    """Listen until Ctrl-C, or until the window is closed; see `livewatch listen --help`."""
    forbid_core_files()
    if not (options.json or config_path().exists()) and sys.stdin.isatty() and sys.stderr.isatty():
        from livewatch.cli.first_start import offer  # noqa: PLC0415 - only once

        offer()
    settings = load(_spoken(options)).settings
    if settings.engine.name == "scripted":
        raise UsageError("scripted-live", "The scripted recogniser reads a file and cannot listen.", "Use replay.")
    process = start_process(settings)
    try:
        from livewatch.cli.live_run import LiveRun, run  # noqa: PLC0415 - 0.3 s in which the recogniser loads

        live = LiveRun(settings, process, quiet=options.json, debug=options.debug, draft=options.report)
        with Instance():
            return run(live, json=options.json, window=not options.no_window)
    finally:
        end_process(process)


def _spoken(options: argparse.Namespace) -> dict[str, object]:
    """Collect the settings that the command line names."""
    named = {
        "engine.name": options.engine,
        "phrases.files": options.phrases,
        "listen.device": options.device,
        "listen.loopback": options.loopback,
    }
    spoken: dict[str, object] = {name: value for name, value in named.items() if value}
    if options.keep_sound is not None:  # "" switches it off for this run
        spoken["listen.keep_sound"] = options.keep_sound
    return spoken
