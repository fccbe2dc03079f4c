"""`livewatch tune fit`: fit from labelled calls, and say what it is worth on campaigns it has not seen."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewatch.assembly import load_book
from livewatch.errors import UsageError
from livewatch.phrases.counted import Counts
from livewatch.phrases.gist import Gist
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Corpus, LabelledCall, Problem, read_corpus
from livewatch.tuning.evaluate.details import Details
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.fit.errors import StatedError, stated_errors
from livewatch.tuning.fit.gist import fit_gist, group_of
from livewatch.tuning.fit.points import estimate_of, fit_points, points_of
from livewatch.tuning.work.rejudge import rejudge, rules_of
from livewatch.tuning.work.watch import watch_corpus


@dataclass(frozen=True, slots=True)
class Fitted:
    """What came out."""

    gist: Gist
    """Fitted on all calls"""
    points: Counts
    """Of phrases, fitted on all calls"""
    unseen: Summary
    """Every call judged with what was fitted without its campaign: the figures to believe"""
    errors: tuple[StatedError, ...]
    """How often thresholds promise to be wrong, and were, unseen"""
    corpus: Corpus


def fit(
    manifests: Sequence[Path],
    settings: Settings,
    *,
    hard: Sequence[Path] = (),
    folds: int,
    jobs: int,
    day: str = "",
    details: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Fit on all calls of `manifests`, and once more for each of `folds` parts on the others, to judge that part.

    `hard` are manifests of calls that were chosen or written to be hard. The gist learns from them and they are judged,
    but phrases are not counted in them: how often ordinary people say a phrase cannot be told from them.

    Campaigns are never split; `day` is today, ISO 8601. `progress` is told the calls watched and the calls there are.
    Calls that are recordings are fitted on by their reference text, if they have one, and judged by their sound.
    `details` gets a line for each call, judged unseen. Raises `UsageError`, and `CorpusError` where `details` cannot be
    written.
    """
    if folds < 2:
        raise UsageError("bad-folds", f"--folds {folds} leaves nothing to judge by.", "Give 2 or more; 5 is usual.")
    began = time.monotonic()
    corpus = read_corpus([*manifests, *hard])
    chosen = {call.id for call in read_corpus(hard).calls} if hard else set()
    lines = Details(details, [*manifests, *hard])
    normaliser = Normaliser(load_speech(settings.phrases.languages))
    gist = fit_gist(corpus.calls, normaliser)
    loaded = load_book(settings)
    rules = rules_of(settings.risk)
    parts: list[tuple[CallResult, ...]] = []
    problems: list[Problem] = list(corpus.problems)
    for number in range(folds):
        mine = [call for call in corpus.calls if fold_of(call, folds) == number]
        if not mine:
            continue
        unseen = fit_gist([call for call in corpus.calls if fold_of(call, folds) != number], normaliser)
        before = sum(map(len, parts))

        def tell(done: int, _of: int, before: int = before) -> None:
            if progress is not None:
                progress(before + done, len(corpus.calls))

        watched = watch_corpus(Corpus(tuple(mine), ()), settings, jobs=jobs, gist=unseen, progress=tell)
        if watched.interrupted:
            raise KeyboardInterrupt
        parts.append(watched.results)
        problems += [problem for problem in watched.problems if problem not in problems]
    estimates = {phrase.id: estimate_of(phrase) for phrase in loaded.book.phrases}
    results: dict[str, CallResult] = {}
    for part in parts:
        others = [one for other in parts if other is not part for one in other if one.call.id not in chosen]
        points = {**estimates, **points_of(fit_points(others, loaded.book.phrases))}
        for result in part:
            results[result.call.id] = judged = rejudge(result, rules, points=points)
            lines.add(judged)
    lines.finish([call.id for call in corpus.calls])
    in_order = [results[call.id] for call in corpus.calls if call.id in results]
    summary = Summary.of(in_order, [*problems, *lines.problems], interrupted=False, wall_s=time.monotonic() - began)
    natural = [result for result in in_order if result.call.id not in chosen]
    points = fit_points(natural, loaded.book.phrases, day)
    return Fitted(gist, points, summary, stated_errors(natural, rules), corpus)


def fold_of(call: LabelledCall, folds: int) -> int:
    """Which part a call belongs to: by the hash of its campaign, so that it never moves when others are added."""
    return zlib.crc32(group_of(call).encode()) % folds
