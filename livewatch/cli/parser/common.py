"""What the arguments of all commands share. Nothing heavy is imported here: `livewatch --help` must answer at once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

FILE = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
"""Shell completion of file names: `shtab.FILE`, without importing shtab on every start (60 ms)"""

Command = Callable[[argparse.Namespace], int]


def command(commands: argparse._SubParsersAction, name: str, summary: str, run: Command) -> argparse.ArgumentParser:
    """Add the command `name`, which calls `run`."""
    added = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    added.set_defaults(run=run)
    added.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return added


def later(module: str, function: str) -> Command:
    """Import the command's module only when the command runs."""

    def run(options: argparse.Namespace) -> int:
        return getattr(import_module(f"livewatch.cli.{module}"), function)(options)

    return run


def engine_option(command: argparse.ArgumentParser) -> None:
    """Add `--engine`."""
    command.add_argument(
        "--engine", choices=("auto", "moonshine", "vosk", "scripted"), help="recogniser (auto: Vosk if it has a model)"
    )


def phrases_option(command: argparse.ArgumentParser) -> None:
    """Add `--phrases`."""
    command.add_argument(
        "--phrases", action="append", default=[], metavar="FILE", help="a phrase list to use as well; may be repeated"
    ).complete = FILE  # type: ignore[attr-defined]


def manifests_argument(command: argparse.ArgumentParser) -> None:
    """Add the labelled calls."""
    command.add_argument(
        "manifests", nargs="+", type=Path, metavar="MANIFEST.jsonl", help="labelled calls"
    ).complete = FILE  # type: ignore[attr-defined]


def jobs_option(command: argparse.ArgumentParser) -> None:
    """Add `--jobs`."""
    command.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at once (one per CPU)"
    )


def cluster_option(command: argparse.ArgumentParser) -> None:
    """Add `--cluster`."""
    command.add_argument(
        "--cluster",
        metavar="dask://HOST:PORT",
        help="let the workers of this dask cluster watch the calls (opens a connection to it)",
    )


def cache_option(command: argparse.ArgumentParser) -> None:
    """Add `--no-cache`."""
    command.add_argument(
        "--no-cache", action="store_true", help="hear and judge every call anew, and keep nothing of it"
    )


def json_option(command: argparse.ArgumentParser, what: str = "as JSON on standard output, one object a line") -> None:
    """Add `--json`."""
    command.add_argument("--json", action="store_true", help=what)
