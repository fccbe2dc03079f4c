"""Opens the window with all that it needs, for every command that shows one."""

from __future__ import annotations

import threading
from collections.abc import Callable

from livewatch.cli.complaint import chosen_country, keeper
from livewatch.cli.config import store
from livewatch.errors import ExitCode
from livewatch.risk.aftermath import load_guidance
from livewatch.runner import Outcome, Stop
from livewatch.settings import Settings, config_path
from livewatch.sinks import window
from livewatch.sinks.sink import Answer, Controls, Sink


def open_window(title: str, start: Callable[[Sink], Controls], settings: Settings, *, live: bool = True) -> int:
    """Run the window on this, the main thread; see `livewatch.sinks.window.run`. Raises `WindowError`."""
    return window.run(
        title,
        start,
        settings,
        guidance=load_guidance(),
        country=chosen_country(settings.alert.country),
        save=store,
        keep=keeper(settings),
        settings_path=config_path(),
        live=live,
    )


def run_in_window(title: str, run: Callable[[Sink, Stop], Outcome], settings: Settings) -> Outcome:
    """Run recordings beside the window: `run` in a thread, with the window's sink. Raises `WindowError`, or its error.

    Closing the window or Ctrl-C ends the call under way.
    """
    stop = Stop()
    ended: list[Outcome | Exception] = []
    threads: list[threading.Thread] = []

    def start(sink: Sink) -> Controls:
        def work() -> None:
            try:
                ended.append(run(sink, stop))
            except Exception as error:
                ended.append(error)
                sink.close()

        threads.append(threading.Thread(target=work, name="runner"))
        threads[0].start()
        return _Replaying(stop)

    code = open_window(title, start, settings, live=False)
    stop.requested = stop.requested or code == ExitCode.INTERRUPTED
    threads[0].join()
    if isinstance(ended[0], Exception):
        raise ended[0]
    return ended[0]


class _Replaying:
    """What can be done to a recording: end it. Answers change nothing in it; the window keeps quiet after them."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def stop(self) -> None:
        self._stop.requested = True

    def pause(self, on: bool) -> None: ...

    def known_caller(self) -> None: ...

    def answered(self, answer: Answer) -> None: ...

    def new_call(self) -> None: ...

    def mute_for(self, seconds: float) -> None: ...
