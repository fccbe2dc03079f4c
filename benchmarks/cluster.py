"""Calls shared out by a dask cluster on this machine: `python -m benchmarks.cluster MANIFEST [--runs N]`.

The recordings of MANIFEST are watched in this process, by one worker and by two, each with one thread, in turn,
`--runs` times after a first run that is not counted: recognisers are loaded then, and what is measured is the watching.
The same with 500 texts of one word, for what sending out one call costs. Scheduler, workers and this process share the
machine. Needs the extra `cluster`.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from distributed import LocalCluster

from benchmarks.common import provenance
from livewatch.events import SAMPLE_RATE
from livewatch.settings import Settings, load
from livewatch.tuning.corpus.manifest import Label, LabelledCall, read_corpus
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.cluster import Cluster
from livewatch.tuning.work.executor import Executor, watch_all
from livewatch.tuning.work.on_worker import same_everywhere
from livewatch.tuning.work.pool import Here
from livewatch.tuning.work.watcher import CallWatcher

HERE, ONE, TWO = "this process", "1 worker", "2 workers"
Open = Callable[[], Executor[LabelledCall, CallResult]]


def main() -> None:
    """Run all in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--calls", type=int, help="only so many of the manifest's")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    head = provenance(["moonshine-voice", "distributed"])
    settings = same_everywhere(load({"engine.name": "moonshine", "cache.enabled": False}).settings)
    calls = [
        replace(call, audio=call.audio.absolute())
        for call in read_corpus([options.manifest]).calls
        if call.audio is not None
    ][: options.calls]
    words = [LabelledCall(f"t{n}", Label.ORDINARY, "texts", f"texts:{n}", None, (("", "hello"),)) for n in range(500)]
    with ExitStack() as stack:
        ways = _ways(settings, stack)
        sound, audio_s = _measure(ways, calls, options.runs)
        texts, _ = _measure(ways, words, options.runs)
    table = _table(head, sound, texts, (len(calls), audio_s, len(words)))
    print(table)
    if options.write:
        options.write.write_text(table)


def _ways(settings: Settings, stack: ExitStack) -> dict[str, Open]:
    watcher = CallWatcher(settings)
    ways: dict[str, Open] = {HERE: lambda: Here(watcher)}
    for name, workers in ((ONE, 1), (TWO, 2)):
        local = stack.enter_context(
            LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
        )
        address = local.scheduler_address.replace("tcp://", "dask://")
        ways[name] = partial(Cluster, address, partial(CallWatcher, settings))
    return ways


def _measure(ways: dict[str, Open], calls: Sequence[LabelledCall], runs: int) -> tuple[dict[str, list[float]], float]:
    """Return the wall seconds of every counted run, by way, and the seconds of sound. All ways must agree."""
    walls: dict[str, list[float]] = {name: [] for name in ways}
    first: dict[str, CallResult] = {}
    for run in range(runs + 1):
        for name, open_executor in ways.items():
            executor = open_executor()
            began = time.monotonic()
            done = {call.id: outcome for call, outcome in watch_all(executor, calls)}
            wall = time.monotonic() - began
            first = first or done
            if done != first or len(done) != len(calls):
                raise SystemExit(f"{name} gives other results")
            if run:
                walls[name].append(wall)
                print(f"{name:14} {len(calls)} calls in {wall:.2f} s", flush=True)
    return walls, sum(result.audio for result in first.values()) / SAMPLE_RATE


def _table(
    head: str, sound: dict[str, list[float]], texts: dict[str, list[float]], facts: tuple[int, float, int]
) -> str:
    calls, audio_s, words = facts
    one = statistics.median(sound[ONE])
    lines = ["# Calls shared out by a cluster", "", head]
    lines += [
        f"- sound: {calls} calls, {audio_s / 60:.1f} min; texts: {words} of one word; {len(sound[ONE])} runs each",
        "",
    ]
    lines += ["| who watches | wall s (median, range) | times real time | against 1 worker |", "|---|---|---|---|"]
    for name, walls in sound.items():
        wall = statistics.median(walls)
        lines.append(
            f"| {name} | {wall:.1f} ({min(walls):.1f}-{max(walls):.1f}) | {audio_s / wall:.1f} | {one / wall:.2f} |"
        )
    each = {name: 1000 * statistics.median(walls) / words for name, walls in texts.items()}
    lines += ["", "A text of one word, ms a call: " + ", ".join(f"{name} {ms:.1f}" for name, ms in each.items()) + "."]
    lines += [f"Sending out one call and getting its result costs {each[ONE] - each[HERE]:.1f} ms."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
