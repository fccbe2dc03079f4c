"""From the end of a phrase to its alert, in real time: `python -m benchmarks.latency CLIPS [--write FILE]`.

CLIPS is a folder made by `python -m benchmarks.clips CLIPS`. Each clip is replayed by the program itself with
`--realtime --json`, one at a time; the latency is the alert's `wall_s` less the known end of the phrase. The alert that
counts is the first one whose evidence lies on the phrase, or that raises the call to danger once the phrase has begun
(its first words may be enough). A phrase without an alert counts as infinitely late, unless the call was at danger
before the phrase began: there is nothing left to warn of, and the clip is counted apart.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from pathlib import Path

from benchmarks.common import provenance


def latency_s(folder: Path, row: dict[str, object]) -> tuple[float, float] | None:
    """(wall, audio) seconds from the end of the phrase to its alert; infinite when there is none.

    None when the call was at danger already.
    """
    command = [
        sys.executable,
        "-m",
        "livewatch",
        "replay",
        "--realtime",
        "--json",
        "--no-window",
        "--engine",
        "moonshine",
    ]
    run = subprocess.run([*command, str(folder / str(row["audio"]))], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 3):
        raise SystemExit(f"{row['audio']}: livewatch ended with {run.returncode}: {run.stderr}")
    start, end = float(str(row["phrase_start_s"])), float(str(row["phrase_end_s"]))
    for line in run.stdout.splitlines():
        event = json.loads(line)
        if event["event"] != "alert":
            continue
        danger = event["level"] == "danger"
        if danger and event["at_s"] <= start:
            return None
        if danger or any(_lies_on(m, start, end) for m in event["evidence"]):
            return event["wall_s"] - end, event["at_s"] - end
    return math.inf, math.inf


def _lies_on(match: dict[str, float], start: float, end: float) -> bool:
    return match["start_s"] < end and match["end_s"] > start


def quantile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank; keeps infinities honest)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def main() -> None:
    """Run all clips and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    rows = [json.loads(line) for line in (options.folder / "manifest.jsonl").read_text().splitlines()]
    head = provenance(["moonshine-voice"])
    results, already = [], []
    for row in rows:
        late = latency_s(options.folder, row)
        if late is None:
            already.append(row["id"])
            print(f"{row['id']:40} was at danger before the phrase")
            continue
        wall, audio = late
        results.append((row, wall, audio))
        print(f"{row['id']:40} {row['channel']:6} {row['snr_db']:>3} dB  {wall:6.2f} s  (sound: {audio:5.2f} s)")
    lines = ["# From the end of a phrase to its alert", "", head, "- recogniser: moonshine, default settings", ""]
    lines += ["| clips | n | p50 s | p95 s | missed |", "|---|---|---|---|---|"]
    groups = {"all": results, "20 dB or better": [r for r in results if r[0]["snr_db"] >= 20]}
    groups |= {
        f"{snr} dB": [r for r in results if r[0]["snr_db"] == snr] for snr in sorted({r["snr_db"] for r in rows})
    }
    for name, group in groups.items():
        walls = [wall for _, wall, _ in group]
        missed = sum(wall == math.inf for wall in walls)
        lines.append(f"| {name} | {len(walls)} | {quantile(walls, 0.5):.2f} | {quantile(walls, 0.95):.2f} | {missed} |")
    worst = sorted(results, key=lambda result: -result[1])[:6]
    lines += ["", f"At danger before the phrase, not counted above: {', '.join(already) or 'none'}."]
    lines += ["", "Slowest: " + ", ".join(f"{row['id']} {wall:.2f} s" for row, wall, _ in worst) + "."]
    table = "\n".join(lines) + "\n"
    print(table)
    if options.write:
        options.write.write_text(table)


if __name__ == "__main__":
    main()
