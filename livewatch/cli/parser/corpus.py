"""The arguments of `livewatch corpus`. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
from pathlib import Path

from livewatch.cli.parser.common import FILE, command, engine_option, jobs_option, json_option, later, phrases_option

LABELS = ("scam", "caution", "ordinary", "unsure")


def add_corpus(commands: argparse._SubParsersAction) -> None:
    """Add `corpus` and its actions."""
    corpus = commands.add_parser("corpus", help="collect labelled calls, label them and check them")
    actions = corpus.add_subparsers(title="actions", required=True, metavar="ACTION")
    add = command(
        actions,
        "add",
        "add recordings, other manifests, label files and calls listened to; group calls of one script",
        later("corpus", "add"),
    )
    _corpus(add)
    paths = add.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="recording, folder, manifest, Audacity labels, or what listen --json wrote (CORPUS, if it is a folder)",
    )
    paths.complete = FILE  # type: ignore[attr-defined]
    add.add_argument("--label", choices=LABELS, help="what all of them are that do not say it themselves")
    add.add_argument(
        "--listen", action="store_true", help="recognise recordings once, to find those of one script as well"
    )
    add.add_argument("--no-campaigns", action="store_true", help="do not group calls that are alike")
    jobs_option(add)
    engine_option(add)
    listed = command(actions, "list", "count calls, campaigns and hours", later("corpus", "show"))
    _corpora(listed)
    listed.add_argument("--campaigns", action="store_true", help="list the campaigns as well")
    json_option(listed)
    label = command(
        actions, "label", "hear what matters in each call and say what it is", later("corpus_label", "label")
    )
    _corpus(label)
    label.add_argument("--again", action="store_true", help="calls that have a label as well")
    label.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="ID=LABEL",
        help="label this call and ask nothing; may be repeated",
    )
    engine_option(label)
    phrases_option(label)
    check = command(actions, "check", "say what is wrong, by file and line", later("corpus", "check"))
    _corpora(check)
    check.add_argument("--strict", action="store_true", help="exit code 1 for warnings, too")
    json_option(check)


def _corpus(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "corpus", type=Path, metavar="CORPUS", help="your manifest, or a folder: manifest.jsonl in it"
    ).complete = FILE  # type: ignore[attr-defined]


def _corpora(added: argparse.ArgumentParser) -> None:
    added.add_argument(
        "corpora", nargs="+", type=Path, metavar="CORPUS", help="manifest, or folder with a manifest.jsonl"
    ).complete = FILE  # type: ignore[attr-defined]
