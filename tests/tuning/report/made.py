"""A small corpus with everything a report has to show, watched by the real pipeline; and a browser to show it in."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from livewatch.events import SAMPLE_RATE
from livewatch.settings import Settings, load
from livewatch.tuning.evaluate.results import CallResult, Said
from livewatch.tuning.evaluate.run import evaluate
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.data import Run
from tests.needs import needs

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

needs_browser = needs(
    CHROMIUM is not None and find_spec("playwright") is not None, "Chromium or playwright is not installed"
)

REMOTE = "hello this is Kevin from Windows support and I need remote access to your computer"
GIFTS = "you have to pay two hundred dollars with gift cards and read me the code on the back of the card"
WRONG = "we noticed suspicious activity on your account and your card has been suspended"
TEA = "so we went home and had some tea after that and then it rained all day"

ROWS = [
    {"id": "caught-1", "label": "scam", "campaign": "kevin", "text": f"{REMOTE} {GIFTS}"},
    {"id": "caught-2", "label": "scam", "campaign": "kevin",
     "turns": [["caller", REMOTE], ["me", "no"], ["caller", GIFTS]]},
    {"id": "missed-1", "label": "scam", "campaign": "quiet", "text": TEA},
    {"id": "warned", "label": "caution", "text": WRONG},
    {"id": "false-alarm", "label": "ordinary", "text": f"{TEA} {GIFTS}"},
    *({"id": f"quiet-{number}", "label": "ordinary", "text": " ".join([TEA] * (number + 1))} for number in range(5)),
]  # fmt: skip

HOSTILE = (
    '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2"><!--<script>$title${data}'
    "\x1b[2J\u202egnp"
)


def settings(*lists: Path) -> Settings:
    """As they come, whatever the machine has set, with these phrase lists as well; nothing is kept in a cache."""
    environ = {"LIVEWATCH_CONFIG": os.devnull, "LIVEWATCH_CACHE_ENABLED": "false"}
    return load({"phrases.files": [str(one) for one in lists]}, environ).settings


def write_manifest(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """Write `rows`, one a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def watch(manifests: Sequence[Path], chosen: Settings | None = None) -> Run:
    """Watch the manifests in this process."""
    kept: list[CallResult] = []
    chosen = chosen or settings()
    summary = evaluate(manifests, chosen, kept=kept.extend)
    return Run(kept, summary, chosen, manifests)


def with_recording(run: Run, call: str, path: Path, seconds: int = 12) -> Run:
    """The same run, with the call's text as the words of a recording: a tone of so many seconds, written to `path`."""
    time = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    soundfile.write(path, (0.2 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), SAMPLE_RATE)
    results = []
    for result in run.results:
        if result.call.id == call:
            words = tuple(" ".join(text for _, text in result.call.turns).split())
            starts = tuple(round(place * SAMPLE_RATE / 2.7) for place in range(len(words)))
            said = Said("any", words, starts, round(len(words) * SAMPLE_RATE / 2.7))
            result = replace(result, call=replace(result.call, audio=path), said=(said,))  # noqa: PLW2901
        results.append(result)
    return replace(run, results=results, summary=Summary.of(results, run.summary.problems))


@contextmanager
def chromium() -> Iterator[tuple[Any, list[str]]]:
    """Open a page of the installed Chromium, and the list of all that goes wrong in it: errors, warnings, requests.

    Only the file that is opened, and sound beside it, may be asked for.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.set_default_timeout(10_000)
        trouble: list[str] = []
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "data:")) else trouble.append(f"request: {request.url}")
            ),
        )
        try:
            yield page, trouble
        finally:
            browser.close()
