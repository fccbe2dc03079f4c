"""`livewatch evaluate`: watch labelled calls and say how many scams are caught and how often it alarms for nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from livewatch.errors import LivewatchError
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import manifest_of, read_corpus
from livewatch.tuning.evaluate.details import Details
from livewatch.tuning.evaluate.parquet import ParquetRows
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.work.rejudge import rules_of
from livewatch.tuning.work.watch import watch_corpus


def evaluate(
    manifests: Sequence[Path],
    settings: Settings,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    details: Path | None = None,
    parquet: Path | None = None,
    kept: Callable[[Sequence[CallResult]], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Watch every call of `manifests` and count.

    `jobs`, `cluster` and `progress` as in `watch_corpus`. `details` gets one line per call as it is done, `parquet` one
    row, `kept` all results in the order of the manifests. What is wrong with single rows is in `Summary.problems`;
    Ctrl-C ends the run with what is there (`Summary.interrupted`), and so does the loss of a cluster (a problem).
    Raises `UsageError`, `PhraseError`, `CorpusError` (details, parquet) and `ClusterError` before any call is watched.
    """
    manifests = [manifest_of(manifest) for manifest in manifests]
    corpus = read_corpus(manifests)
    lines = Details(details, manifests)
    rows = ParquetRows(parquet, manifests)

    def told(result: CallResult) -> None:
        lines.add(result)
        rows.add(result)

    try:
        watched = watch_corpus(corpus, settings, jobs=jobs, cluster=cluster, told=told, progress=progress)
    except LivewatchError:
        rows.drop()
        raise
    lines.finish([call.id for call in corpus.calls])
    rows.finish(complete=not (watched.interrupted or watched.lost))
    if kept is not None:
        kept(watched.results)
    return Summary.of(
        watched.results,
        [*watched.problems, *lines.problems, *rows.problems],
        interrupted=watched.interrupted,
        wall_s=watched.wall_s,
        unsure=corpus.unsure,
        rules=rules_of(settings.risk),
        book=watched.book,
    )
