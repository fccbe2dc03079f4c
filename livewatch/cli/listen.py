"""`livewatch listen`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from livewatch.audio.wanted import wanted_tracks
from livewatch.cli.complaint import chosen_country, saver
from livewatch.cli.history import history_sinks
from livewatch.cli.report import Report
from livewatch.cli.window import open_window
from livewatch.engines.trial import forbid_core_files
from livewatch.errors import ExitCode, LivewatchError, UsageError, WindowError
from livewatch.risk.aftermath import load_guidance
from livewatch.runner import Stop
from livewatch.runner.instance import Instance
from livewatch.runner.listen import Listener
from livewatch.runner.wire import Ready
from livewatch.settings import Settings, config_path, load
from livewatch.sinks.jsonl import JsonLines
from livewatch.sinks.record import Recorder
from livewatch.sinks.sink import Controls, Sink
from livewatch.sinks.summary import Summaries
from livewatch.sinks.terminal import PeopleConsole, people_sink

RECORDING = "In many places everybody on a call has to agree before it may be recorded (docs/privacy.md)."


def listen(options: argparse.Namespace) -> int:
    """Listen until Ctrl-C, or until the window is closed; see `livewatch listen --help`."""
    forbid_core_files()
    if not (options.json or config_path().exists()) and sys.stdin.isatty() and sys.stderr.isatty():
        from livewatch.cli.first_start import offer  # noqa: PLC0415 - only once

        offer()
    settings = load(_spoken(options)).settings
    if settings.engine.name == "scripted":
        raise UsageError("scripted-live", "The scripted recogniser reads a file and cannot listen.", "Use replay.")
    console = PeopleConsole()
    run = _Run(settings, Report(console, debug=options.debug), quiet=options.json, draft=options.report)
    with Instance():
        if options.json:
            return run.alone([JsonLines(sys.stdout)])
        if not options.no_window:
            try:
                return run.beside_window()
            except WindowError as error:
                run.report.say(f"{error.message} The terminal warns instead.")
        after = Summaries(run.report.say, load_guidance(), chosen_country(settings.alert.country))
        return run.alone([people_sink(console, words=settings.terminal.words, paced=True), after])


class _Run:
    """A live run, with or without a window."""

    def __init__(self, settings: Settings, report: Report, *, quiet: bool, draft: Path | None) -> None:
        """Find the devices. Raises `UsageError` and `AudioError`."""
        self.report = report
        self._settings = settings
        self._quiet = quiet
        self._stop = Stop()
        self._sinks: list[Sink] = []
        self._sinks += history_sinks(settings.history, report, wanted=settings.history.enabled)
        if draft is not None:
            self._sinks.append(Recorder(saver(draft, settings, report.say)))
        wanted = wanted_tracks(settings.listen.device, settings.listen.loopback)
        self._listener = Listener(settings, wanted, self._sinks, self._stop, self._ready)
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
        """Run in a thread, with the window on this one. Raises `WindowError` before anything has begun."""
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

        code = open_window(f"livewatch: {self._listener.name}", start, self._settings)
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
            folder = self._settings.listen.keep_sound
            calls = "1 call" if kept == 1 else f"{kept} calls"
            self.report.say(f"The sound of {calls} was kept. To label: livewatch corpus add {folder} --label unsure")

    def _ready(self, ready: Ready) -> None:
        for message, hint in ready.problems:
            self.report("", LivewatchError("phrase-line", message, hint))
        if ready.choice and not self._quiet:
            self.report.say(f"Listening with {ready.engine}: {ready.choice}.")


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
