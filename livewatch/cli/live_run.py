"""A live run of the command line: what is heard goes to a window, to the terminal or to another program."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from livewatch.audio.wanted import wanted_tracks
from livewatch.cli.complaint import chosen_country, saver
from livewatch.cli.history import history_sinks
from livewatch.cli.report import Report
from livewatch.cli.window import open_window
from livewatch.errors import ExitCode, LivewatchError, WindowError
from livewatch.risk.aftermath import load_guidance
from livewatch.runner import Stop
from livewatch.runner.listen import Listener
from livewatch.runner.recogniser import RecogniserProcess
from livewatch.runner.wire import Ready
from livewatch.settings import Settings
from livewatch.sinks.jsonl import JsonLines
from livewatch.sinks.record import Recorder
from livewatch.sinks.sink import Controls, Sink
from livewatch.sinks.summary import Summaries
from livewatch.sinks.terminal import PeopleConsole, people_sink

RECORDING = "In many places everybody on a call has to agree before it may be recorded (docs/privacy.md)."


def run(live: LiveRun, *, json: bool, window: bool) -> int:
    """Listen until stopped; return the exit code. `json`: for a program, else for people, in a `window` if it opens."""
    if json:
        return live.alone([JsonLines(sys.stdout)])
    if window:
        try:
            return live.beside_window()
        except WindowError as error:
            live.report.say(f"{error.message} The terminal warns instead.")
    after = Summaries(live.report.say, load_guidance(), chosen_country(live.settings.alert.country))
    return live.alone([people_sink(live.console, words=live.settings.terminal.words, paced=True), after])


class LiveRun:
    """A live run, with or without a window."""

    def __init__(
        self, settings: Settings, process: RecogniserProcess, *, quiet: bool, debug: bool, draft: Path | None
    ) -> None:
        """Find the devices. `process` is the recogniser's, already loading. Raises `UsageError` and `AudioError`."""
        self.console = PeopleConsole()
        self.report = report = Report(self.console, debug=debug)
        self.settings = settings
        self._quiet = quiet
        self._stop = Stop()
        self._sinks: list[Sink] = []
        self._sinks += history_sinks(settings.history, report, wanted=settings.history.enabled)
        if draft is not None:
            self._sinks.append(Recorder(saver(draft, settings, report.say)))
        wanted = wanted_tracks(settings.listen.device, settings.listen.loopback)
        self._listener = Listener(settings, wanted, self._sinks, self._stop, self._ready, process=process)
        if settings.listen.keep_sound and not quiet:
            report.say(f"The sound of calls is kept in {settings.listen.keep_sound}. {RECORDING}")

    def alone(self, sinks: Sequence[Sink]) -> int:
        """Run on this thread until Ctrl-C."""
        self._sinks += sinks
        with self._stop:
            self._listener.run()
        self._go_on()
        return ExitCode.INTERRUPTED if self._stop.requested else ExitCode.OK

    def beside_window(self) -> int:
        """Run in a thread, with the window on this one. Raises `WindowError` before anything was told."""
        failed: list[Exception] = []
        threads: list[threading.Thread] = []

        def work(window: Sink) -> None:
            try:
                self._listener.run()
            except Exception as error:
                failed.append(error)
                window.close()

        def start(window: Sink) -> Controls:
            self._sinks.append(window)
            threads.append(threading.Thread(target=work, args=(window,), name="listener"))
            threads[0].start()
            return self._listener

        code = open_window(f"livewatch: {self._listener.name}", start, self.settings)
        self._listener.stop()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]
        self._go_on()
        return code

    def _go_on(self) -> None:
        """Say what can be done with the sound that was kept."""
        if (kept := self._listener.kept) and not self._quiet:
            folder = self.settings.listen.keep_sound
            calls = "1 call" if kept == 1 else f"{kept} calls"
            self.report.say(f"The sound of {calls} was kept. To label: livewatch corpus add {folder} --label unsure")

    def _ready(self, ready: Ready) -> None:
        for message, hint in ready.problems:
            self.report("", LivewatchError("phrase-line", message, hint))
        if ready.choice and not self._quiet:
            self.report.say(f"Listening with {ready.engine}: {ready.choice}.")
