"""Recall, false alarms, times and phrases, counted by hand."""

import pytest

from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import (
    PhraseCount,
    Rate,
    Share,
    Times,
    count_false_alarms,
    count_phrases,
    count_recall,
)
from tests.tuning.calls import a_call, a_result

SCAM, CAUTION, ORDINARY = Label


def test_a_scam_is_caught_by_danger_and_a_suspicious_call_by_caution_or_more():
    results = [
        a_result(a_call("a", label=SCAM), 2.0, 5.0),
        a_result(a_call("b", label=SCAM), 2.0),
        a_result(a_call("c", label=SCAM)),
        a_result(a_call("d", label=CAUTION), 2.0),
        a_result(a_call("e", label=CAUTION), 3.0, 3.0),
        a_result(a_call("f", label=CAUTION)),
        a_result(a_call("g", label=ORDINARY), 1.0, 1.0),
    ]
    scam, caution = count_recall(results)
    assert (scam.label, scam.level, scam.calls, scam.warned) == (SCAM, Level.DANGER, Share(1, 3), Share(2, 3))
    assert (caution.label, caution.level, caution.calls) == (CAUTION, Level.CAUTION, Share(2, 3))
    assert scam.first_alert == Times((2.0, 2.0), 3)
    assert scam.to_level == Times((5.0,), 3)


def test_a_campaign_counts_once_whatever_its_number_of_calls():
    def scam(name: str, campaign: str | None, caught: bool):
        return a_result(a_call(name, label=SCAM, campaign=campaign), *((1.0, 1.0) if caught else ()))

    results = [
        *[scam(f"big{number}", "big", number < 30) for number in range(40)],
        scam("x", "small", False),
        scam("alone", None, True),
        scam("small", None, True),  # its id is the name of a campaign, which it does not belong to
    ]
    (recall,) = count_recall(results)
    assert recall.calls == Share(32, 43)
    campaigns = recall.campaigns
    assert campaigns.mean == Share(0.75 + 0 + 1 + 1, 4)
    assert campaigns.any == Share(3, 4)
    assert campaigns.all == Share(2, 4)
    assert campaigns.mean.to_json()["share"] == 0.6875


def test_each_set_is_counted_by_itself():
    results = [
        a_result(a_call("a", label=SCAM, group="one"), 1.0, 1.0),
        a_result(a_call("b", label=SCAM, group="two")),
        a_result(a_call("c", group="two"), 1.0, audio_s=1800),
        a_result(a_call("d", group="three"), audio_s=3600),
    ]
    assert [(recall.set, recall.calls) for recall in count_recall(results)] == [
        ("one", Share(1, 1)),
        ("two", Share(0, 1)),
    ]
    assert [(alarms.set, alarms.level, alarms.per_hour) for alarms in count_false_alarms(results)] == [
        ("two", Level.CAUTION, Rate(1, 0.5)),
        ("two", Level.DANGER, Rate(0, 0.5)),
        ("three", Level.CAUTION, Rate(0, 1.0)),
        ("three", Level.DANGER, Rate(0, 1.0)),
    ]


def test_a_false_alarm_is_counted_once_per_call_at_each_level_it_reached():
    results = [
        a_result(a_call("a"), 1.0, 2.0, audio_s=900),
        a_result(a_call("b"), 1.0, audio_s=900),
        a_result(a_call("c"), audio_s=1800),
        a_result(a_call("s", label=SCAM), 1.0, 1.0, audio_s=9999),
    ]
    caution, danger = count_false_alarms(results)
    assert (caution.calls, caution.per_hour) == (Share(2, 3), Rate(2, 1.0))
    assert (danger.calls, danger.per_hour) == (Share(1, 3), Rate(1, 1.0))


def test_missing_calls_does_not_make_the_alert_look_fast():
    times = Times((4.0, 2.0, 6.0), 8).to_json()
    assert times == {
        "alerted": 3,
        "of": 8,
        "median_s": 4.0,
        "p95_s": 6.0,
        "median_all_s": None,
        "p95_all_s": None,
    }
    assert Times((4.0, 2.0, 6.0), 4).to_json()["median_all_s"] == 4


def test_phrases_are_counted_by_hit_and_by_call():
    results = [
        a_result(a_call("a", label=SCAM), phrases="code code bank"),
        a_result(a_call("b", label=CAUTION), phrases="bank"),
        a_result(a_call("c"), phrases="bank bank bank", audio_s=1800),
        a_result(a_call("d"), audio_s=5400),
    ]
    assert count_phrases(results) == [
        PhraseCount("bank", "banks", 5, {SCAM: 1, CAUTION: 1, ORDINARY: 1}, Rate(3, 2.0)),
        PhraseCount("code", "codes", 2, {SCAM: 1, CAUTION: 0, ORDINARY: 0}, Rate(0, 2.0)),
    ]
    bank = count_phrases(results)[0].to_json()
    assert {key: value for key, value in bank.items() if key != "ordinary_hits_per_hour"} == {
        "phrase": "bank",
        "category": "banks",
        "hits": 5,
        "calls": 3,
        "scam_calls": 1,
        "caution_calls": 1,
        "ordinary_calls": 1,
    }


def test_a_share_and_a_rate_say_their_counts_and_their_interval():
    assert Share(0, 20).to_json() == {
        "count": 0,
        "of": 20,
        "share": 0,
        "low": 0,
        "high": pytest.approx(0.1611, abs=5e-5),
    }
    rate = Rate(3, 2.0).to_json()
    assert rate == {"count": 3, "hours": 2.0, "rate": 1.5, "low": rate["low"], "high": rate["high"]}
    assert (rate["low"], rate["high"]) == pytest.approx((0.6187 / 2, 8.767 / 2), abs=5e-4)


def test_without_calls_or_hours_there_is_no_figure():
    assert Share(0, 0).to_json() == {"count": 0, "of": 0, "share": None, "low": 0, "high": 1}
    assert Rate(2, 0.0).to_json() == {"count": 2, "hours": 0.0, "rate": None, "low": 0, "high": None}
    assert Times((), 0).to_json()["median_s"] is None
