from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.events import Alert, Level, Match, RiskUpdate
from livewatch.risk.judge import Judge, JudgeRules, load_rules, taken_off
from tests.risk.matches import match

RULES = load_rules()


def judge(matches: Iterable[Match], rules: JudgeRules = RULES) -> list[RiskUpdate | Alert]:
    one = Judge(rules)
    return [event for each in matches for event in one.accept(each)]


def outcome(events: list[RiskUpdate | Alert]) -> tuple[Level, float]:
    """Level and points at the end."""
    last = [event for event in events if isinstance(event, RiskUpdate)][-1]
    return last.level, last.points


def alerts(events: list[RiskUpdate | Alert]) -> list[Alert]:
    return [event for event in events if isinstance(event, Alert)]


def test_a_pretext_without_an_ask_is_caution_and_an_ask_is_danger() -> None:
    events = judge([match("who.bank", 10), match("trouble.activity", 14), match("code.read", 34)])
    assert [(alert.level, alert.title) for alert in alerts(events)] == [
        (Level.CAUTION, "This caller says something is wrong. It may be a trick."),
        (Level.DANGER, "This caller wants your code or password."),
    ]


def test_an_ask_alone_is_danger() -> None:
    (update, alert) = judge([match("control.tool", 34)])
    assert isinstance(update, RiskUpdate)
    assert (update.level, update.points, update.reasons) == (Level.DANGER, 34, ("Why control.tool.",))
    assert isinstance(alert, Alert)
    assert alert.advice[0] == "Hang up now. Do not install or open anything."


@pytest.mark.parametrize(
    "category", [name for name, rule in RULES.categories.items() if not rule.ask and not rule.support]
)
def test_no_pretext_alone_is_danger_however_often_and_differently_it_is_said(category: str) -> None:
    events = judge(match(f"{category}.{number}", 60) for number in range(20))
    assert outcome(events)[0] is not Level.DANGER


def test_evidence_of_several_categories_adds_up_to_danger() -> None:
    events = judge([match("threat.a", 16), match("callback.b", 9), match("hurry.c", 9)])
    assert outcome(events) == (Level.DANGER, 34)


def test_one_phrase_counts_once() -> None:
    assert outcome(judge([match("who.a", 8)] * 5 + [match("who.a", 8)])) == (Level.NONE, 8)


def test_second_and_third_phrase_of_a_category_count_half_and_a_quarter_and_no_more() -> None:
    events = judge([match("who.a", 4), match("who.b", 8), match("who.c", 6), match("who.d", 4), match("who.e", 2)])
    assert outcome(events)[1] == 8 + 6 / 2 + 4 / 4


def test_words_said_once_count_once_in_a_category() -> None:
    events = judge([match("who.a", 8, at=0), match("who.b", 6, at=4_000), match("threat.c", 5, at=0)])
    assert outcome(events) == (Level.NONE, 13)


def test_the_stronger_of_two_phrases_with_the_same_words_counts_whichever_comes_first() -> None:
    weak, strong = match("who.a", 6, at=0), match("who.b", 8, at=4_000)
    assert outcome(judge([weak, strong])) == outcome(judge([strong, weak])) == (Level.NONE, 8)


def test_a_stronger_phrase_over_the_words_of_two_others_never_lowers_the_points() -> None:
    two = [match("who.a", 6, at=0), match("who.b", 6, at=8_000)]
    assert outcome(judge([*two, match("who.c", 7, at=4_000)])) == (Level.NONE, 9)
    assert outcome(judge([*two, match("who.c", 10, at=4_000)])) == (Level.NONE, 10)


def test_thresholds_are_arguments() -> None:
    rules = load_rules(caution_points=5, danger_points=8)
    assert [alert.level for alert in alerts(judge([match("who.a", 6), match("hurry.b", 3)], rules))] == [
        Level.CAUTION,
        Level.DANGER,
    ]


def test_exactly_the_threshold_is_enough() -> None:
    assert outcome(judge([match("who.a", 20)]))[0] is Level.CAUTION
    assert outcome(judge([match("who.a", 20), match("hurry.b", 10)]))[0] is Level.DANGER


def test_a_new_ask_raises_another_alert_and_a_repeated_one_does_not() -> None:
    events = judge([
        match("code.a", 34),
        match("code.b", 34),
        match("who.c", 10),
        match("money.d", 34),
        match("money.d", 34),
        match("code.a", 34),
    ])  # fmt: skip
    assert [alert.title for alert in alerts(events)] == [
        "This caller wants your code or password.",
        "This caller wants your money.",
    ]


def test_what_adds_nothing_is_not_told() -> None:
    first, *rest = [match("who.a", 8), match("who.a", 8), match("who.a", 4)]
    assert len(judge([first])) == 1
    assert judge([first, *rest]) == judge([first])


