"""CPU per second of sound, against peers in the same run: `python -m benchmarks.speed PATH… [--write FILE]`.

PATH is a recording or a folder of recordings of continuous speech. Every reader runs in a process of its own, pinned
to one core, in turn, `--runs` times over the same sound; the table gives the median and the range, and the ratio to
livewatch. Start-up is not counted, except in the rows of the whole program. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.common import InMemory, Sound, cpu_s, load, provenance, recordings, rss_mb
from livewatch.audio.speech import SpeechGate
from livewatch.engines.moonshine import open_engine
from livewatch.phrases.book import Book
from livewatch.phrases.sound import MOST_DISTANCE
from livewatch.pipeline import watch
from livewatch.risk.judge import Judge, load_rules

PHRASES = (
    "remote access",
    "your computer is infected",
    "social security number",
    "arrest warrant",
    "press one",
    "gift cards",
    "read me the code",
    "do not hang up",
)


def pipeline(update_s: float | None) -> Callable[[Sound], object]:
    """Gate, engine, spotter and judge."""
    engine, book, rules = open_engine(update_every_s=update_s), Book.load().book, load_rules()
    return lambda sound: sum(
        1 for _ in watch(InMemory(sound), engine, SpeechGate, book.spotter(MOST_DISTANCE), Judge(rules))
    )


def engine_alone(update_s: float | None) -> Callable[[Sound], object]:
    """The engine behind the gate, nothing after it."""
    engine = open_engine(update_every_s=update_s)

    def read(sound: Sound) -> int:
        session, gate, count = engine.open(), SpeechGate(), 0
        for chunk in InMemory(sound):
            for marked in gate.mark(chunk):
                count += sum(1 for _ in session.accept(marked))
        return count + sum(1 for _ in session.finish())

    return read


READERS: dict[str, Callable[[], Callable[[Sound], object] | None]] = {
    "livewatch live, 0.3 s updates": lambda: pipeline(0.3),
    "livewatch live, engine alone": lambda: engine_alone(0.3),
    "livewatch replay": lambda: pipeline(None),
    "livewatch replay, engine alone": lambda: engine_alone(None),
    "moonshine-voice stream, 0.5 s updates": lambda: peers.moonshine_stream(0.5),
    "moonshine-voice transcribe": peers.moonshine_transcribe,
    "pocketsphinx, 8 key phrases": lambda: peers.pocketsphinx_phrases(PHRASES),
    "faster-whisper tiny, 5 s loop": peers.whisper_loop,
}


def measure(name: str, path: Path) -> None:
    """In the child: read the sound once and print what it cost."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sound = np.load(path)
    reader = READERS[name]()
    if reader is None:
        print(json.dumps(None))
        return
    reader(sound[: 5 * 16_000])  # first use loads and compiles what is loaded lazily
    wall, cpu = time.monotonic(), cpu_s()
    reader(sound)
    wall, cpu = time.monotonic() - wall, cpu_s() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "peak_mb": peak, "rss_mb": rss_mb()}))


def whole_program(paths: list[str], *options: str) -> dict[str, float]:
    """The command itself, start-up included, over the files."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic()
    command = ["taskset", "-c", "0", sys.executable, "-m", "livewatch", "replay", "--json", *options, *paths]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "wall_s": time.monotonic() - wall, "peak_mb": after.ru_maxrss / 1e3}


def main() -> None:
    """Run all readers in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "SOUND"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], Path(options.measure[1]))
        return
    head = provenance(["moonshine-voice", "pocketsphinx"])
    sound = load(options.paths)
    seconds = len(sound) / 16_000
    path = Path("benchmark-sound.npy").resolve()
    np.save(path, sound)
    results: dict[str, list[dict[str, float]]] = {}
    try:
        for _ in range(options.runs):
            for name in READERS:
                command = [sys.executable, "-m", "benchmarks.speed", "--measure", name, str(path)]
                run = subprocess.run(command, capture_output=True, text=True, check=True)
                result = json.loads(run.stdout.splitlines()[-1])
                if result is not None:
                    results.setdefault(name, []).append(result)
                    print(f"{name:40} {result['cpu_s'] / seconds:.4f} CPU-s per s", flush=True)
            files = [str(path) for path in recordings(options.paths)]
            results.setdefault("`livewatch replay --json`, whole program", []).append(whole_program(files))
    finally:
        path.unlink()
    lines = [
        "# CPU per second of sound",
        "",
        head,
        f"- sound: {seconds / 60:.1f} min, one core, {options.runs} runs",
        "",
    ]
    lines += ["| reader | CPU-s per s (median, range) | times real time | against livewatch live | peak MB |"]
    lines += ["|---|---|---|---|---|"]
    own = statistics.median(r["cpu_s"] for r in results["livewatch live, 0.3 s updates"])
    for name, runs in results.items():
        costs = sorted(run["cpu_s"] / seconds for run in runs)
        walls = statistics.median(run["wall_s"] for run in runs)
        middle = statistics.median(costs)
        lines.append(
            f"| {name} | {middle:.4f} ({costs[0]:.4f}-{costs[-1]:.4f}) | {seconds / walls:.1f} | "
            f"{middle * seconds / own:.2f} | {max(run['peak_mb'] for run in runs):.0f} |"
        )
    for name in READERS:
        if name not in results:
            lines.append(f"| {name} | not to be had on this machine | | | |")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.write:
        options.write.write_text(table)


if __name__ == "__main__":
    main()
