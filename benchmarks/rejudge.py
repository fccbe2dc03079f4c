"""How long labelled calls take again: nothing changed, a list edited, thresholds moved; and what keeping them costs.

    python -m benchmarks.rejudge MANIFEST… [--hours 100] [--sound MANIFEST] [--write FILE]

The texts of the manifests are evaluated cold, and again. Then they are copied under new ids, with a word more
each time, until there are --hours of them; after one cold run each edit is a run of its own, from the start of the
program to its end, with the cache as the cold run left it. --sound: calls as sound, recognised with the cache and
without it, in turns, by CPU time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.common import provenance
from livewatch.engines.script import WORDS_PER_SECOND
from livewatch.tuning.corpus.manifest import read_corpus

PHRASE = """
[[phrase]]
id = "bench.new"
category = "money"
say = ["{say}"]
why = "Only in benchmarks."
points = 12
"""
EDITS = {
    "the phrase of the most scam calls switched off": '[[phrase]]\nid = "{most}"\nenabled = false\n',
    "its points changed": '[[phrase]]\nid = "{most}"\npoints = 7\n',
    "an exception added to it": '[[phrase]]\nid = "{most}"\nunless = ["purple elephant"]\n',
    "a new phrase, `[can you] send me the (money|cash)`": PHRASE.format(say="[can you] send me the (money|cash)"),
    "a new phrase nobody says": PHRASE.format(say="purple elephant festival"),
    "a new phrase of the commonest words, `you know * the`": PHRASE.format(say="you know * the"),
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifests", nargs="+", type=Path)
    parser.add_argument("--hours", type=float, default=100)
    parser.add_argument("--sound", type=Path, help="a manifest of recordings")
    parser.add_argument("--write", type=Path, help="write the table to a file as well")
    options = parser.parse_args()
    lines = ["# Judging calls again", "", provenance(), ""]
    with tempfile.TemporaryDirectory() as name:
        for line in [
            *lines,
            *_texts(options, Path(name)),
            *(_sound(options.sound, Path(name)) if options.sound else ()),
        ]:
            print(line, flush=True)
            if options.write:
                with options.write.open("a" if line is not lines[0] else "w") as file:
                    file.write(line + "\n")


def _texts(options: argparse.Namespace, folder: Path) -> Iterator[str]:
    cache = folder / "cache"
    calls = len(read_corpus(options.manifests).calls)
    yield "| calls | change | seconds | CPU-s |"
    yield "|---|---|---|---|"
    yield _row(f"{calls:,} texts", "cold", _evaluate(options.manifests, cache))
    yield _row("", "none", _evaluate(options.manifests, cache))
    many = folder / "many.jsonl"
    hours, count = _copy(options.manifests, many, options.hours)
    what = f"{count:,} texts, {hours:.0f} h"
    yield _row(what, "cold", _evaluate([many], cache))
    taken = sum(path.stat().st_size for path in cache.iterdir()) / 1e6
    kept = folder / "kept"
    shutil.copytree(cache, kept)
    yield _row("", "none", _evaluate([many], cache))
    yield _row("", "both thresholds 3 points up", _evaluate([many], cache, caution=23, danger=33))
    most = _most_heard(many, cache)
    for name, edit in EDITS.items():
        shutil.rmtree(cache)
        shutil.copytree(kept, cache)
        own = folder / "own.toml"
        own.write_text('language = "en"\nsource = "benchmark"\n' + edit.replace("{most}", most), "utf-8")
        yield _row("", name, _evaluate([many], cache, "--phrases", str(own)))
    yield ""
    yield f"The phrase is {most}. The cache takes {taken:.1f} MB for both."
    yield ""


def _row(what: str, change: str, took: tuple[float, float]) -> str:
    return f"| {what} | {change} | {took[0]:.1f} | {took[1]:.1f} |"


def _evaluate(
    manifests: Sequence[Path], cache: Path | None, *more: str, caution: int = 20, danger: int = 30
) -> tuple[float, float]:
    """Run the program; return its seconds and the CPU seconds of it and its processes."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    _run(manifests, cache, *more, caution=caution, danger=danger)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu


def _run(manifests: Sequence[Path], cache: Path | None, *more: str, caution: int = 20, danger: int = 30) -> dict:
    environment = {
        **os.environ,
        "LIVEWATCH_CONFIG": os.devnull,
        "LIVEWATCH_CACHE_ENABLED": "false" if cache is None else "true",
        "LIVEWATCH_CACHE_FOLDER": str(cache or ""),
        "LIVEWATCH_RISK_CAUTION_POINTS": str(caution),
        "LIVEWATCH_RISK_DANGER_POINTS": str(danger),
    }
    command = [sys.executable, "-m", "livewatch", "evaluate", "--json", *more, *map(str, manifests)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def _copy(manifests: Sequence[Path], target: Path, hours: float) -> tuple[float, int]:
    """Write rows until there are `hours` of them; return hours and rows."""
    words, rows, turn = 0, 0, 0
    calls = read_corpus(manifests).calls
    with target.open("w", encoding="utf-8") as file:
        while True:
            for call in calls:
                if words >= hours * 3600 * WORDS_PER_SECOND:
                    return words / 3600 / WORDS_PER_SECOND, rows
                turns = [[speaker, text] for speaker, text in call.turns]
                turns[0][1] = f"well{turn} {turns[0][1]}"
                row = {"id": f"{call.id}~{turn}", "label": call.label, "turns": turns, "campaign": call.campaign}
                file.write(json.dumps(row) + "\n")
                words, rows = words + call.words + 1, rows + 1
            turn += 1


def _most_heard(manifest: Path, cache: Path) -> str:
    """The phrase that was heard in the most scam calls."""
    phrases = [entry for entry in _run([manifest], cache)["phrases"] if entry["phrase"] != "gist"]
    return max(phrases, key=lambda entry: entry["scam_calls"])["phrase"]


def _sound(manifest: Path, folder: Path) -> Iterator[str]:
    took: dict[str, list[float]] = {"without": [], "with": []}
    for turn in range(3):
        took["without"].append(_evaluate([manifest], None, "--jobs", "1")[1])
        took["with"].append(_evaluate([manifest], folder / f"sound-{turn}", "--jobs", "1")[1])
    without, with_it = (median(these) for these in took.values())
    calls = read_corpus([manifest]).calls
    cached = _evaluate([manifest], folder / "sound-0", "--jobs", "1")
    own = folder / "sound.toml"
    edit = EDITS["its points changed"].replace("{most}", _most_heard(manifest, folder / "sound-0"))
    own.write_text('language = "en"\nsource = "benchmark"\n' + edit, "utf-8")
    edited = _evaluate([manifest], folder / "sound-0", "--jobs", "1", "--phrases", str(own))
    minutes = sum(call.duration_s or 0.0 for call in calls) / 60
    yield f"| {len(calls)} recordings, {minutes:.1f} min | CPU-s |"
    yield "|---|---|"
    yield f"| without the cache, median of 3 | {without:.1f} |"
    yield f"| with it, empty at the start | {with_it:.1f} ({100 * (with_it / without - 1):+.1f} %) |"
    yield f"| again | {cached[1]:.1f} |"
    yield f"| again, after the points of the phrase of the most scam calls were changed | {edited[1]:.1f} |"


if __name__ == "__main__":
    main()
