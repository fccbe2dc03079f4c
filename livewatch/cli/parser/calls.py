"""The arguments of the commands about one call: `demo`, `listen`, `replay`, `report`, `history`."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import FILE, cluster_option, command, engine_option, later, phrases_option


def add_demo(commands: argparse._SubParsersAction) -> None:
    """Add `demo`."""
    demo = command(commands, "demo", "play a sample call through livewatch as if it were live", later("replay", "demo"))
    demo.add_argument("--window", action="store_true", help="show the window as well")
    engine_option(demo)


def add_listen(commands: argparse._SubParsersAction) -> None:
    """Add `listen`."""
    listen = command(
        commands, "listen", "listen beside a live call and warn when it turns into a scam", later("listen", "listen")
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
    listen.add_argument(
        "--keep-sound",
        metavar="FOLDER",
        help="keep the sound of the calls there, to tune phrase lists with (read docs/privacy.md, The law, first)",
    )
    listen.add_argument("--json", action="store_true", help="one event per line as JSON on standard output")
    engine_option(listen)
    phrases_option(listen)
    listen.add_argument("--no-window", action="store_true", help="warn in the terminal only")


def add_replay(commands: argparse._SubParsersAction) -> None:
    """Add `replay`."""
    replay = command(
        commands,
        "replay",
        "watch recorded calls: files, folders, patterns, or - for a pipe",
        later("replay", "replay"),
    )
    paths = replay.add_argument(
        "paths", nargs="+", metavar="PATH", help="recording, folder of recordings, pattern, or -"
    )
    paths.complete = FILE  # type: ignore[attr-defined]  # read by shtab
    replay.add_argument("--realtime", action="store_true", help="at the pace of the call, as if it were live")
    replay.add_argument("--json", action="store_true", help="one event per line as JSON on standard output")
    cluster_option(replay)
    engine_option(replay)
    phrases_option(replay)
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


def add_report(commands: argparse._SubParsersAction) -> None:
    """Add `report`."""
    report = command(
        commands, "report", "draft a complaint about a call for the authorities", later("complaint", "complain")
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
    engine_option(report)


def add_history(commands: argparse._SubParsersAction) -> None:
    """Add `history`."""
    history = commands.add_parser("history", help="look at the calls that were kept, if you switched that on")
    actions = history.add_subparsers(title="actions", required=True, metavar="ACTION")
    command(actions, "list", "list the calls, the newest first", later("history", "show_all"))
    show = command(actions, "show", "what was heard in one call, and what to do now", later("history", "show"))
    show.add_argument("number", type=int, metavar="N", help="its number in the list: 1 is the newest")
    clear = command(actions, "clear", "remove all calls", later("history", "remove_all"))
    clear.add_argument("--yes", action="store_true", help="do not ask")
    command(actions, "path", "print the folder of the history", later("history", "path"))


def _formats(text: str) -> tuple[str, ...]:
    """Read `srt,vtt,labels`."""
    from livewatch.sinks.files import FORMATS  # noqa: PLC0415 - only when it is used

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if unknown := [name for name in names if name not in FORMATS]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not a format; there are {', '.join(FORMATS)}")
    return names
