"""The arguments of the commands that judge many calls: `evaluate` and `tune`."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser import tune as changes
from livewatch.cli.parser.common import (
    cache_option,
    cluster_option,
    command,
    engine_option,
    jobs_option,
    json_option,
    later,
    manifests_argument,
    phrases_option,
)
from livewatch.cli.parser.report import report_options


def add_evaluate(commands: argparse._SubParsersAction) -> None:
    """Add `evaluate`."""
    evaluate = command(
        commands, "evaluate", "measure what is caught and missed over labelled calls", later("evaluate", "evaluate")
    )
    manifests_argument(evaluate)
    json_option(evaluate, "the figures as JSON on standard output")
    evaluate.add_argument("--details", type=Path, metavar="FILE", help="write one JSON line per call")
    evaluate.add_argument("--parquet", type=Path, metavar="FILE", help="write a Parquet file with one row per call")
    jobs_option(evaluate)
    cache_option(evaluate)
    cluster_option(evaluate)
    engine_option(evaluate)
    phrases_option(evaluate)
    report_options(evaluate)


def add_tune(commands: argparse._SubParsersAction) -> None:
    """Add `tune` and its actions."""
    tune = commands.add_parser("tune", help="weigh thresholds and phrase lists on labelled calls, and fit from them")
    actions = tune.add_subparsers(title="actions", required=True, metavar="ACTION")
    fit = command(
        actions,
        "fit",
        "fit what words and phrases weigh, and judge it on campaigns it has not seen",
        later("tune", "run_fit"),
    )
    manifests_argument(fit)
    fit.add_argument(
        "--hard",
        type=Path,
        action="append",
        default=[],
        metavar="MANIFEST",
        help="calls chosen to be hard: the gist learns from them, phrases are not counted in them; may be repeated",
    )
    fit.add_argument("--folds", type=int, default=5, metavar="N", help="parts for cross-validation (5)")
    fit.add_argument("--details", type=Path, metavar="FILE", help="write one JSON line per call, judged unseen")
    fit.add_argument("--write", type=Path, metavar="FOLDER", help="write what was fitted on all calls into it")
    json_option(fit, "the figures on unseen campaigns as JSON on standard output")
    jobs_option(fit)
    cache_option(fit)
    phrases_option(fit)
    language_model = command(
        actions,
        "language-model",
        "count what people on the telephone say, for the recogniser to doubt what nobody says",
        later("tune", "run_language_model"),
    )
    manifests_argument(language_model)
    language_model.add_argument(
        "--write", type=Path, metavar="FOLDER", required=True, help="write the counts into it, as talk-en.npz"
    )
    changes.add_sweep(actions)
    changes.add_suggest(actions)
    changes.add_diff(actions)
    changes.add_apply(actions)


def add_cache(commands: argparse._SubParsersAction) -> None:
    """Add `cache` and its actions."""
    cache = commands.add_parser("cache", help="what is kept of labelled calls, to judge them again in seconds")
    actions = cache.add_subparsers(title="actions", required=True, metavar="ACTION")
    show = command(
        actions, "show", "print where it is, what is in it and how large it may become", later("cache", "show")
    )
    json_option(show, "as JSON on standard output")
    command(actions, "clear", "remove all of it", later("cache", "clear"))
    limit = command(actions, "limit", "set how large it may become, and make it that small", later("cache", "limit"))
    limit.add_argument("megabytes", metavar="MB", help="millions of bytes, 1 to 1000000")
