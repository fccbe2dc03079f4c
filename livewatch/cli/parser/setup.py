"""The arguments of the commands about this computer: devices, models, doctor, settings."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import FILE, command, later


def add_devices(commands: argparse._SubParsersAction) -> None:
    """Add `devices`."""
    devices = command(commands, "devices", "list what can be listened to", later("devices", "show"))
    devices.add_argument("--meter", action="store_true", help="listen to each for two seconds and show how loud it is")
    devices.add_argument("--json", action="store_true", help="as JSON on standard output")


def add_models(commands: argparse._SubParsersAction) -> None:
    """Add `models`."""
    models = commands.add_parser("models", help="list, fetch, add and check recogniser models")
    actions = models.add_subparsers(title="actions", required=True, metavar="ACTION")
    command(actions, "list", "which models are known and which are installed", later("models", "show"))
    get = command(
        actions, "get", "download and install a model; the only command that uses the network", later("models", "get")
    )
    get.add_argument("name", metavar="NAME")
    get.add_argument("--yes", action="store_true", help="do not ask")
    add = command(actions, "add", "install a model from a zip or a folder on this computer", later("models", "add"))
    add.add_argument("path", type=Path, metavar="PATH").complete = FILE  # type: ignore[attr-defined]
    check = command(actions, "check", "verify installed models and load them", later("models", "check"))
    check.add_argument("name", nargs="?", metavar="NAME", help="all when left out")
    path = command(actions, "path", "print where models, or one of them, are", later("models", "path"))
    path.add_argument("name", nargs="?", metavar="NAME")


def add_doctor(commands: argparse._SubParsersAction) -> None:
    """Add `doctor`."""
    doctor = command(
        commands,
        "doctor",
        "look whether everything livewatch needs is there, and say what to do",
        later("doctor", "doctor"),
    )
    doctor.add_argument("--json", action="store_true", help="the findings as JSON on standard output, for bug reports")


def add_autostart(commands: argparse._SubParsersAction) -> None:
    """Add `autostart`."""
    autostart = commands.add_parser("autostart", help="let livewatch listen whenever you log in")
    actions = autostart.add_subparsers(title="actions", required=True, metavar="ACTION")
    command(actions, "on", "start livewatch with the desktop", later("autostart", "on"))
    command(actions, "off", "start it no more", later("autostart", "off"))
    command(actions, "status", "say whether it is on", later("autostart", "status"))


def add_setup(commands: argparse._SubParsersAction) -> None:
    """Add `setup`."""
    setup = command(
        commands, "setup", "ask three questions and try whether livewatch hears", later("first_start", "setup")
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


def add_config(commands: argparse._SubParsersAction) -> None:
    """Add `config`."""
    config = commands.add_parser("config", help="show and change the settings")
    actions = config.add_subparsers(title="actions", required=True, metavar="ACTION")
    command(actions, "path", "print where your settings file is", later("config", "path"))
    command(actions, "show", "print every setting and where it comes from", later("config", "show"))
    command(actions, "init", "write a settings file with every setting explained", later("config", "init"))
    change = command(actions, "set", "change one setting in your file", later("config", "change"))
    change.add_argument("key", metavar="KEY", help="for example engine.threads")
    change.add_argument("value", metavar="VALUE")
