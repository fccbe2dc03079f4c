"""The recogniser killed again and again while calls go on: `python -m benchmarks.kills [--kills 200] [--write FILE]`.

A sample call is played through a sound server, over and over; the recogniser's process is killed at random moments, by
SIGKILL, SIGSEGV and SIGABRT in turn, four times in a call (so the third and fourth come too fast for the last seconds
to be heard again). `livewatch listen` keeps its history. An alert that was shown is lost if it is not in the history,
if `call_ended` does not count it, or if the call ends at a lower level; it must not be shown twice either. Apart from
that it is counted in how many calls the recogniser died just so that an alert was never raised.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.common import provenance
from benchmarks.latency import quantile
from benchmarks.live import Busy
from tests.live.listening import SAMPLES, Listening, kill_child
from tests.live.pulse import Pulse

IN_A_CALL = 4
SIGNALS = (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)
CALL = SAMPLES / "microsoft-short.wav"
CALL_S = 23.0
"""Seconds in which kills fall: until the last alert of the sample, and some more"""


def _shown(listening: Listening) -> Counter[str]:
    return Counter(event["title"] + event["level"] for event in listening.events("alert"))


def _kept(folder: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in folder.rglob("*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            event = json.loads(line)
            if event["event"] == "alert":
                found[event["title"] + event["level"]] += 1
    return found


def call(number: int, kills: int, chance: random.Random) -> tuple[int, int, int, str, list[float]]:
    """One call with kills in it: alerts shown, lost, shown twice; its level; seconds to the news of each kill."""
    folder = Path(tempfile.mkdtemp(prefix="lw"))
    pulse = Pulse(folder, "module-null-sink sink_name=call rate=48000")
    history = folder / "history"
    settings = {"LIVEWATCH_HISTORY_ENABLED": "true", "LIVEWATCH_HISTORY_FOLDER": str(history)}
    told = []
    try:
        with Listening({**pulse.environ, **settings}) as listening:
            listening.listens()
            began = time.monotonic()
            pulse.play(CALL)
            for each, after in enumerate(sorted(chance.uniform(1, CALL_S) for _ in range(kills))):
                time.sleep(max(0.0, began + after - time.monotonic()))
                while not listening.children("livewatch.runner.child"):
                    time.sleep(0.05)  # it rests between two deaths that follow close upon each other
                killed = kill_child(listening, SIGNALS[(number + each) % len(SIGNALS)])
                told.append(listening.notice("restarted", 5, killed).at - killed)
            time.sleep(max(0.0, began + 30 - time.monotonic()))
            last = listening.stop()
            shown = _shown(listening)
            lost = sum((shown - _kept(history)).values()) + abs(sum(shown.values()) - last["alerts"])
            worst = "danger" if any(name.endswith("danger") for name in shown) else "caution" if shown else "none"
            lost += worst == "danger" and last["level"] != "danger"
            return sum(shown.values()), lost, sum(shown.values()) - len(shown), last["level"], told
    finally:
        pulse.close()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Kill, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="calls at a time (2)")
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    head, busy = provenance(), Busy()
    sizes = [min(IN_A_CALL, options.kills - first) for first in range(0, options.kills, IN_A_CALL)]
    chances = [random.Random(f"{options.seed} {number}") for number in range(len(sizes))]
    calls = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(call, range(len(sizes)), sizes, chances):
            calls.append(outcome)
            print(len(calls), outcome, flush=True)
    told = [each for *_, seconds in calls for each in seconds]
    levels = Counter(level for *_, level, _ in calls)
    lines = [
        "## The recogniser killed while calls go on",
        "",
        head,
        busy.said(),
        "",
        f"{len(told)} kills in {len(calls)} calls, {IN_A_CALL} in each, at random moments (seed {options.seed}),"
        f" {options.jobs} calls at a time.",
        "",
        "| | |",
        "|---|---|",
        f"| alerts shown | {sum(shown for shown, *_ in calls)} |",
        f"| of them lost | {sum(lost for _, lost, *_ in calls)} |",
        f"| shown twice | {sum(twice for _, _, twice, *_ in calls)} |",
        f"| calls that reached danger all the same | {levels['danger']} of {len(calls)} |",
        f"| kill -> said on screen, median and slowest | {quantile(told, 0.5):.2f} s, {max(told):.2f} s |",
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
