"""`livewatch evaluate`: watch labelled calls and say how many scams are caught and how often it alarms for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from msgspec import structs

from livewatch.errors import UsageError
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Problem, read_corpus
from livewatch.tuning.evaluate.details import Details
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.work.pool import watch_here, watch_in_processes
from livewatch.tuning.work.watcher import CallWatcher


def evaluate(
    manifests: Sequence[Path],
    settings: Settings,
    *,
    jobs: int = 1,
    details: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Watch every call of `manifests` and count.

    `jobs` processes share the work (1: this one does it all); each loads the recogniser once, with its first recording.
    `details` gets one line per call as it is done. `progress` is told the calls done and the calls there are, in this
    thread. What is wrong with single rows is in `Summary.problems`; Ctrl-C ends the run with what is there
    (`Summary.interrupted`). Raises `UsageError`, `PhraseError` and `CorpusError` (details) before any call is watched.
    """
    if jobs < 1:
        raise UsageError("bad-jobs", f"--jobs {jobs} is not a number of processes.", "Give 1 or more.")
    began = time.monotonic()
    corpus = read_corpus(manifests)
    jobs = min(jobs, len(corpus.calls))
    if jobs > 1:
        settings = structs.replace(settings, engine=structs.replace(settings.engine, threads=1))
    watcher = CallWatcher(settings)  # also where others do the work: for the mistakes in the phrase lists
    lines = Details(details, manifests)
    if jobs > 1:
        watching = watch_in_processes(corpus.calls, partial(CallWatcher, settings), jobs)
    else:
        watching = watch_here(corpus.calls, watcher)
    problems = [*corpus.problems, *watcher.problems]
    results: dict[str, CallResult] = {}
    interrupted = False
    try:
        with closing(watching):
            for done, (call, outcome) in enumerate(watching, 1):
                if isinstance(outcome, Problem):
                    problems.append(outcome)
                else:
                    results[call.id] = outcome
                    lines.add(outcome)
                    problems += [Problem(call.place, "damaged-recording", message) for message in outcome.damage]
                if progress is not None:
                    progress(done, len(corpus.calls))
    except KeyboardInterrupt:
        interrupted = True
    order = [call.id for call in corpus.calls]
    lines.finish(order)
    return Summary.of(
        [results[name] for name in order if name in results],
        [*problems, *lines.problems],
        interrupted=interrupted,
        wall_s=time.monotonic() - began,
    )
