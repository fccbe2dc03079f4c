"""Curves of thresholds, the choice under a budget, and what it is worth."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from livewatch.errors import UsageError
from livewatch.events import SAMPLE_RATE, Level
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.intervals import garwood
from livewatch.tuning.sweep.choose import Budget, cheaper, choose, part_of_group, validate
from livewatch.tuning.sweep.curve import Curve
from livewatch.tuning.sweep.settings import curve_of_runs, curve_of_thresholds, read_swept, with_value
from livewatch.tuning.work.rejudge import rejudge, rules_of
from tests.risk.matches import match
from tests.tuning.calls import a_call, a_result
from tests.tuning.made import settings

HOUR = 3600 * SAMPLE_RATE
MATCHES = st.lists(
    st.tuples(
        st.sampled_from(["code", "money", "who", "threat", "hurry", "gist"]), st.integers(1, 4), st.integers(1, 40)
    ),
    max_size=6,
)


SWEPT = [read_swept(name, settings()) for name in ("risk.danger_points=21:60:1.5", "risk.caution_points=1:29:2")]
RULES = {
    (swept.name, value): rules_of(with_value(settings(), swept.name, value).risk)
    for swept in SWEPT
    for value in swept.values
}


@given(MATCHES)
@profile(max_examples=30, deadline=None)
def test_a_curve_is_what_judging_at_every_value_gives(said: list[tuple[str, int, int]]):
    found = tuple(
        match(f"{kind}.{number}", float(points), at=place * 20_000) for place, (kind, number, points) in enumerate(said)
    )
    result = replace(a_result(a_call("a", label=Label.SCAM)), matches=found)
    for swept in SWEPT:
        curve = curve_of_thresholds(swept, [result], settings())
        for value, (first,) in zip(curve.values, curve.first, strict=True):
            assert rejudge(result, RULES[swept.name, value]).first(curve.level) == first


def a_curve(reached: Sequence[Sequence[bool]], labels: str, *, hours: float = 1.0, campaigns: str = "") -> Curve:
    """A curve over values 0, 1, 2…; the first is the current one. `labels`: s and o; `campaigns`: a letter a call."""
    kinds = {"s": Label.SCAM, "o": Label.ORDINARY}
    calls = [
        a_call(f"{number}", label=kinds[kind], campaign=campaigns[number] if campaigns else None)
        for number, kind in enumerate(labels)
    ]
    audio = tuple(round(hours * HOUR) for _ in calls)
    first = tuple(tuple(HOUR if one else None for one in row) for row in reached)
    return Curve("risk.danger_points", Level.DANGER, tuple(range(len(reached))), 0, tuple(calls), audio, first)


def test_the_upper_end_of_the_interval_has_to_keep_to_the_budget():
    curve = a_curve([[True, True, True], [True, False, False]], "soo", hours=20)
    exact = garwood(0, 40)[1]
    assert choose(curve, Budget(exact * 1.001)) == 1
    assert choose(curve, Budget(exact * 0.999)) is None
    assert Budget(0.1).hours_needed == pytest.approx(36.888, abs=0.001)
    assert not Budget(0.1).within_reach(36.8, 10)
    assert Budget(0.1).within_reach(36.9, 10)
    assert choose(curve, Budget(None, 0.7)) == 1
    assert choose(curve, Budget(None, 0.6)) is None


def test_most_caught_wins_by_campaign_and_equal_ones_leave_the_setting_as_it_is():
    rows = [[True, False, False, False], [True, True, False, False], [False, False, True, False]]
    by_row = a_curve(rows, "ssso", hours=100)
    assert choose(by_row, Budget(1.0)) == 1
    by_campaign = a_curve(rows, "ssso", hours=100, campaigns="aabc")
    assert choose(by_campaign, Budget(1.0)) == 1
    equal = a_curve([[True, True], [True, False]], "so", hours=100)
    assert choose(equal, Budget(1.0)) == 0
    assert cheaper(equal, 0) == 1
    assert cheaper(equal, 1) is None


def test_the_figures_told_are_of_calls_that_the_value_was_not_chosen_on():
    # At value 1 campaign a is caught, at value 2 campaign e: what one half chooses brings the other nothing.
    campaigns = "aaaaeeee" + "ae"
    assert {part_of_group("a", 2), part_of_group("e", 2)} == {0, 1}
    rows = [[False] * 10, [*[True] * 4, *[False] * 6], [*[False] * 4, *[True] * 4, False, False]]
    curve = a_curve(rows, "ssssssssoo", hours=1000, campaigns=campaigns)
    assert choose(curve, Budget(1.0)) in (1, 2)
    found = validate(curve, Budget(1.0))
    assert found.parts == 2
    assert (found.figures.caught.count, found.figures.caught.of) == (0, 8)


def test_halves_that_cannot_show_the_budget_are_not_used():
    rows = [[True, *[False] * 200]]
    assert validate(a_curve(rows, "s" + "o" * 200, hours=0.5), Budget(0.1)).parts == 2  # 50 h in each half
    assert validate(a_curve(rows, "s" + "o" * 200, hours=0.25), Budget(0.1)).parts == 5  # 25 h are too few, 40 are not
    nothing = validate(a_curve(rows, "s" + "o" * 200, hours=0.05), Budget(0.1))
    assert (nothing.parts, nothing.chosen, nothing.figures.caught.of) == (2, (None, None), 0)


def test_runs_with_other_settings_are_compared_over_the_calls_that_all_of_them_have():
    a, b = (a_call(name, label=Label.SCAM) for name in "ab")
    swept = read_swept("speech.aggressiveness=0", settings())
    assert swept.values == (0, 1)
    curve = curve_of_runs(swept, [[a_result(a), a_result(b, 1, 2)], [a_result(b)]], settings())
    assert [call.id for call in curve.calls] == ["b"]
    assert (curve.current, curve.first) == (1, ((2 * SAMPLE_RATE,), (None,)))


@pytest.mark.parametrize(
    "written",
    [
        "risk.danger_points=20",
        "risk.caution_points=30:40",
        "risk.danger_points=40:30",
        "risk.danger_points=30:40:0",
        "risk.danger_points=many",
        "speech.aggressiveness",
        "speech.aggressiveness=9",
        "window.theme=dark",
        "=3",
    ],
)
def test_what_cannot_be_swept_is_said_in_a_sentence(written: str):
    with pytest.raises(UsageError) as caught:
        read_swept(written, settings())
    assert caught.value.hint.startswith("Try --setting")


def test_values_are_lists_and_spans_and_the_current_one():
    assert read_swept("risk.danger_points=25:27,40.5", settings()).values == (25.0, 26.0, 27.0, 30.0, 40.5)
    assert read_swept("risk.caution_points", settings()).values[-1] == 29.0
    assert read_swept("replay.caller=left,mix", settings()).values == ("left", "mix")
