"""`livewatch replay --cluster`: others watch the recordings, their events come out here, one call after the other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from livewatch.cli.report import Report
from livewatch.errors import LivewatchError, LostClusterError, UsageError
from livewatch.events import Alert
from livewatch.runner import Outcome, Stop
from livewatch.runner.away import Heard, Recorder, Recording
from livewatch.settings import Settings
from livewatch.sinks.sink import Sink
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.work.cluster import Cluster
from livewatch.tuning.work.executor import watch_all
from livewatch.tuning.work.on_worker import same_everywhere


def check_options(paths: Sequence[str], *, realtime: bool) -> None:
    """Raise `UsageError` for what a cluster cannot do."""
    if realtime:
        raise UsageError(
            "cluster-realtime",
            "A cluster watches recordings as fast as it can; the window and --realtime need this computer.",
            "Leave out --realtime or --cluster.",
        )
    if "-" in paths:
        raise UsageError(
            "cluster-pipe", "A cluster cannot read the pipe of this computer.", "Give it files, or leave out --cluster."
        )


def replay_elsewhere(
    address: str, recordings: Sequence[Path], settings: Settings, sinks: Sequence[Sink], report: Report
) -> Outcome:
    """Let the cluster at `address` watch `recordings`; each call goes into the sinks when it is done.

    Ctrl-C ends the run after the call that is being shown. Closes the sinks. Raises `ClusterError` and `UsageError`
    before any call is shown.
    """
    settings = same_everywhere(settings)
    stop = Stop()
    failed = alerts = 0
    try:
        cluster: Cluster[Recording, Heard] = Cluster(
            address,
            partial(Recorder, settings),
            files=settings.phrases.files,
            stopped=lambda: stop.requested,
        )
        tasks = [Recording(str(path), path.absolute()) for path in recordings]
        with stop, closing(watch_all(cluster, tasks)) as watching:
            for recording, heard in watching:
                if isinstance(heard, Problem):
                    failed += 1
                    report(recording.id, LivewatchError(heard.code, heard.message, heard.hint))
                    continue
                for event, stamp in heard.events:
                    alerts += isinstance(event, Alert)
                    for sink in sinks:
                        sink.handle(event, stamp)
                for error in heard.errors:
                    failed += 1
                    report(recording.id, error)
    except LostClusterError as error:
        failed += 1
        report(address, error)
    except BrokenPipeError:  # whoever read our output is gone
        pass
    finally:
        for sink in sinks:
            with suppress(BrokenPipeError):
                sink.close()
    return Outcome(failed, alerts, stop.requested)
