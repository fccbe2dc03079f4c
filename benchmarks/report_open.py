"""How long the report of many calls takes to write, and to open in the installed Chromium.

python -m benchmarks.report_open MANIFEST… [--calls N] [--times N]

The calls of the manifests are watched once (or taken from the cache) and repeated under new ids until there are N.
Opened from its file in a fresh browser context each time; ready means that tables and controls are there and work.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.common import provenance
from livewatch.settings import load
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.run import evaluate
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.data import Run
from livewatch.tuning.report.page import MEGABYTE, write_report

MEASURED = """() => ({
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  ready: performance.getEntriesByName("ready")[0].startTime,
  heap: performance.memory.usedJSHeapSize,
})"""


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifests", nargs="+", type=Path)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    settings = load({}).settings
    results: list[CallResult] = []
    evaluate(options.manifests, settings, jobs=2, kept=results.extend)
    many = repeated(results, options.calls)
    summary = Summary.of(many, [])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        began = time.monotonic()
        write_report(path, Run(many, summary, settings, options.manifests))
        written = time.monotonic() - began
        seen = opened(path, options.times)
        size = path.stat().st_size / MEGABYTE
    print(provenance(["playwright"]))
    print(f"- {len(many):,} calls, {summary.hours:.0f} h of text, {sum(len(one.matches) for one in many):,} hits\n")
    print("| written in | size | first paint, median (worst) | ready, median (worst) | script heap |")
    print("|---|---|---|---|---|")
    paint, ready, heap = ([one[name] for one in seen] for name in ("painted", "ready", "heap"))
    print(
        f"| {written:.1f} s | {size:.1f} MB | {_seconds(paint)} | {_seconds(ready)} "
        f"| {statistics.median(heap) / MEGABYTE:.0f} MB |"
    )


def repeated(results: list[CallResult], count: int) -> list[CallResult]:
    """The results over and over, each time under new ids."""
    return [
        replace(one, call=replace(one.call, id=f"{one.call.id}-{number // len(results)}"))
        for number, one in ((number, results[number % len(results)]) for number in range(count))
    ]


def opened(path: Path, times: int) -> list[dict[str, float]]:
    """Open `path` so many times."""
    from playwright.sync_api import sync_playwright

    seen = []
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(times):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto(path.as_uri())
            page.wait_for_selector("html[data-ready]", state="attached")
            page.wait_for_timeout(500)
            seen.append(page.evaluate(MEASURED))
            context.close()
        browser.close()
    return seen


def _seconds(milliseconds: list[float]) -> str:
    return f"{statistics.median(milliseconds) / 1000:.2f} s ({max(milliseconds) / 1000:.2f} s)"


if __name__ == "__main__":
    main()
