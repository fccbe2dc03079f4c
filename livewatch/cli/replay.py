"""`livewatch demo` and `livewatch replay`."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import structs

import livewatch
from livewatch.assembly import Kit
from livewatch.audio.file import find_recordings
from livewatch.audio.source import Source
from livewatch.audio.stdin import StdinSource
from livewatch.cli.history import history_sinks
from livewatch.cli.report import Report
from livewatch.cli.window import run_in_window
from livewatch.errors import ExitCode, LivewatchError, UsageError, WindowError
from livewatch.runner import Call, Outcome, Runner, Stop
from livewatch.settings import Settings, load
from livewatch.sinks.files import Files
from livewatch.sinks.jsonl import JsonLines
from livewatch.sinks.progress import ProgressLine, Tick
from livewatch.sinks.sink import Sink
from livewatch.sinks.terminal import PeopleConsole, Terminal, people_sink


def demo(options: argparse.Namespace) -> int:
    """Play the shipped sample that is marked for it, as if it were live."""
    settings = load(_spoken(options)).settings
    title, path = demo_sample()
    console = PeopleConsole()
    report = Report(console, debug=options.debug)
    kit = _open_kit(settings, report, live=True)

    def open_sample() -> Source:
        source = kit.open(path)
        source.name = title
        return source

    sink = people_sink(console, words=settings.terminal.words, paced=True)
    run = _Run(kit, [Call(title, open_sample)], [sink], report, paced=True)
    outcome = run_in_window(title, run.beside, settings) if options.window else run.alone()
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    if report.count:
        return ExitCode.ERROR
    report.say("That was a sample. To watch a recording of your own: livewatch replay PATH")
    return ExitCode.OK


def replay(options: argparse.Namespace) -> int:
    """Watch recordings; see `livewatch replay --help`."""
    settings = load(_spoken(options)).settings
    if options.output is not None:
        _prepare(options.output, used=bool(options.write))
    console = PeopleConsole()
    report = Report(console, debug=options.debug)
    found = find_recordings([path for path in options.paths if path != "-"])
    for error in found.errors:
        report("", error)
    if not found.recordings and "-" not in options.paths:
        return ExitCode.ERROR
    shown = _shown(options, console, settings)
    files = Files(options.write, options.output, report)
    kept = history_sinks(settings.history, report, wanted=options.history)
    sinks = [*kept, *shown, files]
    if options.cluster is not None:
        outcome = _replay_elsewhere(options, found.recordings, settings, sinks, report)
    else:
        outcome = _replay_here(options, found.recordings, settings, sinks, report)
    if not options.json:
        for path in files.written:
            report.say(f"Wrote {path}")
    return exit_code(outcome, report.count)


def _replay_here(
    options: argparse.Namespace, recordings: Sequence[Path], settings: Settings, sinks: Sequence[Sink], report: Report
) -> Outcome:
    kit = _open_kit(settings, report, live=options.realtime)
    if kit.choice and not options.json:
        report.say(f"Listening with {kit.engine.name}: {kit.choice}.")
    calls = [Call(str(path), partial(kit.open, path)) for path in recordings]
    if "-" in options.paths:
        calls.append(Call("-", partial(_open_pipe, options, settings), waits=True))
    run = _Run(kit, calls, sinks, report, paced=options.realtime)
    return _beside_window(run, settings) if _wants_window(options) else run.alone()


def _replay_elsewhere(
    options: argparse.Namespace, recordings: Sequence[Path], settings: Settings, sinks: Sequence[Sink], report: Report
) -> Outcome:
    from livewatch.cli import replay_cluster  # noqa: PLC0415 - connects: only when it was asked for

    replay_cluster.check_options(options.paths, realtime=options.realtime)
    words = structs.replace(settings.engine, name="scripted")
    _open_kit(structs.replace(settings, engine=words), report, live=False)  # for mistakes in the phrase lists
    return replay_cluster.replay_elsewhere(options.cluster, recordings, settings, sinks, report)


def exit_code(outcome: Outcome, failed: int) -> ExitCode:
    """Interrupted wins over failed, failed over alerted: 3 says that everything was watched."""
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    if failed:
        return ExitCode.ERROR
    return ExitCode.ALERT if outcome.alerts else ExitCode.OK


def demo_sample() -> tuple[str, Path]:
    """Find the title and the path of the sample to demonstrate with. Raises `LivewatchError` when there is none."""
    package = Path(livewatch.__file__).parent
    for folder in (package / "samples", package.parent / "samples"):  # installed, or in a source checkout
        try:
            samples = tomllib.loads((folder / "samples.toml").read_text("utf-8"))["sample"]
            return next((sample["title"], folder / sample["file"]) for sample in samples if sample.get("demo"))
        except FileNotFoundError:
            continue
    raise LivewatchError(
        "samples-missing", "The samples that come with livewatch are not there.", "Reinstall livewatch."
    )


class _Run:
    """A run of calls that can be started with or without a window. Frees the kit at its end."""

    def __init__(self, kit: Kit, calls: Sequence[Call], sinks: Sequence[Sink], report: Report, *, paced: bool) -> None:
        self._kit = kit
        self._calls = calls
        self._sinks = sinks
        self.report = report
        self._paced = paced

    def alone(self) -> Outcome:
        """Run on this thread."""
        with Stop() as stop:
            return self._go(self._sinks, stop)

    def beside(self, window: Sink, stop: Stop) -> Outcome:
        """Run with one more sink, in a thread that the window has started."""
        return self._go([*self._sinks, window], stop)

    def _go(self, sinks: Sequence[Sink], stop: Stop) -> Outcome:
        tick = _tick_of(*sinks)
        try:
            return Runner(self._kit.watch, sinks, paced=self._paced, stop=stop, report=self.report, tick=tick).run(
                self._calls
            )
        finally:
            self._kit.close()


def _wants_window(options: argparse.Namespace) -> bool:
    """Only what runs at its own pace can be watched; who wants JSON is a program."""
    return options.realtime and not options.no_window and not options.json


def _beside_window(run: _Run, settings: Settings) -> Outcome:
    """Run beside the window; without one where it cannot be opened. A missing display needs no explanation."""
    try:
        return run_in_window("livewatch: replay", run.beside, settings)
    except WindowError as error:
        if error.code != "no-display":
            run.report.say(f"{error.message} The terminal warns instead.")
        return run.alone()


def _open_kit(settings: Settings, report: Report, *, live: bool) -> Kit:
    kit = Kit(settings, live=live)
    for problem in kit.book_problems:
        report(
            "", LivewatchError("phrase-line", f"{problem.file}:{problem.line}: {problem.message}", problem.suggestion)
        )
    return kit


def _spoken(options: argparse.Namespace) -> dict[str, object]:
    """Collect the settings that the command line names."""
    spoken: dict[str, object] = {}
    if options.engine:
        spoken["engine.name"] = options.engine
    if getattr(options, "phrases", None):
        spoken["phrases.files"] = options.phrases
    if getattr(options, "caller", None):
        spoken["replay.caller"] = options.caller
    return spoken


def _open_pipe(options: argparse.Namespace, settings: Settings) -> Source:
    if settings.engine.name == "scripted":
        raise UsageError("scripted-pipe", "The scripted recogniser reads its words from a file.", "Give its path.")
    # Not sys.stdin: its lock, held by a thread that waits for the pipe, would crash the interpreter at its end.
    stream = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115 - a descriptor that stays open
    return StdinSource(
        stream,
        rate=options.rate,
        sample_format=options.format,
        channels=options.channels,
        caller=settings.replay.caller,
    )


def _shown(options: argparse.Namespace, console: PeopleConsole, settings: Settings) -> list[Sink]:
    """Choose where events are shown: as JSON on standard output, or to people on standard error."""
    if not options.json:
        return [people_sink(console, words=settings.terminal.words, paced=options.realtime)]
    drawn = sys.stderr.isatty() and not sys.stdout.isatty() and not console.is_dumb_terminal
    return [JsonLines(sys.stdout), *([ProgressLine(console, paced=options.realtime)] if drawn else [])]


def _tick_of(*sinks: Sink) -> Callable[[Tick], None] | None:
    return next((sink.tick for sink in sinks if isinstance(sink, Terminal | ProgressLine)), None)


def _prepare(folder: Path, *, used: bool) -> None:
    if not used:
        raise UsageError("output-unused", "--output says where to write, but nothing is written.", "Add --write srt")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LivewatchError(
            "output", f"The folder of --output, {folder}, cannot be made: {error.strerror}.", "Choose another folder."
        ) from error
