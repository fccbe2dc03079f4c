"""`livewatch tune`."""

from __future__ import annotations

import argparse
import datetime
import json
import sys

from rich.console import Console

from livewatch.cli.evaluate import FILE_WIDTH, calls_bar
from livewatch.cli.spoken import spoken
from livewatch.errors import ExitCode
from livewatch.settings import load
from livewatch.tuning.corpus.manifest import serious
from livewatch.tuning.fit.fit import fit, write_gist


def fit_points(options: argparse.Namespace) -> int:
    """Fit on labelled calls; print what it is worth on unseen campaigns; write the weights if asked."""
    settings = load(spoken(options)).settings
    with calls_bar() as bar:
        task = bar.add_task("calls", total=None)
        fitted = fit(
            options.manifests,
            settings,
            folds=options.folds,
            jobs=options.jobs,
            details=options.details,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if options.json:
        print(json.dumps(fitted.unseen.to_json(), allow_nan=False))  # noqa: T201
    else:
        fitted.unseen.render(Console(width=None if sys.stdout.isatty() else FILE_WIDTH))
    if options.write:
        write_gist(options.write, fitted, datetime.date.today().isoformat())
        print(f"Wrote {len(fitted.gist.weights)} weights to {options.write}", file=sys.stderr)  # noqa: T201
    return ExitCode.ERROR if serious(fitted.unseen.problems) else ExitCode.OK
