"""Minute 60 against minute 1, and memory: `python -m benchmarks.soak PATH… [--minutes 60] [--replay] [--write FILE]`.

The recordings (10 minutes of speech or more) are repeated until `--minutes` are full and go through the pipeline as in
a live call, 0.3 s updates, as fast as it goes; with `--replay` every utterance is only read when it closes, which is
several times as fast. Blocks of 10 minutes hold the same sound, so that their CPU compares.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.common import InMemory, cpu_s, load, provenance, rss_mb
from livewatch.assembly import Kit
from livewatch.events import SAMPLE_RATE, AudioChunk
from livewatch.settings import load as load_settings

BLOCK = 600 * SAMPLE_RATE
"""Samples of one block: 10 minutes"""


class _Repeated(InMemory):
    """The block over and over; notes CPU and memory at each block's end."""

    def __init__(self, block: np.ndarray, blocks: int) -> None:
        super().__init__(block, "soak")
        self.duration = len(block) * blocks
        self._blocks = blocks
        self.marks: list[tuple[float, float]] = []

    def __iter__(self) -> Iterator[AudioChunk]:
        for number in range(self._blocks):
            for chunk in super().__iter__():
                yield AudioChunk(chunk.samples, number * BLOCK + chunk.start)
            self.marks.append((cpu_s(), rss_mb()))
            print(f"{(number + 1) * 10} minutes: {cpu_s():.0f} CPU-s, {rss_mb():.0f} MB", flush=True)


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--replay", action="store_true", help="read as a replay does, for hours of sound")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    head = provenance()
    sound = load(options.paths)
    block = np.resize(sound, BLOCK)
    source = _Repeated(block, options.minutes // 10)
    kit = Kit(load_settings({"engine.name": "moonshine"}).settings, live=not options.replay)
    before = cpu_s()
    events = sum(1 for _ in kit.watch(source))
    kit.close()
    how = "every utterance when it closes (replay)" if options.replay else "every 0.3 s (live)"
    lines = ["## The same ten minutes again and again", "", head, f"- read {how}; {events} events", ""]
    lines += ["| minutes | CPU-s per s | memory MB |", "|---|---|---|"]
    for number, (cpu, memory) in enumerate(source.marks):
        lines.append(f"| {number * 10 + 1}-{number * 10 + 10} | {(cpu - before) / 600:.4f} | {memory:.0f} |")
        before = cpu
    hours = (len(source.marks) - 1) / 6
    growth = (source.marks[-1][1] - source.marks[0][1]) / hours if hours else 0.0
    lines += ["", f"Memory growth after the first ten minutes: {growth:.1f} MB per hour of sound."]
    table = "\n".join(lines) + "\n"
    print(table)
    if options.write:
        options.write.write_text(table)


if __name__ == "__main__":
    main()
