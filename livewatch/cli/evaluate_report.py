"""`--report` and `--plots`, of `livewatch evaluate` and `livewatch tune diff`."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from livewatch.errors import UsageError
from livewatch.settings import Settings
from livewatch.sinks.plain import plain
from livewatch.tuning.corpus.manifest import manifest_of
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.before import Before, read_before
from livewatch.tuning.report.data import Run
from livewatch.tuning.report.page import MEGABYTE, check_report, write_report
from livewatch.tuning.report.plots import check_plots, write_plots


class Reports:
    """The page and the plots that the command line asks for; checked before the run, written after it."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        """Raise `UsageError` or `CorpusError` for what could not be written or read afterwards.

        `settings` are those that the calls are watched with.
        """
        self._options = options
        self._settings = settings
        self.results: Sequence[CallResult] = ()
        """What the report will be about"""
        self._before: Before | None = None
        self._plots: Path | None = getattr(options, "plots", None)
        self._refuse()
        if options.report is not None:
            named = [getattr(options, name, None) for name in ("details", "parquet", "before")]
            check_report(options.report, [*map(manifest_of, options.manifests), *(path for path in named if path)])
            self._before = read_before(options.before) if getattr(options, "before", None) else None
        if self._plots is not None:
            check_plots(self._plots)

    def keep(self, results: Sequence[CallResult]) -> None:
        """Take the results of the run."""
        self.results = results

    def keep_both(self, name: str, pairs: Sequence[tuple[CallResult, CallResult]]) -> None:
        """Take the results of two runs; the first of each pair is of the earlier one, which is called `name`."""
        self.results = [now for _, now in pairs]
        self._before = Before.of(name, [before for before, _ in pairs])

    def write(self, summary: Summary) -> None:
        """Write what was asked for and say where it is; `summary` is of the results. Raises `CorpusError`."""
        options = self._options
        now = datetime.datetime.now().astimezone()
        about = {"": f"{now.day} {now:%B %Y, %H:%M}", "livewatch": _version()}
        run = Run(self.results, summary, self._settings, options.manifests, self._before, about)
        if options.report is not None:
            write_report(options.report, run, mask=options.mask, embed_audio_mb=options.embed_audio)
            size = options.report.stat().st_size / MEGABYTE
            _say(f"Wrote the report to {options.report} ({size:.1f} MB).")
        if self._plots is not None:
            written = write_plots(self._plots, run)
            _say(f"Wrote {len(written)} plots to {self._plots}." if written else "There was nothing to plot.")

    def _refuse(self) -> None:
        """What only changes the report asks for one; and the sound says what a mask hides."""
        options = self._options
        if not options.embed_audio >= 0:
            message = f"--embed-audio {options.embed_audio:g} is no size."
            raise UsageError("bad-size", message, "Give million bytes: --embed-audio 50.")
        if options.mask and options.embed_audio:
            message = "The recordings of --embed-audio would say what --mask hides."
            raise UsageError("mask-and-audio", message, "Leave out one of the two.")
        given = {"--before": getattr(options, "before", None), "--mask": options.mask}
        for name, value in (given | {"--embed-audio": options.embed_audio}).items():
            if value and options.report is None:
                raise UsageError("no-report", f"{name} belongs to a report.", "Add --report FILE.html.")


def _version() -> str:
    try:
        return version("livewatch")
    except PackageNotFoundError:
        return "from its source"


def _say(text: str) -> None:
    print(plain(text), file=sys.stderr)  # noqa: T201
