"""The arguments of `livewatch phrases` and `livewatch explain`. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import command, engine_option, json_option, later, phrases_option


def add_phrases(commands: argparse._SubParsersAction) -> None:
    """Add `phrases` and its actions."""
    phrases = commands.add_parser("phrases", help="look at, check, try and change the phrase lists")
    actions = phrases.add_subparsers(title="actions", required=True, metavar="ACTION")
    _check(
        command(
            actions,
            "check",
            "say what is the matter with phrase lists, and what to write instead",
            later("phrases_check", "run_check"),
        )
    )
    listed = command(actions, "list", "list all phrases", later("phrases", "show_list"))
    listed.add_argument("--category", metavar="NAME", help="only what the caller does in this category")
    json_option(listed)
    shown = command(actions, "show", "print all that stands in the lists about a phrase", later("phrases", "show"))
    shown.add_argument("id", metavar="ID")
    json_option(shown)
    explained = command(
        actions, "explain", "explain why a phrase is a sign and what cancels it", later("phrases", "explain")
    )
    explained.add_argument("id", metavar="ID")
    tried = command(actions, "try", "show what matches, what almost does, and why not", later("phrases_try", "run_try"))
    tried.add_argument("heard", metavar="TEXT|FILE", help="words in quotes, or a recording")
    tried.add_argument("--side", choices=("caller", "me", "any"), default="any", help="who says the text (any)")
    engine_option(tried)
    phrases_option(tried)
    json_option(tried)
    _rehearse(
        command(
            actions,
            "rehearse",
            "say a phrase in the installed voices through a telephone line, and see what comes back",
            later("phrases_rehearse", "run_rehearse"),
        )
    )
    _edits(actions)


def add_explain(commands: argparse._SubParsersAction) -> None:
    """Add `explain`."""
    explain = command(
        commands,
        "explain",
        "show how the points of a call came about, and what did not count",
        later("explain", "explain"),
    )
    explain.add_argument("call", type=Path, metavar="CALL", help="recording, or text with --engine scripted")
    engine_option(explain)
    phrases_option(explain)
    explain.add_argument(
        "--caller", choices=("left", "right", "mix"), help="channel of the caller in two-channel calls"
    )
    json_option(explain)


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
    json_option(check)


def _rehearse(rehearse: argparse.ArgumentParser) -> None:
    rehearse.add_argument("phrase", metavar="PHRASE", help="a wording in quotes, or the id of a listed phrase")
    rehearse.add_argument(
        "--add", nargs="?", const="ask", metavar="N,…", help="add mis-hearings to your list: their numbers, or all"
    )
    rehearse.add_argument(
        "--seconds", type=float, default=60.0, metavar="N", help="begin nothing new after so many seconds (60)"
    )
    rehearse.add_argument(
        "--ordinary", nargs="+", type=Path, default=[], metavar="MANIFEST",
        help="labelled calls: count how often mis-hearings are said in the ordinary ones",
    )  # fmt: skip
    rehearse.add_argument("--category", metavar="NAME", help="for --add: what the caller does by saying it")
    rehearse.add_argument("--why", metavar="SENTENCE", help="for --add: why it is a sign")
    rehearse.add_argument("--points", type=float, metavar="N", help="for --add: 0 to 60")
    rehearse.add_argument(
        "--file", type=Path, metavar="FILE", help="your list (the first of phrases.files, or a new one)"
    )
    rehearse.add_argument("--yes", action="store_true", help="do not ask about warnings")
    engine_option(rehearse)
    json_option(rehearse)


def _edits(actions: argparse._SubParsersAction) -> None:
    added = command(actions, "add", "add a phrase to your own list", later("phrases_edit", "add"))
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
        switch = command(actions, name, what, later("phrases_edit", name))
        switch.add_argument("id", metavar="ID")
        switch.add_argument(
            "--file", type=Path, metavar="FILE", help="your list (the first of phrases.files, or a new one)"
        )
