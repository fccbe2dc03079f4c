"""Watches all calls of a corpus: the one way from labelled calls to results, for every command that judges many."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from msgspec import structs

from livewatch.errors import LostClusterError, UsageError
from livewatch.phrases.book import LoadedBook
from livewatch.phrases.gist import Gist
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Corpus, LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.executor import watch_all
from livewatch.tuning.work.on_worker import same_everywhere, scratch
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
    lost: bool = False
    """The cluster went away: some calls are missing"""
    book: tuple[str, ...] = ()
    """Ids of all phrases that were listened for"""


def watch_corpus(
    corpus: Corpus,
    settings: Settings,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    told: Callable[[CallResult], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
    loaded: LoadedBook | None = None,
    gist: Gist | None = None,
) -> Watched:
    """Watch every call of `corpus` as `settings` say; those whose result is known from before are not watched again.

    `jobs` processes share the work (1: this one does it all); each loads the recogniser once, with its first recording.
    With `cluster` (`dask://HOST:PORT`) the workers of that cluster do it instead; losing it ends the run with what is
    there. `told` gets each result as it comes, `progress` the calls done and the calls there are; both in this thread.
    `loaded` are the lists that `settings` name, where they are at hand: reading them takes most of a second; `gist`
    takes the place of the packaged one (not on a cluster). Raises `UsageError`, `PhraseError` and `ClusterError` before
    any call is watched.
    """
    if jobs < 1:
        raise UsageError("bad-jobs", f"--jobs {jobs} is not a number of processes.", "Give 1 or more.")
    began = time.monotonic()
    jobs = min(jobs, len(corpus.calls))
    settings = _shared(settings, jobs, cluster)
    watcher = CallWatcher(settings, gist, loaded)  # also where others do the work: for mistakes in the phrase lists
    cache = watcher.cache
    problems = [*corpus.problems, *watcher.problems]
    results: dict[str, CallResult] = {}
    interrupted = lost = False
    done = 0
    try:
        known = {} if cache is None else cache.recall(corpus.calls)
        left = [call for call in corpus.calls if call.id not in known]
        new = _watch(left, settings, watcher, min(jobs, len(left)), cluster=cluster, gist=gist)
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
                if progress is not None and done >= len(known):  # what is known says nothing of how fast the rest goes
                    progress(done, len(corpus.calls))
    except KeyboardInterrupt:
        interrupted = True
    except LostClusterError as error:
        lost = True
        missing = f"{error.message} The calls not done by then, {len(corpus.calls) - done:,}, were left."
        problems.append(Problem(str(cluster), error.code, missing, error.hint))
    if cache is not None:
        problems += cache.problems()
    in_order = tuple(results[call.id] for call in corpus.calls if call.id in results)
    return Watched(in_order, tuple(problems), interrupted, time.monotonic() - began, lost, watcher.book)


def _shared(settings: Settings, jobs: int, cluster: str | None) -> Settings:
    """Settle what must be the same wherever calls are watched. Processes that share a machine have one thread each."""
    if cluster is not None:
        return same_everywhere(settings)
    return structs.replace(settings, engine=structs.replace(settings.engine, threads=1)) if jobs > 1 else settings


def _watch(
    calls: Sequence[LabelledCall],
    settings: Settings,
    watcher: CallWatcher,
    jobs: int,
    *,
    cluster: str | None,
    gist: Gist | None,
) -> Generator[tuple[LabelledCall, CallResult | Problem], None, None]:
    if cluster is not None and calls:
        from livewatch.tuning.work.cluster import Cluster  # noqa: PLC0415 - connects: only when it was asked for

        executor = Cluster(cluster, partial(_open_on_worker, settings), files=settings.phrases.files)
        return watch_all(executor, _by_absolute_path(calls))
    if jobs > 1:
        return watch_in_processes(calls, partial(CallWatcher, settings, gist), jobs)
    return watch_here(calls, watcher)


def _open_on_worker(settings: Settings) -> CallWatcher:
    """Make a worker ready. What is kept of calls is kept where the run was started; the worker only needs a place."""
    return CallWatcher(structs.replace(settings, cache=structs.replace(settings.cache, folder=str(scratch()))))


def _by_absolute_path(calls: Sequence[LabelledCall]) -> list[LabelledCall]:
    return [call if call.audio is None else replace(call, audio=call.audio.absolute()) for call in calls]
