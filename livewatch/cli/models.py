"""`livewatch models list|get|add|check|path`."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.text import Text

from livewatch.engines.models import ModelStore
from livewatch.errors import ExitCode
from livewatch.sinks.plain import plain


def show(options: argparse.Namespace) -> int:
    """List all models that are known or installed."""
    store = ModelStore()
    there = {model.name: model for model in store.installed()}
    pins = {pin.name: pin for pin in store.pins()}
    for pin in pins.values():
        size = "comes with livewatch" if pin.built_in else f"download {pin.size / 1e6:.0f} MB"
        state = "installed" if pin.name in there else "not installed"
        _entry(pin.name, state, pin.engine, pin.language, pin.licence, size, pin.good_for)
    for model in there.values():
        if model.name not in pins:
            _entry(model.name, "installed", model.engine, model.language or "language unknown", f"yours: {model.path}")
    return ExitCode.OK


def get(options: argparse.Namespace) -> int:
    """Show what would be fetched, ask, and fetch it."""
    store = ModelStore()
    pin = next((pin for pin in store.pins() if pin.name == options.name), None)
    people = Console(stderr=True, highlight=False)
    if pin is not None and not pin.built_in:
        people.print(Text(f"{pin.name}: {pin.good_for}"))
        people.print(Text(f"{pin.size / 1e6:.1f} MB, licence {pin.licence}, from {pin.url}"), soft_wrap=True)
        if not options.yes and sys.stdin.isatty() and not _agreed():
            people.print("Nothing was fetched.")
            return ExitCode.OK
    columns = (
        TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=people, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(options.name, total=None)
        model = store.get(options.name, lambda done, total: bar.update(task, completed=done, total=total))
    people.print(Text(plain(f"{model.name} is installed: {model.path}")), soft_wrap=True)
    return ExitCode.OK


def add(options: argparse.Namespace) -> int:
    """Install a model from this computer."""
    model = ModelStore().add(options.path)
    print(plain(f"{model.name} is installed: {model.path}"))  # noqa: T201
    return ExitCode.OK


def check(options: argparse.Namespace) -> int:
    """Verify one model or all, and say what is wrong with each."""
    store = ModelStore()
    names = [options.name] if options.name else [model.name for model in store.installed()]
    bad = 0
    for name in names:
        problems = store.check(name)
        bad += bool(problems)
        print(plain(f"{name}: " + ("damaged" if problems else "good")))  # noqa: T201
        for problem in problems:
            print(plain(f"  {problem}"), file=sys.stderr)  # noqa: T201
        if problems:
            print(plain(f"  hint: Get it once more: livewatch models get {name}"), file=sys.stderr)  # noqa: T201
    return ExitCode.ERROR if bad else ExitCode.OK


def path(options: argparse.Namespace) -> int:
    """Print where the models, or one of them, are."""
    store = ModelStore()
    print(store.path(options.name) if options.name else store.root)  # noqa: T201
    return ExitCode.OK


def _entry(name: str, state: str, *facts: str) -> None:
    print(plain(f"{name}  [{state}]"))  # noqa: T201
    print(plain(f"    {', '.join(facts)}"))  # noqa: T201


def _agreed() -> bool:
    try:
        return input("Fetch it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
