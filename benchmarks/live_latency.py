"""Through a sound server, live: `python -m benchmarks.live_latency CLIPS [--clips N] [--idle SECONDS] [--write FILE]`.

CLIPS is a folder made by `python -m benchmarks.clips CLIPS`. Each clip is played into a null sink of a private
PulseAudio while `livewatch listen`, with its window on an Xvfb of its own, hears the sink's monitor. When a phrase
ended is measured, not assumed: the benchmark records the same monitor, finds the clip in it by correlation, and takes
the earliest any of its sound arrived for the clock. Two latencies run from there: to the line with the alert, and to
the moment at which the X server has mapped the red window. As in `benchmarks.latency` the alert that counts is
the first whose evidence lies on the phrase or that raises the call to danger once the phrase has begun; a phrase
without one counts as infinite, and a call that was at danger before it is counted apart.

Idle: CPU seconds of all processes of livewatch together, per second, with the window, while nothing plays; the servers
of sound and display are not counted. Beside it: how long the program takes from its start to the first sound heard
with the recogniser loaded, and which sockets it holds.
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import Sound, load, provenance
from benchmarks.latency import quantile
from benchmarks.live import Busy, Mapped, sockets, tree_cpu_s
from livewatch.audio.microphone import Microphone, open_microphone
from livewatch.audio.wanted import Wanted
from livewatch.events import SAMPLE_RATE
from tests.command import environment
from tests.display import xvfb
from tests.live.listening import Listening
from tests.live.pulse import Pulse

_AFTER_S = 4.0
"""Seconds an alert may come after its clip's end"""
_CLOCKS_S = 0.5
"""Seconds by which sound may seem to come before it was played"""


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
        # The two clocks differ by some 20 ms: with nothing allowed for that, the clip's own beginning was skipped.
        skip = max(0, round((since - _CLOCKS_S - self._offset) * SAMPLE_RATE) - first)
        heard = heard[skip:]
        size = 1 << (len(heard) + len(clip)).bit_length()
        product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(clip.astype(np.float64), size))
        place = int(np.argmax(np.fft.irfft(product, size)[: len(heard)]))
        return self._offset + (first + skip + place) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Late:
    """Seconds from the end of a phrase; infinite where nothing came."""

    alert: float
    """To the event"""
    window: float | None
    """To the red window; None where the alert was one of caution, which the window shows without a new one"""


def late(pulse: Pulse, folder: Path, row: dict[str, object], recording: Recording, display: str) -> Late | None:
    """How late one clip is warned of; None when its call was at danger before the phrase."""
    path = folder / str(row["audio"])
    start, end = float(str(row["phrase_start_s"])), float(str(row["phrase_end_s"]))
    mapped = Mapped(display)
    with Listening({**pulse.environ, "DISPLAY": display}, begin=_with_window) as listening:
        listening.listens()
        time.sleep(1)
        since = time.monotonic()
        pulse.play(path).wait()
        time.sleep(_AFTER_S)
        began = recording.began(load([str(path)]), since)
        window = mapped.danger(since)
        mapped.close()
        listening.stop()
        for came in listening.came:
            if came.event["event"] != "alert":
                continue
            # Evidence is in seconds of the call; where the clip begins in it follows from the alert's two clocks.
            ahead = began - (came.at - came.event["wall_s"])
            danger = came.event["level"] == "danger"
            if danger and came.event["at_s"] - ahead <= start:
                return None
            if danger or any(m["start_s"] - ahead < end and m["end_s"] - ahead > start for m in came.event["evidence"]):
                shown = (math.inf if window is None else window - began - end) if danger else None
                return Late(came.at - began - end, shown)
    return Late(math.inf, math.inf)


def _with_window(*_: str, environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.live_window"],
        env=environment(**environ, WAYLAND_DISPLAY="", QT_QPA_PLATFORM=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def idle(pulse: Pulse, seconds: float, display: str) -> list[str]:
    """Launch, CPU and sockets of the program with its window while nothing plays, as lines of the table."""
    launches = []
    for _ in range(5):
        with Listening({**pulse.environ, "DISPLAY": display}, begin=_with_window) as listening:
            launches.append(listening.listens().at - listening.began)
            listening.stop()
    environ = environment(**pulse.environ, DISPLAY=display, WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    with subprocess.Popen(
        [sys.executable, "-m", "livewatch", "listen"],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        time.sleep(12)
        before, began = tree_cpu_s(process.pid), time.monotonic()
        time.sleep(seconds)
        share = (tree_cpu_s(process.pid) - before) / (time.monotonic() - began)
        held = sockets(process.pid)
        process.terminate()
    return [
        f"- launch -> listening, with the window, {len(launches)} runs: median {quantile(launches, 0.5):.2f} s,"
        f" slowest {max(launches):.2f} s",
        f"- idle, with the window: {share:.4f} CPU-s per s over {seconds:.0f} s",
        f"- sockets of all its processes: {held.pop('internet')} of the internet; "
        + ", ".join(f"{number} to {Path(name).name}" for name, number in sorted(held.items())),
    ]


def _row(name: str, values: list[float]) -> str:
    missed = sum(value == math.inf for value in values)
    return f"| {name} | {len(values)} | {quantile(values, 0.5):.2f} | {quantile(values, 0.95):.2f} | {missed} |"


def main() -> None:
    """Run the clips and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, help="so many of them, evenly spread")
    parser.add_argument("--idle", type=float, default=60, metavar="SECONDS", help="how long to measure idle CPU (60)")
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "manifest.jsonl").read_text().splitlines()]
    if options.clips is not None:
        rows = [rows[number * len(rows) // options.clips] for number in range(options.clips)]
    head = provenance(["moonshine-voice", "sounddevice", "PySide6-Essentials"])
    busy = Busy()
    folder = Path(tempfile.mkdtemp(prefix="lw"))
    pulse = Pulse(folder, "module-null-sink sink_name=call rate=48000")
    os.environ.update({name: value for name, value in pulse.environ.items() if name != "HOME"})
    lines = ["## From the end of a phrase to its alert, through a sound server", "", head]
    table = []
    with xvfb() as display:
        try:
            recording = Recording()
            results: list[tuple[str, Late]] = []
            already = []
            for row in rows:
                found = late(pulse, options.folder, row, recording, display)
                if found is None:
                    already.append(row["id"])
                else:
                    results.append((row["id"], found))
                print(f"{row['id']:40} {found}", flush=True)
            recording.close()
            if results:
                shown = [(name, each.window) for name, each in results if each.window is not None]
                table += ["", "| to | clips | p50 s | p95 s | missed |", "|---|---|---|---|---|"]
                table.append(_row("the event, any level", [each.alert for _, each in results]))
                table.append(_row("the red window mapped", [window for _, window in shown]))
                worst = sorted(shown, key=lambda result: -result[1])[:6]
                table += ["", "Slowest windows: " + ", ".join(f"{name} {window:.2f} s" for name, window in worst) + "."]
                table += ["", f"At danger before the phrase, not counted above: {', '.join(already) or 'none'}."]
            table += ["", *idle(pulse, options.idle, display)]
        finally:
            pulse.close()
            shutil.rmtree(folder, ignore_errors=True)
    lines += [
        busy.said(),
        "- path: paplay, PulseAudio null sink, its monitor, livewatch listen, window on Xvfb with openbox; tone off",
        *table,
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
