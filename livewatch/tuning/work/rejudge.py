"""Judges calls again from the matches they gave, without matching or recognising anything anew.

That is the same as a fresh run, because what is found does not depend on what is made of it. In `pipeline.watch`
matches go one way, from the spotter to the judge; the second listen is rationed by time and by phrase, not by level;
thresholds are read by the judge alone (`assembly.Kit` hands `settings.risk` to `load_rules` and to nothing else); and
nobody dismisses an alert of a labelled call. So the same matches in the same order, given to a fresh judge, give the
same levels at the same moments. `tests/tuning/work/test_rejudge.py` compares the two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from livewatch.events import CallEnded, Event, Level, Match
from livewatch.risk.judge import Judge, JudgeRules, load_rules
from livewatch.settings import RiskSettings
from livewatch.tuning.evaluate.results import CallResult, collect


def rules_of(risk: RiskSettings) -> JudgeRules:
    """Return the rules that a run with these settings judges by."""
    return load_rules(caution_points=risk.caution_points, danger_points=risk.danger_points)


def rejudge(
    result: CallResult,
    rules: JudgeRules,
    *,
    without: Collection[str] = (),
    points: Mapping[str, float] = MappingProxyType({}),
) -> CallResult:
    """Judge the matches of `result` by `rules`, leaving out those of the phrases `without`.

    `points` take the place of those of the phrases in it. Above and below 7 a phrase is looked for by sound or not, so
    for recordings that is not the same as a run with these points there.

    Without a phrase: what other phrases find stays as it is, which is what a run with the phrase switched off gives on
    text. Where sounds are listened to twice, a phrase that is gone leaves time for others.
    """
    matches = tuple(
        replace(match, points=points.get(match.phrase, match.points))
        for match in result.matches
        if match.phrase not in without
    )
    judged = collect(result.call, _events(result, matches, Judge(rules)))
    return replace(
        result,
        level=judged.level,
        first_caution=judged.first_caution,
        first_danger=judged.first_danger,
        matches=judged.matches,
    )


def counted(result: CallResult, rules: JudgeRules, level: Level = Level.NONE) -> dict[str, float]:
    """Return what counted when the call first reached `level`: decibans by phrase, the most first.

    At level none, and where the call never reached it: what counted at its end.
    """
    judge = Judge(rules)
    for match in result.matches:
        for _ in judge.accept(match):
            pass
        if level is not Level.NONE and judge.level.rank >= level.rank:
            break
    added = {one.phrase: points for one, _, points in judge.shares() if points > 0}
    return dict(sorted(added.items(), key=lambda item: -item[1]))


def _events(result: CallResult, matches: tuple[Match, ...], judge: Judge) -> Iterator[Event]:
    highest = Level.NONE
    for match in matches:
        yield match
        for event in judge.accept(match):
            if event.level.rank > highest.rank:
                highest = event.level
            yield event
    yield CallEnded(result.call.id, result.audio, highest, 0, 0)
