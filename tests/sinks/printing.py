"""A process that keeps alerts and prints each when it is kept, until it is killed: `-m tests.sinks.printing FOLDER`."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from livewatch.events import CallStarted
from livewatch.sinks.history import History
from tests.sinks.events import STAMP, S, an_alert


def main() -> None:
    history = History(Path(sys.argv[1]), lambda name, error: sys.exit(str(error)))
    history.handle(CallStarted("line", None, "scripted", "text"), STAMP)
    for number in itertools.count(1):
        history.handle(an_alert(at=number * S), STAMP)
        print(number, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
