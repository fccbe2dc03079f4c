"""The arguments of `tune` that weigh changes: `sweep`, `suggest`, `diff`, `apply`, `undo`."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import (
    FILE,
    cache_option,
    command,
    engine_option,
    jobs_option,
    json_option,
    later,
    manifests_argument,
    phrases_option,
)
from livewatch.cli.parser.report import page_options


def add_sweep(actions: argparse._SubParsersAction) -> None:
    """Add `tune sweep`."""
    sweep = command(
        actions,
        "sweep",
        "show what thresholds catch and what they cost, and which to take under a budget of false alarms",
        later("tune_sweep", "run"),
    )
    manifests_argument(sweep)
    sweep.add_argument(
        "--setting",
        action="append",
        metavar="NAME[=VALUES]",
        help="what to sweep (both thresholds): risk.danger_points=20:40, speech.aggressiveness=0,1,2; may be repeated",
    )
    sweep.add_argument(
        "--budget", type=float, default=0.1, metavar="N", help="false dangers per hour that are bearable (0.1)"
    )
    sweep.add_argument("--budget-calls", type=float, metavar="SHARE", help="the same as a share of ordinary calls")
    sweep.add_argument(
        "--caution-budget", type=float, default=1.0, metavar="N", help="false cautions per hour that are bearable (1)"
    )
    sweep.add_argument("--csv", type=Path, metavar="FILE", help="write the curves as a table")
    json_option(sweep, "the curves as JSON on standard output")
    jobs_option(sweep)
    cache_option(sweep)
    engine_option(sweep)
    phrases_option(sweep)


def add_diff(actions: argparse._SubParsersAction) -> None:
    """Add `tune diff`."""
    difference = command(
        actions,
        "diff",
        "show which calls change when one phrase list takes the place of another",
        later("tune_change", "run_diff"),
    )
    for name, what in (
        ("old", 'a phrase list, "current" (yours) or "shipped" (without yours)'),
        ("new", "the same, in its place"),
    ):
        difference.add_argument(name, metavar=name.upper(), help=what).complete = FILE  # type: ignore[attr-defined]
    manifests_argument(difference)
    json_option(difference, "what changes as JSON on standard output")
    page_options(difference)
    jobs_option(difference)
    cache_option(difference)
    engine_option(difference)


def add_apply(actions: argparse._SubParsersAction) -> None:
    """Add `tune apply` and `tune undo`."""
    apply = command(
        actions, "apply", "make a phrase list yours, after showing what it changes", later("tune_apply", "run_apply")
    )
    apply.add_argument("new", metavar="NEW", help="the list that is to take the place of yours").complete = FILE  # type: ignore[attr-defined]
    manifests_argument(apply)
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument(
        "--may-lose",
        type=int,
        default=0,
        metavar="N",
        help="calls it may lose; with more it is refused (0)",
    )
    apply.add_argument(
        "--may-add", type=int, default=0, metavar="N", help="false dangers it may add; with more it is refused (0)"
    )
    apply.add_argument("--force", action="store_true", help="apply it whatever it costs")
    json_option(apply, "what changes as JSON on standard output; applies only with --yes")
    jobs_option(apply)
    cache_option(apply)
    engine_option(apply)
    undo = command(
        actions, "undo", "put back the phrase list from before the last `tune apply`", later("tune_apply", "run_undo")
    )
    undo.add_argument("--force", action="store_true", help="even if the list was edited since; the edited one is kept")


def add_suggest(actions: argparse._SubParsersAction) -> None:
    """Add `tune suggest`."""
    suggest = command(
        actions, "suggest", "show what missed scams say, and what makes false alarms", later("tune_suggest", "run")
    )
    manifests_argument(suggest)
    suggest.add_argument(
        "--least", type=int, default=2, metavar="N", help="missed campaigns that must say it; calls for `unless` (2)"
    )
    suggest.add_argument("--most", type=int, default=20, metavar="N", help="how many of each kind are shown (20)")
    suggest.add_argument(
        "--write", type=Path, metavar="FILE", help="write your list with the wordings as drafts, all switched off"
    )
    json_option(suggest, "the suggestions as JSON on standard output")
    jobs_option(suggest)
    cache_option(suggest)
    engine_option(suggest)
    phrases_option(suggest)
