"""`livewatch tune fit`: what is fitted, what of it may be shipped, and that no campaign judges itself."""

import json
from pathlib import Path

import pytest

from livewatch.errors import UsageError
from livewatch.phrases.gist import load_gist
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.settings import load
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.fit.fit import fit, fold_of, write_gist
from livewatch.tuning.fit.gist import fit_gist
from tests.tuning.calls import a_call

SCAM = "your package is held at customs and a warrant is out so press one to speak with officer {} about case 48213 now"
TALK = "we went to the lake with the children and it rained so officer {} and the dog came home early for dinner"
NAMES = ["brown", "smith", "jones", "clark", "lewis", "young", "king", "wright"]


def rows():
    for number, name in enumerate(NAMES):
        for copy in range(2):
            yield {"id": f"s{number}{copy}", "label": "scam", "text": SCAM.format(name), "campaign": f"c{number}"}
            yield {"id": f"t{number}{copy}", "label": "ordinary", "text": TALK.format(name)}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "calls.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()), "utf-8")
    return path


@pytest.fixture
def settings():
    return load({"cache.enabled": False}).settings


def test_words_of_scams_weigh_and_words_of_talk_do_not(manifest, settings, tmp_path):
    fitted = fit([manifest], settings, folds=4, jobs=1, details=tmp_path / "unseen.jsonl")
    weights = fitted.gist.weights
    assert weights["warrant"] > 0 >= weights.get("lake", 0.0)  # what speaks against nothing weighs nothing
    assert weights["press"] > 0
    assert abs(weights.get("officer", 0.0)) < abs(weights["warrant"])  # said in both
    assert not any(name in gram.split() for gram in weights for name in NAMES)  # each in too few calls
    assert not any(sign.isdigit() for gram in weights for sign in gram)
    lines = [json.loads(line) for line in (tmp_path / "unseen.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows()]
    assert fitted.unseen.calls == len(lines)


def test_what_is_written_is_read_again(manifest, settings, tmp_path, monkeypatch):
    fitted = fit([manifest], settings, folds=2, jobs=1)
    written = tmp_path / "data" / "gist-en.tsv"
    written.parent.mkdir()
    write_gist(written, fitted, "2026-01-31")
    monkeypatch.setattr("livewatch.phrases.gist.files", lambda package: tmp_path)
    again = load_gist(["en"])
    assert again.offset == fitted.gist.offset
    assert dict(again.weights) == dict(fitted.gist.weights)
    head = [line for line in written.read_text("utf-8").splitlines() if line.startswith("#")]
    assert any("16 scam calls of calls" in line for line in head)
    assert any("8 campaigns" in line for line in head)


def test_a_campaign_lies_in_one_part_whatever_else_is_there():
    calls = [a_call(f"a{number}", label=Label.SCAM, campaign="c7") for number in range(9)]
    assert len({fold_of(call, 5) for call in calls}) == 1
    assert len({fold_of(a_call(f"b{number}"), 5) for number in range(40)}) == 5


@pytest.mark.parametrize("label", [Label.SCAM, Label.ORDINARY])
def test_one_kind_of_calls_is_not_enough(label):
    with pytest.raises(UsageError, match="scam calls and ordinary calls"):
        fit_gist([a_call("a", SCAM, label=label)], Normaliser(load_speech(["en"])))


def test_one_part_leaves_nothing_to_judge_by(manifest, settings):
    with pytest.raises(UsageError, match="--folds 1"):
        fit([manifest], settings, folds=1, jobs=1)
