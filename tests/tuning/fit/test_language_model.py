"""`livewatch tune language-model`: what is counted, and what of it may be shipped."""

import json
import math

import pytest

from livewatch.engines.moonshine import language_model
from livewatch.engines.moonshine.language_model import BEGIN, FIRST_WORD, START, LanguageModel
from livewatch.errors import UsageError
from livewatch.tuning.fit.language_model import count_language_model
from tests.command import livewatch
from tests.tuning.calls import a_call

THREE = [a_call("1", "a b. a b"), a_call("2", "a b. c b"), a_call("3", "c b")]


def test_shares_are_those_of_kneser_and_ney_worked_out_by_hand():
    counted = count_language_model(THREE)
    assert counted.words == ("a", "b", "c")
    a, b, c = range(FIRST_WORD, FIRST_WORD + 3)
    # b was heard after two words, a and c after the beginning only; 0.75 is taken off each count.
    assert counted.share.tolist() == pytest.approx([0.5625, 0, 0, 0.25 / 4, 1.25 / 4, 0.25 / 4])
    pairs = dict(zip(counted.pairs.keys.tolist(), counted.pairs.share.tolist(), strict=True))
    assert pairs == pytest.approx({BEGIN * 6 + a: 2.25 / 5, BEGIN * 6 + c: 1.25 / 5, a * 6 + b: 0.25, c * 6 + b: 0.25})
    assert counted.rest[[BEGIN, a]].tolist() == pytest.approx([1.5 / 5, 0.75])
    model = LanguageModel(counted)
    after_a = model.after(START, "a")[2]
    assert math.exp(model.after(after_a, "b")[0]) == pytest.approx(2.25 / 3 + 0.25 * (0.25 + 0.75 * 1.25 / 4))


def test_what_only_one_call_or_campaign_says_is_left_out():
    calls = [
        a_call("1", "this is Mrs Winterbottom speaking. this is fine", campaign="x"),
        a_call("2", "this is Mrs Winterbottom speaking. this is fine", campaign="x"),
        a_call("3", "this was fine and this is"),
    ]
    counted = count_language_model(calls)
    assert counted.words == ("fine", "is", "this")
    size = counted.size
    runs = {(key // size, key % size) for key in counted.pairs.keys.tolist()}
    this, is_, fine = (FIRST_WORD + counted.words.index(word) for word in ("this", "is", "fine"))
    assert (this, is_) in runs
    assert (is_, fine) not in runs


def test_calls_without_a_word_in_common_are_refused():
    with pytest.raises(UsageError, match="no words in common"):
        count_language_model([a_call("1", "one of these"), a_call("2", "two and those")])


def test_the_command_writes_what_the_recogniser_reads(tmp_path, monkeypatch):
    manifest = tmp_path / "calls.jsonl"
    texts = ["please hold the line", "hold the line, please", "the line is engaged"]
    rows = [{"id": str(number), "label": "ordinary", "text": text} for number, text in enumerate(texts)]
    manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    done = livewatch("tune", "language-model", manifest, "--write", tmp_path / "data")
    assert done.returncode == 0
    assert "of 3 calls" in done.stderr
    monkeypatch.setattr("livewatch.engines.moonshine.language_model.files", lambda package: tmp_path)
    model = language_model.load()
    hold = model.after(START, "hold")[2]
    assert model.after(hold, "the")[0] > model.after(hold, "please")[0] + 1


def test_a_manifest_that_is_not_there_is_named(tmp_path):
    done = livewatch("tune", "language-model", tmp_path / "none.jsonl", "--write", tmp_path / "data")
    assert done.returncode == 2
    assert "none.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_a_name_holds_never_reaches_the_terminal_raw(tmp_path):
    done = livewatch("tune", "language-model", tmp_path / "no\x1b[31mne.jsonl", "--write", tmp_path / "data")
    assert "ne.jsonl" in done.stderr
    assert "\x1b" not in done.stderr
