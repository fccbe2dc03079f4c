"""What missed scams say, counted by campaign, and what would excuse false alarms."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from livewatch.assembly import load_book
from livewatch.cli.main import main
from livewatch.errors import UsageError
from livewatch.events import SAMPLE_RATE
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.tuning.change.lists import changes
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.results import CallResult, Said
from livewatch.tuning.suggest.draft import draft
from livewatch.tuning.suggest.marks import find_marks
from livewatch.tuning.suggest.odds import Counts, least_points, log_odds
from livewatch.tuning.suggest.run import suggest
from livewatch.tuning.suggest.talk import sentences
from tests.tuning.calls import a_call, a_result
from tests.tuning.made import LIST, listed, manifest, row, settings

NORMALISER = Normaliser(load_speech(["en"]))
TALK = (
    "my sister has a new dog and it barks all night. we went to the lake with the boat on Sunday. the soup was too hot "
    "and the bread was cold. he plays the trumpet in the garage when it rains. their train was late by an hour again"
)
FILES = [row(f"ordinary-{number}", f"{part}. {TALK}") for number, part in enumerate(TALK.split(". ") * 12)]


def scam(name: str, *texts: str, campaign: str) -> dict[str, str]:
    return row(f"scam-{name}", *texts, campaign=campaign)


MISSED = [
    *(scam(f"lever-{n}", f"kindly pull the yellow lever {word}", campaign=f"c{n}") for n, word in enumerate("abc")),
    *(scam(f"often-{n}", "our crimson teapot offer", campaign="one") for n in range(30)),
]
RAFFLE = [
    row("ordinary-raffle-1", f"at the raffle I won a golden kettle society mug. {TALK}"),
    row("ordinary-raffle-2", f"some raffle with golden kettle society things. {TALK}"),
    row("ordinary-raffle-3", f"golden kettle society raffle tickets sold out. {TALK}"),
    *(scam(f"kettle-{n}", "join the golden kettle society", campaign=f"k{n}") for n in range(3)),
]


def test_log_odds_are_those_of_the_paper():
    one, other, everything = Counts(), Counts(), Counts()
    one.add("w", 6)
    other.add("w", 4)
    everything.add("w", 10)
    one.total, other.total, everything.total = 100, 900, 1000
    prior, all_prior = 1.0, 100.0  # a tenth of what all say
    delta = math.log((6 + prior) / (100 + all_prior - 6 - prior)) - math.log(
        (4 + prior) / (900 + all_prior - 4 - prior)
    )
    assert log_odds("w", one, other, everything) == pytest.approx(delta / math.sqrt(1 / 7 + 1 / 5))
    assert log_odds("never", one, other, everything) == 0.0


def test_points_grow_with_what_is_known_and_never_claim_more():
    shares = 10 * math.log10((10 / 100) / (1 / 1000))
    assert 0 < least_points(10, 100, 1, 1000) < shares
    assert least_points(100, 1000, 10, 10000) > least_points(10, 100, 1, 1000)
    assert least_points(1, 100, 0, 10) < 0
    assert least_points(50, 100, 0, 1000) > least_points(50, 100, 5, 1000)


def result(values: dict[str, str]) -> CallResult:
    return a_result(a_call(values["id"], values["text"], label=Label(values["label"]), campaign=values.get("campaign")))


def test_a_script_heard_thirty_times_is_one_campaign():
    missed = [result(values) for values in MISSED]
    every = [*missed, *(result(values) for values in FILES)]
    marks = find_marks(missed, every, NORMALISER, least=2)
    texts = {mark.text: mark for mark in marks}
    assert {*texts["yellow lever"].missed} == {"c0", "c1", "c2"}
    assert texts["yellow lever"].said.total() == 3
    assert not any("teapot" in text for text in texts)
    thrice = [*every, *(result({**values, "id": f"{values['id']}-again"}) for values in MISSED)]
    again = find_marks([one for one in thrice if one.call.label is Label.SCAM], thrice, NORMALISER, least=2)
    assert {mark.text: round(mark.z, 9) for mark in again} == {mark.text: round(mark.z, 9) for mark in marks}


def test_what_is_recognised_counts_for_recordings_and_the_listener_does_not(tmp_path: Path):
    call = replace(a_call("a", "not this", label=Label.SCAM), audio=tmp_path / "a.wav")
    said = tuple(
        Said(side, tuple(words.split()), tuple(range(0, 1000 * len(words.split()), 1000)), 99_000)
        for side, words in (("caller", "Pull it. Press 1 now"), ("me", "who is this"))
    )
    found = [*sentences(CallResult(call, a_result(call).level, None, None, SAMPLE_RATE, (), said=said), NORMALISER)]
    assert [one.texts for one in found] == [("pull", "it"), ("press", "<number>", "now")]
    assert found[1].starts == (2000, 3000, 4000)
    assert found[1].quoted(0, 2) == "[Press 1] now"


def test_suggestions_name_what_is_missed_and_what_would_excuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    calls = manifest(tmp_path, [*MISSED, *FILES, *RAFFLE])
    mine = settings(listed(tmp_path))
    found = suggest([calls], mine)
    assert (found.missed, found.missed_campaigns, found.false_alarms) == (33, 4, 3)
    best = found.wordings[0]
    assert "yellow lever" in best.text
    assert {*best.missed} == {"c0", "c1", "c2"}
    assert (best.ordinary.count, best.campaigns, best.points > 3) == (0, 3, True)
    assert any("[" in example and "yellow" in example for example in best.examples)
    (kettle,) = found.alarming
    assert (kettle.phrase, kettle.cautions, kettle.dangers, kettle.alone, kettle.needed) == ("test.kettle", 3, 3, 3, 3)
    excuses = {one.words: (one.ordinary, one.scam) for one in kettle.unless}
    assert excuses["raffle"] == (3, 0)

    # As a list: everything off, nothing changes, and one's own list is in it as it was.
    text = draft(replace(found, taken=found.taken | {"draft.yellow-lever"}), LIST)
    assert text.startswith(LIST)
    drafted = listed(tmp_path, text, "draft.toml")
    before, after = load_book(mine), load_book(settings(drafted))
    assert (changes(before, after), after.problems) == ([], ())
    assert {phrase.id for phrase in after.off} == {
        f"draft.{'-'.join(one.text.split())}{'-2' if one.text == 'yellow lever' else ''}" for one in found.wordings
    }
    assert text.count("unless for test.kettle") == len(kettle.unless)


def test_the_command_writes_only_a_draft_and_never_over_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LIVEWATCH_CONFIG", "/dev/null")
    monkeypatch.setenv("LIVEWATCH_CACHE_ENABLED", "false")
    monkeypatch.setenv("COLUMNS", "100")
    calls, out = manifest(tmp_path, [*MISSED, *FILES, "no row"]), tmp_path / "draft.toml"  # type: ignore[list-item]
    arguments = ["tune", "suggest", str(calls), "--jobs", "1", "--write", str(out)]
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert f"{calls}:{len(MISSED) + len(FILES) + 1}" in said.out.replace("\n", "")
    assert "yellow lever" in said.out
    assert max(len(line) for line in said.out.split("Problems")[0].splitlines()) <= 100
    assert out.read_text("utf-8").count("enabled = false") == out.read_text("utf-8").count("[[phrase]]") > 0
    written = out.read_bytes()
    assert main(arguments) == 2
    assert out.read_bytes() == written
    empty = tmp_path / "empty.jsonl"
    empty.write_text(json.dumps({"id": "a", "text": "no label"}), "utf-8")
    assert main(["tune", "suggest", str(empty)]) == 2
    assert "empty.jsonl:1" in capsys.readouterr().err


def test_counts_below_one_are_refused(tmp_path: Path):
    with pytest.raises(UsageError):
        suggest([manifest(tmp_path)], settings(), least=0)
