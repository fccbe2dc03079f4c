"""`livewatch tune fit`: fit from labelled calls, and say what it is worth on campaigns it has not seen."""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewatch.errors import UsageError
from livewatch.phrases.gist import Gist
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Corpus, LabelledCall, Problem, read_corpus
from livewatch.tuning.evaluate.details import Details
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.fit.gist import fit_gist, group_of
from livewatch.tuning.work.watch import watch_corpus


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came out."""

    gist: Gist
    """Fitted on all calls"""
    unseen: Summary
    """Every call judged with what was fitted without its campaign: the figures to believe"""
    corpus: Corpus


def fit(
    manifests: Sequence[Path],
    settings: Settings,
    *,
    folds: int,
    jobs: int,
    details: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Fit on all calls of `manifests`, and once more for each of `folds` parts on the others, to judge that part.

    Campaigns are never split. `progress` is told the calls judged and the calls there are. Calls that are recordings
    are fitted on by their reference text, if they have one, and judged by their sound. `details` gets a line for each
    call, judged unseen. Raises `UsageError`, and `CorpusError` where `details` cannot be written.
    """
    if folds < 2:
        raise UsageError("bad-folds", f"--folds {folds} leaves nothing to judge by.", "Give 2 or more; 5 is usual.")
    began = time.monotonic()
    corpus = read_corpus(manifests)
    lines = Details(details, manifests)
    normaliser = Normaliser(load_speech(settings.phrases.languages))
    gist = fit_gist(corpus.calls, normaliser)
    results: dict[str, CallResult] = {}
    problems: list[Problem] = list(corpus.problems)
    for number in range(folds):
        part = [call for call in corpus.calls if fold_of(call, folds) == number]
        if not part:
            continue
        unseen = fit_gist([call for call in corpus.calls if fold_of(call, folds) != number], normaliser)
        before = len(results)

        def tell(done: int, _of: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, len(corpus.calls))

        watched = watch_corpus(Corpus(tuple(part), ()), settings, jobs=jobs, gist=unseen, told=lines.add, progress=tell)
        if watched.interrupted:
            raise KeyboardInterrupt
        results |= {result.call.id: result for result in watched.results}
        problems += [problem for problem in watched.problems if problem not in problems]
    lines.finish([call.id for call in corpus.calls])
    judged = [results[call.id] for call in corpus.calls if call.id in results]
    summary = Summary.of(judged, [*problems, *lines.problems], interrupted=False, wall_s=time.monotonic() - began)
    return Fitted(gist, summary, corpus)


def fold_of(call: LabelledCall, folds: int) -> int:
    """Which part a call belongs to: by the hash of its campaign, so that it never moves when others are added."""
    return zlib.crc32(group_of(call).encode()) % folds


def write_gist(path: Path, fitted: Fitted, day: str) -> None:
    """Write the weights with where they come from. `day` is today, ISO 8601."""
    counts = Counter((call.set, call.label.value) for call in fitted.corpus.calls)
    campaigns = len({call.campaign for call in fitted.corpus.calls if call.campaign})
    lines = [
        "# What words and pairs of neighbouring words weigh in the gist of a call, in decibans; see phrases/gist.py.",
        f"# Written by `livewatch tune fit` on {day}; not for editing. Words are stems. The first line is the offset.",
        *(f"# from {count} {label} calls of {name}" for (name, label), count in sorted(counts.items())),
        f"# {campaigns} campaigns; numbers and what fewer than 4 calls have are left out.",
        f"\t{fitted.gist.offset}",
        *(f"{gram}\t{weight}" for gram, weight in sorted(fitted.gist.weights.items())),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
