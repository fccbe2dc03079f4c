"""`livewatch listen` with its window and, beside it, its events as JSON: `python -m benchmarks.live_window`.

The program shows its window or prints its events. To time one against the other both are needed, from the same run.
"""

from __future__ import annotations

import argparse
import sys

from livewatch.runner.recogniser import start_process
from livewatch.settings import load
from livewatch.sinks.jsonl import JsonLines


def main() -> int:
    """Listen until SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="default")
    options = parser.parse_args()
    settings = load({"engine.name": "moonshine", "alert.tone": False, "listen.device": options.device}).settings
    process = start_process(settings)
    from livewatch.cli.live_run import LiveRun  # as `livewatch listen` does: while the recogniser loads

    run = LiveRun(settings, process, quiet=True, debug=False, draft=None)
    run._sinks.append(JsonLines(sys.stdout))
    return run.beside_window()


if __name__ == "__main__":
    sys.exit(main())
