"""What phrases are worth, by judging calls again without them; figures by condition."""

from dataclasses import replace

import pytest

from livewatch.events import Level
from livewatch.risk.judge import load_rules
from livewatch.tuning.cache.spotted import Spotted
from livewatch.tuning.corpus.manifest import Label, read_corpus
from livewatch.tuning.evaluate.conditions import count_conditions
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.evaluate.worth import weigh
from tests.tuning.calls import a_call, a_match, a_result
from tests.tuning.corpus.test_manifest import write

RULES = load_rules()


def judged(name: str, label: Label, *heard: tuple[str, str, float], hours: float = 1.0) -> CallResult:
    """A call with phrases of categories and points, a second apart, at the level they give."""
    matches = tuple(
        replace(a_match(phrase, second), category=category, points=points)
        for second, (phrase, category, points) in enumerate(heard, 1)
    )
    return Spotted(round(hours * 3600 * 16_000), matches).judged(a_call(name, label=label), RULES)


CODE, WHO, BANK = ("code.read", "code", 30.0), ("who.bank", "who", 12.0), ("trouble.bank", "trouble", 12.0)


def test_a_phrase_is_worth_the_calls_that_are_lost_without_it():
    results = [
        judged("alone", Label.SCAM, CODE),
        judged("beside", Label.SCAM, CODE, WHO),
        judged("twice", Label.SCAM, CODE, ("code.pin", "code", 30.0)),
        judged("pretext", Label.CAUTION, WHO, BANK),
        judged("talk", Label.ORDINARY, WHO, BANK, hours=2),
        judged("alarm", Label.ORDINARY, CODE, hours=2),
        judged("quiet", Label.ORDINARY, WHO, hours=6),
    ]
    assert [result.level for result in results] == [
        *(Level.DANGER, Level.DANGER, Level.DANGER, Level.CAUTION, Level.CAUTION, Level.DANGER, Level.NONE)
    ]
    worths = weigh(results, RULES, ["code.read", "card.never", "who.bank"])
    assert worths.phrases["code.read"].only == ["alone", "beside"]
    assert worths.phrases["code.pin"].only == []
    assert worths.categories["code"].only == ["alone", "beside", "twice"]
    assert worths.phrases["who.bank"].only == ["pretext"]
    assert worths.never_heard == ("card.never",)
    code = worths.phrases["code.read"].to_json(worths.hours)
    assert (code["true_hits"], code["false_hits"]) == (3, 1)
    assert [code["cost_an_hour"][level]["count"] for level in ("caution", "danger")] == [1, 1]
    assert code["cost_an_hour"]["danger"]["rate"] == 0.1
    assert worths.phrases["who.bank"].to_json(10.0)["cost_an_hour"]["caution"]["count"] == 1


def test_the_summary_says_it_beside_what_it_said_before():
    results = [judged("a", Label.SCAM, CODE, WHO), judged("b", Label.ORDINARY, WHO)]
    data = Summary.of(results, [], rules=RULES, book=["code.read", "card.never"]).to_json()
    code = next(entry for entry in data["phrases"] if entry["phrase"] == "code.read")
    assert (code["hits"], code["only_this_caught"], code["scam_calls"]) == (1, ["a"], 1)
    assert data["never_heard"] == ["card.never"]
    assert [entry["category"] for entry in data["categories"]] == ["who", "code"]
    assert data["categories"][0]["ordinary_calls"] == 1
    without = Summary.of(results, []).to_json()
    assert (without["categories"], without["never_heard"]) == (None, None)
    assert "only_this_caught" not in without["phrases"][0]


def test_conditions_in_which_calls_differ_are_counted_apart(tmp_path):
    def row(name: str, label: str, **said: object) -> dict[str, object]:
        return {"id": name, "label": label, "text": "hello", "rate": 8000, "marks": None, **said}

    manifest = write(
        tmp_path,
        row("a", "scam", codec="gsm", snr_db=5),
        row("b", "scam", codec="opus", snr_db=20),
        row("c", "ordinary", codec="gsm", note=["x"]),
    )
    calls = read_corpus([manifest]).calls
    assert calls[0].conditions == (("rate", "8000"), ("codec", "gsm"), ("snr_db", "5"))
    results = [
        replace(a_result(calls[0], 1.0, 2.0), recogniser="tiny"),
        replace(a_result(calls[1]), recogniser="tiny"),
        replace(a_result(calls[2], 3.0, audio_s=1800), recogniser="text"),
    ]
    counted = {(one.name, one.value, one.label, one.level): one.calls for one in count_conditions(results)}
    assert (
        counted["codec", "gsm", Label.SCAM, Level.DANGER].count,
        counted["codec", "opus", Label.SCAM, Level.DANGER].count,
    ) == (1, 0)
    assert counted["recogniser", "text", Label.ORDINARY, Level.CAUTION].of == 1
    assert not any(name == "rate" for name, *_ in counted)  # all calls have the same
    values = [one.value for one in count_conditions(results) if one.name == "snr_db"]
    assert values == ["5", "20"]
    (alarm,) = (one for one in count_conditions(results) if one.value == "gsm" and one.level is Level.CAUTION)
    assert alarm.per_hour is not None
    assert alarm.to_json()["per_hour"]["rate"] == pytest.approx(2.0)