def test_reasons_come_weightiest_first_each_once() -> None:
    events = judge([match("who.a", 5, why="One."), match("threat.b", 9, why="Two."), match("hurry.c", 3, why="One.")])
    assert [event.reasons for event in events if isinstance(event, RiskUpdate)] == [("One.",), ("Two.", "One.")]


def test_evidence_is_all_that_was_heard_oldest_first() -> None:
    first, second = match("who.a", 10), match("threat.b", 16)
    (alert,) = alerts(judge([second, first]))
    assert alert.evidence == (first, second)


def test_a_match_without_a_reason_is_its_own_reason() -> None:
    (update,) = judge([replace(match("who.a", 5), why="")])
    assert isinstance(update, RiskUpdate)
    assert update.reasons == ("heard who.a",)


def test_judges_do_not_know_of_each_other() -> None:
    assert judge([match("who.a", 8)])[0].level is Level.NONE
    assert outcome(judge([match("who.b", 8)])) == (Level.NONE, 8)


@pytest.mark.parametrize("category", list(RULES.categories))
def test_what_people_read_is_short_and_plain(category: str) -> None:
    rule = RULES.categories[category]
    for level in (Level.CAUTION, Level.DANGER):
        advice = RULES.advice(level, category)
        assert 2 <= len(advice) <= 4
        assert all(len(line.split()) <= 24 for line in advice)
    assert len(rule.title.split()) <= 12
    assert "hang up" in rule.now.lower()
    assert (rule.ask or rule.support) == (rule.cap > 20)


MATCHES = st.lists(
    st.builds(
        match,
        st.sampled_from([f"{category}.{number}" for category in RULES.categories for number in range(4)]),
        st.integers(0, 40).map(float),
        at=st.integers(0, 40).map(lambda place: place * 4_000),
    ),
    max_size=25,
)


@given(MATCHES)
def test_the_level_never_goes_down_and_an_alert_follows_each_rise(matches: list[Match]) -> None:
    level = Level.NONE
    points = 0.0
    one = Judge(RULES)
    for each in matches:
        events = list(one.accept(each))
        assert len(events) <= 2
        for event in events:
            assert event.at == each.at
            if isinstance(event, RiskUpdate):
                assert event.level.rank >= level.rank
                assert event.points >= points
                risen = event.level is not level
                level, points = event.level, event.points
                assert not risen or isinstance(events[-1], Alert)
            else:
                assert event.level is level is not Level.NONE
                assert each in event.evidence or RULES.categories[each.category].support


@given(MATCHES)
def test_stronger_points_never_lower_the_level(matches: list[Match]) -> None:
    def highest(row: list[Match]) -> int:
        return max((event.level.rank for event in judge(row)), default=0)

    assert highest([replace(one, points=one.points + 5) for one in matches]) >= highest(matches)


@pytest.mark.parametrize(
    ("gist", "pretext", "level"),
    [
        (22, False, Level.NONE),
        (23, False, Level.CAUTION),
        (30, False, Level.DANGER),
        (41, True, Level.CAUTION),
        (42, True, Level.DANGER),
    ],
)
def test_the_gist_warns_alone_and_needs_more_beside_pretexts(gist: float, pretext: bool, level: Level) -> None:
    said = [match("trouble.a", 20)] if pretext else []
    assert level_of([*said, match("gist", gist)]) is level


def test_ordinary_words_around_a_phrase_take_points_off_it_but_not_off_a_pretext() -> None:
    ask, pretext = replace(match("code.a", 26), against=-30.0), replace(match("trouble.a", 20), against=-35.0)
    assert level_of([match("code.a", 26), match("who.a", 5)]) is Level.DANGER
    assert level_of([ask, match("who.a", 5)]) is Level.CAUTION
    assert level_of([replace(ask, against=-35.0)]) is Level.NONE
    assert level_of([pretext]) is Level.CAUTION


@pytest.mark.parametrize(
    ("points", "against", "taken"),
    [(14, -6.0, 6), (14, -35.0, 10), (8, -35.0, 8), (24, -16.0, 2), (24, -35.0, 10), (30, -35.0, 0), (40, -35.0, 0)],
)
def test_the_stronger_a_phrase_the_less_it_needs_support(points: float, against: float, taken: float) -> None:
    assert taken_off(replace(match("code.a", points), against=against)) == pytest.approx(taken)


def test_an_ask_that_is_dangerous_alone_is_so_whatever_stands_around_it() -> None:
    assert level_of([replace(match("code.a", 30), against=-35.0)]) is Level.DANGER


def level_of(matches: Iterable[Match]) -> Level:
    one = Judge(RULES)
    for each in matches:
        list(one.accept(each))
    return one.level
