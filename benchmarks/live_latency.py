"""Through a sound server, live: `python -m benchmarks.live_latency CLIPS [--clips N] [--idle SECONDS] [--write FILE]`.

CLIPS is a folder made by `python -m benchmarks.clips CLIPS`. Each clip is played into a null sink of a private
PulseAudio while `livewatch listen --json` hears the sink's monitor. When a phrase ended is measured, not assumed: the
benchmark records the same monitor, finds the clip in it by correlation, and takes the earliest any of its sound arrived
for the clock. The latency runs from there to the line with the alert; a phrase without an alert counts as infinite.

Idle: CPU seconds of all processes of livewatch together, per second, while nothing plays; with a window where DISPLAY
is set (`xvfb-run -a python -m benchmarks.live_latency …`), else without one. The sound server is not counted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from benchmarks.common import Sound, load, provenance
from benchmarks.latency import quantile
from livewatch.audio.microphone import Microphone, Wanted, open_microphone
from livewatch.events import SAMPLE_RATE
from tests.command import environment
from tests.live.listening import Listening
from tests.live.pulse import Pulse

_AFTER_S = 4.0
"""Seconds an alert may come after its clip's end"""


class Recording:
    """What the monitor carried, with the clock on which it arrived."""

    def __init__(self) -> None:
        self.epoch = time.monotonic()
        self._microphone: Microphone = open_microphone(Wanted("default", "input", "any"), self.epoch)
        self._parts: list[Sound] = []
        self._first: int | None = None
        self._offset = math.inf
        self._thread = threading.Thread(target=self._record, daemon=True)
        self._thread.start()

    def _record(self) -> None:
        for chunk in self._microphone:
            self._first = chunk.start if self._first is None else self._first
            self._offset = min(self._offset, time.monotonic() - chunk.end / SAMPLE_RATE)
            self._parts.append(chunk.samples)

    def close(self) -> None:
        """End it."""
        self._microphone.close()
        self._thread.join(5)

    def began(self, clip: Sound, since: float) -> float:
        """When (time.monotonic()) the first sample of `clip`, played after `since`, was in the monitor."""
        first = self._first or 0
        heard = np.concatenate(self._parts).astype(np.float64)
        skip = max(0, round((since - self._offset) * SAMPLE_RATE) - first)
        heard = heard[skip:]
        size = 1 << (len(heard) + len(clip)).bit_length()
        product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(clip.astype(np.float64), size))
        place = int(np.argmax(np.fft.irfft(product, size)[: len(heard)]))
        return self._offset + (first + skip + place) / SAMPLE_RATE


def latency_s(pulse: Pulse, folder: Path, row: dict[str, object], recording: Recording) -> float:
    """Seconds from the end of the phrase to its alert."""
    path = folder / str(row["audio"])
    start, end = float(str(row["phrase_start_s"])), float(str(row["phrase_end_s"]))
    with Listening(pulse.environ, "--engine", "moonshine") as listening:
        listening.listens()
        time.sleep(1)
        since = time.monotonic()
        pulse.play(path).wait()
        time.sleep(_AFTER_S)
        began = recording.began(load([str(path)]), since)
        listening.stop()
        for came in listening.came:
            if came.event["event"] != "alert":
                continue
            # Evidence is in seconds of the call; where the clip begins in it follows from the alert's two clocks.
            ahead = began - (came.at - came.event["wall_s"])
            if any(m["start_s"] - ahead < end and m["end_s"] - ahead > start for m in came.event["evidence"]):
                return came.at - began - end
    return math.inf


def tree_cpu_s(process: int) -> float:
    """CPU seconds of a process and everything under it."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    family = {process}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(spent.get(each, 0.0) for each in family)


def idle_cpu(pulse: Pulse, seconds: float) -> tuple[float, str]:
    """CPU seconds per second with nothing playing, and how it was run."""
    window = bool(os.environ.get("DISPLAY"))
    command = [sys.executable, "-m", "livewatch", "listen", *([] if window else ["--json"])]
    environ = environment(**pulse.environ)
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        time.sleep(12)
        before, began = tree_cpu_s(process.pid), time.monotonic()
        time.sleep(seconds)
        share = (tree_cpu_s(process.pid) - before) / (time.monotonic() - began)
        process.terminate()
    return share, "with the window" if window else "without a window"


def main() -> None:
    """Run the clips and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, help="only the first N")
    parser.add_argument("--idle", type=float, default=60, metavar="SECONDS", help="how long to measure idle CPU (60)")
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "manifest.jsonl").read_text().splitlines()][: options.clips]
    head = provenance(["moonshine-voice", "sounddevice"])
    folder = Path(tempfile.mkdtemp(prefix="lw"))
    pulse = Pulse(folder, "module-null-sink sink_name=call rate=48000")
    os.environ.update({name: value for name, value in pulse.environ.items() if name != "HOME"})
    lines = [
        "# Live, through a sound server",
        "",
        head,
        "- path: paplay, PulseAudio null sink, its monitor, listen",
        "",
    ]
    try:
        recording = Recording()
        results: list[tuple[str, float]] = []
        for row in rows:
            results.append((row["id"], latency_s(pulse, options.folder, row, recording)))
            print(f"{row['id']:40} {results[-1][1]:6.2f} s", flush=True)
        recording.close()
        if results:
            late = [seconds for _, seconds in results]
            missed = sum(seconds == math.inf for seconds in late)
            lines += ["| clips | p50 s | p95 s | missed |", "|---|---|---|---|"]
            lines += [f"| {len(late)} | {quantile(late, 0.5):.2f} | {quantile(late, 0.95):.2f} | {missed} |", ""]
            worst = sorted(results, key=lambda result: -result[1])[:6]
            lines += ["Slowest: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in worst) + ".", ""]
        share, how = idle_cpu(pulse, options.idle)
        lines += [f"Idle, {how}: {share:.4f} CPU-s per s over {options.idle:.0f} s."]
    finally:
        pulse.close()
        shutil.rmtree(folder, ignore_errors=True)
    table = "\n".join(lines) + "\n"
    print(table)
    if options.write:
        options.write.write_text(table)


if __name__ == "__main__":
    main()
