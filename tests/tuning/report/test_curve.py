"""Other thresholds: what the report draws is what the judge says."""

from dataclasses import replace

import pytest

from livewatch.events import Level
from livewatch.risk.judge import Judge
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.intervals import garwood, wilson
from livewatch.tuning.report.curve import ALL, GRID, curves, highest_thresholds
from livewatch.tuning.work.rejudge import rules_of
from tests.tuning.report.made import ROWS, settings, watch, write_manifest


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curve")
    rows = [dict(row) for row in ROWS]
    half = len(rows) // 2
    return watch([write_manifest(folder / "one.jsonl", rows[:half]), write_manifest(folder / "two.jsonl", rows[half:])])


@pytest.fixture(scope="module")
def rules():
    return rules_of(settings().risk)


def test_each_call_is_found_at_the_thresholds_at_which_a_judge_finds_it(run, rules):
    compared = 0
    for result in run.results:
        highest = highest_thresholds(result.matches, rules, GRID)
        for points in GRID:
            judge = Judge(replace(rules, caution_points=points, danger_points=points))
            for match in result.matches:
                list(judge.accept(match))
            for level in (Level.CAUTION, Level.DANGER):
                assert (judge.level.rank >= level.rank) == (highest[level] >= points), (result.call.id, points, level)
                compared += judge.level is not Level.NONE
    assert compared > 100


def test_at_the_threshold_that_is_set_the_curve_says_what_the_summary_says(run, rules):
    at = {Level.CAUTION: rules.caution_points, Level.DANGER: rules.danger_points}
    points = {
        (series.set, series.label, series.level): point.value
        for series in curves(run.results, rules)
        for point in series.points
        if point.points == at[series.level]
    }
    for entry in run.summary.recall:
        assert points[entry.set, entry.label, entry.level] == entry.calls
    for entry in run.summary.false_alarms:
        assert points[entry.set, Label.ORDINARY, entry.level] == entry.per_hour
    assert (ALL, Label.SCAM, Level.DANGER) in points
    assert (ALL, Label.CAUTION, Level.DANGER) not in points, "a caution call need not be danger"


def test_a_threshold_that_is_not_on_the_grid_is_drawn_all_the_same(run, rules):
    odd = replace(rules, danger_points=31.5)
    for series in curves(run.results, odd):
        assert 31.5 in [point.points for point in series.points]


def test_points_are_written_with_count_share_and_interval(run, rules):
    for series in curves(run.results, rules):
        for points, count, of, figure, low, high in series.to_json()["points"]:
            assert points > 0
            ends = garwood(count, of) if series.label is Label.ORDINARY else wilson(count, of)
            assert figure == pytest.approx(count / of, rel=2e-3)  # hours are written to 0.0001
            assert (low, high) == pytest.approx(ends, rel=2e-3, abs=1e-6)


def test_more_is_caught_and_more_alarms_as_the_threshold_falls(run, rules):
    for series in curves(run.results, rules):
        counts = [point.value.count for point in series.points]
        assert counts == sorted(counts, reverse=True)
