"""Watches all calls of a corpus: the one way from labelled calls to results, for every command that judges many."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from msgspec import structs

from livewatch.errors import UsageError
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Corpus, Problem
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.pool import watch_here, watch_in_processes
from livewatch.tuning.work.watcher import CallWatcher


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of the calls."""

    results: tuple[CallResult, ...]
    """Of calls watched to the end, in the order of the corpus"""
    problems: tuple[Problem, ...]
    """Of the corpus, the phrase lists and the calls"""
    interrupted: bool
    """Stopped by Ctrl-C: some calls are missing"""
    wall_s: float
    """Seconds it took"""


def watch_corpus(
    corpus: Corpus,
    settings: Settings,
    *,
    jobs: int = 1,
    told: Callable[[CallResult], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Watched:
    """Watch every call of `corpus` as `settings` say; those whose result is known from before are not watched again.

    `jobs` processes share the work (1: this one does it all); each loads the recogniser once, with its first recording.
    `told` gets each result as it comes, `progress` the calls done and the calls there are; both in this thread. Raises
    `UsageError` and `PhraseError` before any call is watched.
    """
    if jobs < 1:
        raise UsageError("bad-jobs", f"--jobs {jobs} is not a number of processes.", "Give 1 or more.")
    began = time.monotonic()
    jobs = min(jobs, len(corpus.calls))
    if jobs > 1:
        settings = structs.replace(settings, engine=structs.replace(settings.engine, threads=1))
    watcher = CallWatcher(settings)  # also where others do the work: for the mistakes in the phrase lists
    cache = watcher.cache
    problems = [*corpus.problems, *watcher.problems]
    results: dict[str, CallResult] = {}
    interrupted = False
    try:
        known = {} if cache is None else cache.recall(corpus.calls)
        left = [call for call in corpus.calls if call.id not in known]
        if jobs > 1:
            new = watch_in_processes(left, partial(CallWatcher, settings), min(jobs, len(left)))
        else:
            new = watch_here(left, watcher)
        old = ((call, known[call.id]) for call in corpus.calls if call.id in known)
        with closing(new):
            for done, (call, outcome) in enumerate(chain(old, new), 1):
                if isinstance(outcome, Problem):
                    problems.append(outcome)
                else:
                    if cache is not None:
                        cache.keep(outcome.keep)
                    results[call.id] = replace(outcome, keep=())
                    if told is not None:
                        told(results[call.id])
                    problems += [Problem(call.place, "damaged-recording", message) for message in outcome.damage]
                if progress is not None:
                    progress(done, len(corpus.calls))
    except KeyboardInterrupt:
        interrupted = True
    if cache is not None:
        problems += cache.problems()
    in_order = tuple(results[call.id] for call in corpus.calls if call.id in results)
    return Watched(in_order, tuple(problems), interrupted, time.monotonic() - began)
