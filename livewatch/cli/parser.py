"""The argparse tree. Nothing heavy is imported here: `livewatch --help` must answer at once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from livewatch.cli.parser_phrases import add_explain, add_phrases

FILE = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
"""Shell completion of file names: `shtab.FILE`, without importing shtab on every start (60 ms)"""

EXIT_CODES = """\
exit codes:
  0    done (replay: and no alert was raised)
  1    something failed: a recording that could not be read, a damaged model, a bad line in a phrase list…
       The other recordings were still watched. Wins over 3: not everything that was asked for is known
  2    the command line or the settings are wrong
  3    replay only: everything was watched, and an alert was raised
  130  interrupted by Ctrl-C; what was found until then has been shown and written
"""

Command = Callable[[argparse.Namespace], int]


def build_parser() -> argparse.ArgumentParser:
    """Build the whole tree; `options.run` is the function of the command."""
    parser = argparse.ArgumentParser(
        prog="livewatch",
        description="Listens beside a phone call, offline, and warns when the caller talks like a scammer.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _demo(commands)
    _listen(commands)
    _replay(commands)
    _devices(commands)
    _evaluate(commands)
    _tune(commands)
    add_explain(commands, _command, _later, _engine_option, _phrases_option)
    add_phrases(commands, _command, _later, _engine_option, _phrases_option)
    _models(commands)
    _history(commands)
    _report(commands)
    _doctor(commands)
    _autostart(commands)
    _setup(commands)
    _config(commands)
    _completion(commands, parser)
    return parser


def _demo(commands: argparse._SubParsersAction) -> None:
    demo = _command(
        commands, "demo", "play a sample call through livewatch as if it were live", _later("replay", "demo")
    )
    demo.add_argument("--window", action="store_true", help="show the window as well")
    _engine_option(demo)


def _listen(commands: argparse._SubParsersAction) -> None:
    listen = _command(
        commands, "listen", "listen beside a live call and warn when it turns into a scam", _later("listen", "listen")
    )
    listen.add_argument("--device", metavar="NAME", help="part of the microphone's name, default, or none")
    listen.add_argument(
        "--loopback",
        metavar="NAME",
        help="also hear what the computer plays: part of a name, or default",
    )
    listen.add_argument(
        "--report",
        type=Path,
        metavar="FILE",
        help="write a complaint draft of every suspicious call: FILE.txt or FILE.html",
    )
    listen.add_argument("--json", action="store_true", help="one event per line as JSON on standard output")
    _engine_option(listen)
    _phrases_option(listen)
    listen.add_argument("--no-window", action="store_true", help="warn in the terminal only")


def _devices(commands: argparse._SubParsersAction) -> None:
    devices = _command(commands, "devices", "list what can be listened to", _later("devices", "show"))
    devices.add_argument("--meter", action="store_true", help="listen to each for two seconds and show how loud it is")
    devices.add_argument("--json", action="store_true", help="as JSON on standard output")


def _replay(commands: argparse._SubParsersAction) -> None:
    replay = _command(
        commands,
        "replay",
        "watch recorded calls: files, folders, patterns, or - for a pipe",
        _later("replay", "replay"),
    )
    paths = replay.add_argument(
        "paths", nargs="+", metavar="PATH", help="recording, folder of recordings, pattern, or -"
    )
    paths.complete = FILE  # type: ignore[attr-defined]  # read by shtab
    replay.add_argument("--realtime", action="store_true", help="at the pace of the call, as if it were live")
    replay.add_argument("--json", action="store_true", help="one event per line as JSON on standard output")
    _engine_option(replay)
    _phrases_option(replay)
    replay.add_argument("--no-window", action="store_true", help="warn in the terminal only")
    replay.add_argument("--caller", choices=("left", "right", "mix"), help="channel of the caller in two-channel calls")
    replay.add_argument(
        "--write",
        type=_formats,
        default=(),
        metavar="FORMAT,…",
        help="write files beside each recording: srt, vtt, labels",
    )
    replay.add_argument("--history", action="store_true", help="note the alerts in the history (see history.keep_days)")
    replay.add_argument("--output", type=Path, metavar="DIR", help="folder for the files of --write")
    replay.add_argument("--rate", type=int, default=16_000, metavar="HZ", help="of raw samples from a pipe (16000)")
    replay.add_argument(
        "--format", default="s16le", metavar="FORMAT", help="of raw samples from a pipe: s16le (usual), mulaw, f32le…"
    )
    replay.add_argument("--channels", type=int, default=1, help="of raw samples from a pipe (1)")


def _evaluate(commands: argparse._SubParsersAction) -> None:
    evaluate = _command(
        commands, "evaluate", "measure what is caught and missed over labelled calls", _later("evaluate", "evaluate")
    )
    manifests = evaluate.add_argument(
        "manifests", nargs="+", type=Path, metavar="MANIFEST.jsonl", help="labelled calls"
    )
    manifests.complete = FILE  # type: ignore[attr-defined]
    evaluate.add_argument("--json", action="store_true", help="the figures as JSON on standard output")
    evaluate.add_argument("--details", type=Path, metavar="FILE", help="write one JSON line per call")
    evaluate.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at once (one per CPU)"
    )
    _engine_option(evaluate)
    _phrases_option(evaluate)


def _tune(commands: argparse._SubParsersAction) -> None:
    tune = commands.add_parser("tune", help="fit from labelled calls")
    actions = tune.add_subparsers(title="actions", required=True, metavar="ACTION")
    fit = _command(
        actions, "fit", "fit what words weigh, and judge it on campaigns it has not seen", _later("tune", "fit_points")
    )
    manifests = fit.add_argument("manifests", nargs="+", type=Path, metavar="MANIFEST.jsonl", help="labelled calls")
    manifests.complete = FILE  # type: ignore[attr-defined]
    fit.add_argument("--folds", type=int, default=5, metavar="N", help="parts for cross-validation (5)")
    fit.add_argument("--write", type=Path, metavar="FILE", help="write the weights fitted on all calls")
    fit.add_argument("--json", action="store_true", help="the figures on unseen campaigns as JSON on standard output")
    fit.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at once")
    _phrases_option(fit)


def _models(commands: argparse._SubParsersAction) -> None:
    models = commands.add_parser("models", help="list, fetch, add and check recogniser models")
    actions = models.add_subparsers(title="actions", required=True, metavar="ACTION")
    _command(actions, "list", "which models are known and which are installed", _later("models", "show"))
    get = _command(
        actions, "get", "download and install a model; the only command that uses the network", _later("models", "get")
    )
    get.add_argument("name", metavar="NAME")
    get.add_argument("--yes", action="store_true", help="do not ask")
    add = _command(actions, "add", "install a model from a zip or a folder on this computer", _later("models", "add"))
    add.add_argument("path", type=Path, metavar="PATH").complete = FILE  # type: ignore[attr-defined]
    check = _command(actions, "check", "verify installed models and load them", _later("models", "check"))
    check.add_argument("name", nargs="?", metavar="NAME", help="all when left out")
    path = _command(actions, "path", "print where models, or one of them, are", _later("models", "path"))
    path.add_argument("name", nargs="?", metavar="NAME")


def _config(commands: argparse._SubParsersAction) -> None:
    config = commands.add_parser("config", help="show and change the settings")
    actions = config.add_subparsers(title="actions", required=True, metavar="ACTION")
    _command(actions, "path", "print where your settings file is", _later("config", "path"))
    _command(actions, "show", "print every setting and where it comes from", _later("config", "show"))
    _command(actions, "init", "write a settings file with every setting explained", _later("config", "init"))
    change = _command(actions, "set", "change one setting in your file", _later("config", "change"))
    change.add_argument("key", metavar="KEY", help="for example engine.threads")
    change.add_argument("value", metavar="VALUE")


def _doctor(commands: argparse._SubParsersAction) -> None:
    doctor = _command(
        commands,
        "doctor",
        "look whether everything livewatch needs is there, and say what to do",
        _later("doctor", "doctor"),
    )
    doctor.add_argument("--json", action="store_true", help="the findings as JSON on standard output, for bug reports")


def _autostart(commands: argparse._SubParsersAction) -> None:
    autostart = commands.add_parser("autostart", help="let livewatch listen whenever you log in")
    actions = autostart.add_subparsers(title="actions", required=True, metavar="ACTION")
    _command(actions, "on", "start livewatch with the desktop", _later("autostart", "on"))
    _command(actions, "off", "start it no more", _later("autostart", "off"))
    _command(actions, "status", "say whether it is on", _later("autostart", "status"))


def _setup(commands: argparse._SubParsersAction) -> None:
    setup = _command(
        commands, "setup", "ask three questions and try whether livewatch hears", _later("first_start", "setup")
    )
    setup.add_argument("--who", choices=("me", "helped"), help="who sits here: you, or somebody you help")
    setup.add_argument("--device", metavar="NAME", help="part of the microphone's name, default, or none")
    setup.add_argument("--loopback", metavar="NAME", help="also hear what the computer plays: a name, default, or none")
    setup.add_argument("--careful", choices=("early", "normal", "sure"), help="how early to warn")
    setup.add_argument(
        "--test", action=argparse.BooleanOptionalAction, help="play a phrase and try whether it is heard"
    )
    setup.add_argument(
        "--yes", action="store_true", help="take the usual answer to every question that is not answered"
    )


def _report(commands: argparse._SubParsersAction) -> None:
    report = _command(
        commands, "report", "draft a complaint about a call for the authorities", _later("complaint", "complain")
    )
    report.add_argument(
        "call",
        nargs="?",
        metavar="CALL",
        help="a recording, or the number of a call in the history (the newest suspicious one when left out)",
    ).complete = FILE  # type: ignore[attr-defined]
    report.add_argument("--json", type=Path, metavar="RECORD", help="take the call from a file that --json wrote")
    report.add_argument("--country", metavar="COUNTRY", help="whose offices: us, uk, in, au, ca, de, other")
    report.add_argument("--number", default="", help="the caller's number, as your telephone showed it")
    report.add_argument("--name", default="", help="the name the caller gave")
    report.add_argument("--company", default="", help="the company or office the caller spoke for")
    report.add_argument("--when", metavar="DATE", help='when the call was, such as "2026-11-23 10:30"')
    report.add_argument(
        "--output", type=Path, metavar="FILE", help="write FILE.txt or FILE.html instead of printing the text"
    )
    _engine_option(report)


def _history(commands: argparse._SubParsersAction) -> None:
    history = commands.add_parser("history", help="look at the calls that were kept, if you switched that on")
    actions = history.add_subparsers(title="actions", required=True, metavar="ACTION")
    _command(actions, "list", "list the calls, the newest first", _later("history", "show_all"))
    show = _command(actions, "show", "what was heard in one call, and what to do now", _later("history", "show"))
    show.add_argument("number", type=int, metavar="N", help="its number in the list: 1 is the newest")
    clear = _command(actions, "clear", "remove all calls", _later("history", "remove_all"))
    clear.add_argument("--yes", action="store_true", help="do not ask")
    _command(actions, "path", "print the folder of the history", _later("history", "path"))


def _completion(commands: argparse._SubParsersAction, parser: argparse.ArgumentParser) -> None:
    completion = commands.add_parser("completion", help="print the shell completion script")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))

    def run(options: argparse.Namespace) -> int:
        import shtab  # noqa: PLC0415 - see FILE

        print(shtab.complete(parser, options.shell))  # noqa: T201
        return 0

    completion.set_defaults(run=run)


def _command(commands: argparse._SubParsersAction, name: str, summary: str, run: Command) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    command.set_defaults(run=run)
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return command


def _later(module: str, function: str) -> Command:
    """Import the command's module only when the command runs."""

    def run(options: argparse.Namespace) -> int:
        return getattr(import_module(f"livewatch.cli.{module}"), function)(options)

    return run


def _formats(text: str) -> tuple[str, ...]:
    """Read `srt,vtt,labels`."""
    from livewatch.sinks.files import FORMATS  # noqa: PLC0415 - only when it is used

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if unknown := [name for name in names if name not in FORMATS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not a format; there are {', '.join(FORMATS)}")
    return names


class _Version(argparse.Action):
    """`--version`, without reading the package's metadata on every start (20 ms)."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - see above

        try:
            print(f"livewatch {version('livewatch')}")  # noqa: T201
        except PackageNotFoundError:
            print("livewatch (not installed, run from its source)")  # noqa: T201
        parser.exit()


def _engine_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--engine", choices=("auto", "moonshine", "vosk", "scripted"), help="recogniser (auto: Vosk if it has a model)"
    )


def _phrases_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--phrases", action="append", default=[], metavar="FILE", help="a phrase list to use as well; may be repeated"
    ).complete = FILE  # type: ignore[attr-defined]
