"""`livewatch evaluate --report` and `--plots`."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

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
        """Raise `UsageError` or `CorpusError` for what could not be written or read afterwards."""
        self._options = options
        self._settings = settings
        self._before: Before | None = None
        self.results: Sequence[CallResult] = ()
        """To be filled in by the run"""
        if not options.embed_audio >= 0:
            raise UsageError(
                "bad-size", f"--embed-audio {options.embed_audio:g} is no size.", "Give million bytes: 50."
            )
        if options.report is None:
            self._refuse_lonely()
        else:
            manifests = map(manifest_of, options.manifests)
            others = [path for path in (*manifests, options.details, options.before) if path is not None]
            check_report(options.report, others)
            self._before = read_before(options.before) if options.before else None
        if options.plots is not None:
            check_plots(options.plots)

    def keep(self, results: Sequence[CallResult]) -> None:
        """Take the results of the run."""
        self.results = results

    def write(self, summary: Summary) -> None:
        """Write what was asked for and say where it is. Raises `CorpusError`."""
        options = self._options
        now = datetime.datetime.now().astimezone()
        about = {"": f"{now.day} {now:%B %Y, %H:%M}", "livewatch": _version()}
        run = Run(self.results, summary, self._settings, options.manifests, self._before, about)
        if options.report is not None:
            write_report(options.report, run, mask=options.mask, embed_audio_mb=options.embed_audio)
            size = options.report.stat().st_size / MEGABYTE
            _say(f"Wrote the report to {options.report} ({size:.1f} MB).")
        if options.plots is not None:
            written = write_plots(options.plots, run)
            _say(f"Wrote {len(written)} plots to {options.plots}." if written else "There was nothing to plot.")

    def _refuse_lonely(self) -> None:
        """What only changes the report asks for one."""
        options = self._options
        given = {"--before": options.before, "--mask": options.mask, "--embed-audio": options.embed_audio}
        for name, value in given.items():
            if value:
                raise UsageError("no-report", f"{name} belongs to a report.", "Add --report FILE.html.")


def _version() -> str:
    try:
        return version("livewatch")
    except PackageNotFoundError:
        return "from its source"


def _say(text: str) -> None:
    print(plain(text), file=sys.stderr)  # noqa: T201
