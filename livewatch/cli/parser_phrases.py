"""The arguments of `livewatch phrases` and `livewatch explain`. Nothing heavy is imported here, see `parser`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Add = Callable[[argparse._SubParsersAction, str, str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
Later = Callable[[str, str], Callable[[argparse.Namespace], int]]
Option = Callable[[argparse.ArgumentParser], None]


def add_phrases(commands: argparse._SubParsersAction, add: Add, later: Later, engine: Option, lists: Option) -> None:
    """Add `phrases` and its actions."""
    phrases = commands.add_parser("phrases", help="look at, check, try and change the phrase lists")
    actions = phrases.add_subparsers(title="actions", required=True, metavar="ACTION")
    _check(
        add(
            actions,
            "check",
            "say what is the matter with phrase lists, and what to write instead",
            later("phrases_check", "run_check"),
        )
    )
    listed = add(actions, "list", "list all phrases", later("phrases", "show_list"))
    listed.add_argument("--category", metavar="NAME", help="only what the caller does in this category")
    _json(listed)
    shown = add(actions, "show", "print all that stands in the lists about a phrase", later("phrases", "show"))
    shown.add_argument("id", metavar="ID")
    _json(shown)
    explained = add(
        actions, "explain", "explain why a phrase is a sign and what cancels it", later("phrases", "explain")
    )
    explained.add_argument("id", metavar="ID")
    tried = add(actions, "try", "show what matches, what almost does, and why not", later("phrases_try", "run_try"))
    tried.add_argument("heard", metavar="TEXT|FILE", help="words in quotes, or a recording")
    tried.add_argument("--side", choices=("caller", "me", "any"), default="any", help="who says the text (any)")
    engine(tried)
    lists(tried)
    _json(tried)
    _edits(actions, add, later)


def add_explain(commands: argparse._SubParsersAction, add: Add, later: Later, engine: Option, lists: Option) -> None:
    """Add `explain`."""
    explain = add(
        commands,
        "explain",
        "show how the points of a call came about, and what did not count",
        later("explain", "explain"),
    )
    explain.add_argument("call", type=Path, metavar="CALL", help="recording, or text with --engine scripted")
    engine(explain)
    lists(explain)
    explain.add_argument(
        "--caller", choices=("left", "right", "mix"), help="channel of the caller in two-channel calls"
    )
    _json(explain)


def _check(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "files", nargs="*", metavar="FILE", help="lists; those of livewatch and of the settings when left out"
    )
    check.add_argument(
        "--ordinary", nargs="+", type=Path, default=[], metavar="MANIFEST",
        help="labelled calls: count how often each line is said in the ordinary ones",
    )  # fmt: skip
    check.add_argument("--table", type=Path, metavar="FILE", help="write what --ordinary counted")
    check.add_argument(
        "--lines",
        action=argparse.BooleanOptionalAction,
        help="show every line with how often it is said (with FILE: yes)",
    )
    check.add_argument("--strict", action="store_true", help="exit code 1 for warnings, too")
    _json(check)


def _edits(actions: argparse._SubParsersAction, add: Add, later: Later) -> None:
    added = add(actions, "add", "add a phrase to your own list", later("phrases_edit", "add"))
    added.add_argument(
        "say", nargs="*", metavar="WORDING", help="ways to say it, each in quotes; asked for when left out"
    )
    added.add_argument("--id", metavar="ID", help="made from the first wording when left out")
    added.add_argument("--category", metavar="NAME", help="what the caller does by saying it")
    added.add_argument("--why", metavar="SENTENCE", help="why it is a sign")
    added.add_argument("--points", type=float, metavar="N", help="0 to 60; 10: ten times likelier in a scam call")
    added.add_argument("--source", metavar="TEXT", help="where it is known from")
    added.add_argument(
        "--unless", action="append", default=[], metavar="WORDS", help="cancel it when near; may be repeated"
    )
    added.add_argument("--file", type=Path, metavar="FILE", help="your list (the first of phrases.files, or a new one)")
    added.add_argument("--yes", action="store_true", help="do not ask")
    for name, what in (("off", "switch a phrase off in your own list"), ("on", "switch a phrase on again")):
        switch = add(actions, name, what, later("phrases_edit", name))
        switch.add_argument("id", metavar="ID")
        switch.add_argument(
            "--file", type=Path, metavar="FILE", help="your list (the first of phrases.files, or a new one)"
        )


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="as JSON on standard output, one object a line")
