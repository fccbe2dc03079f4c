"""`livewatch tune fit`: what is fitted, what of it may be shipped, and that no campaign judges itself."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from scipy.stats import binomtest

from livewatch.errors import UsageError
from livewatch.events import Level
from livewatch.phrases.book import Book
from livewatch.phrases.counted import Counted, Counts, load_counts
from livewatch.phrases.gist import load_gist
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.risk.judge import load_rules
from livewatch.settings import load
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.fit.errors import StatedError, stated_errors
from livewatch.tuning.fit.fit import fit, fold_of
from livewatch.tuning.fit.gist import fit_gist
from livewatch.tuning.fit.points import bounds, estimate_of, fit_points
from livewatch.tuning.fit.write import write
from tests.tuning.calls import a_call, a_result

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
    fitted = fit([manifest], settings, folds=2, jobs=1, day="2026-01-31")
    written, counted = write(tmp_path / "data", fitted)
    monkeypatch.setattr("livewatch.phrases.counted.files", lambda package: tmp_path)
    assert load_counts(["en"]) == {"en": fitted.points}
    assert counted.read_text("utf-8").count("[phrase]") == 1
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


@pytest.mark.parametrize(
    ("heard", "harmless", "is_open"),
    [(0, 0, (True, True)), (8, 0, (False, True)), (0, 13, (True, False)), (10, 10, (False, False))],
)
def test_the_interval_of_counts_is_that_of_clopper_and_pearson(heard, harmless, is_open):
    """Against scipy's own exact test, asked for the odds at which the counts are just possible."""
    low, high = bounds(heard, 168, harmless, 1296)
    assert (low is None, high is None) == is_open
    for end, side in ((low, "greater"), (high, "less")):
        if end is not None:
            odds = 10 ** (end / 10) * 168 / 1296
            test = binomtest(heard, heard + harmless, odds / (1 + odds), alternative=side)
            assert test.pvalue == pytest.approx(0.025, rel=0.1)  # ends are rounded to a tenth


def heard_in(name, label, campaign, phrases=""):
    return a_result(a_call(name, label=label, campaign=campaign), phrases=phrases)


def test_counts_move_an_estimate_only_where_they_contradict_it():
    book = Book.load().book
    known = {phrase.id: estimate_of(phrase) for phrase in book.phrases}
    often, never, seldom = "callback.ring-us", "code.read-me", "prize.job"
    scams = [heard_in(f"s{number}", Label.SCAM, f"c{number // 2}", often) for number in range(80)]
    scams.append(heard_in("s80", Label.SCAM, "c0", seldom))
    talk = [heard_in(f"t{number}", Label.ORDINARY, None, seldom * (number < 20)) for number in range(300)]
    counts = fit_points([*scams, *talk], book.phrases, "2026-01-31")
    assert (counts.campaigns, counts.calls) == (40, 300)
    low, _ = bounds(39 + 2 / 3, 40, 0, 300)
    assert counts.phrase[often] == Counted(estimate=known[often], points=low, low=low, campaigns=39.67, calls=0)
    assert counts.phrase[seldom].points == max(0, counts.phrase[seldom].high) < known[seldom]
    assert counts.phrase[seldom].campaigns == pytest.approx(1 / 3, abs=0.01)  # one of three calls of its campaign
    assert never not in counts.phrase


def test_what_was_counted_takes_the_place_of_the_estimate_until_the_list_changes(tmp_path, monkeypatch):
    ring = {phrase.id: phrase for phrase in Book.load().book.phrases}["callback.ring-us"]
    estimate = estimate_of(ring)
    counted = Counted(estimate=estimate, points=estimate + 1.5, low=estimate + 1.5, campaigns=3, calls=0)
    counts = {"en": Counts(day="2026-01-31", campaigns=9, calls=9, phrase={ring.id: counted})}
    monkeypatch.setattr("livewatch.phrases.book.load_counts", lambda languages: counts)

    def points(own=""):
        path = tmp_path / "own.toml"
        path.write_text(own)
        phrase = next(one for one in Book.load([path]).book.phrases if one.id == ring.id)
        return phrase.points, phrase.counted

    assert points() == (estimate + 1.5, counted)
    assert points(f'[[phrase]]\nid = "{ring.id}"\nwhy = "W."\n') == (estimate + 1.5, counted)
    assert points(f'[[phrase]]\nid = "{ring.id}"\nsay = ["ring the bell"]\n') == (estimate + 1.5, None)
    assert points(f'[[phrase]]\nid = "{ring.id}"\npoints = 7\n') == (7, None)
    counts["en"] = Counts(day="", campaigns=9, calls=9, phrase={ring.id: replace(counted, estimate=estimate - 1)})
    assert points() == (estimate, None)


@pytest.mark.parametrize(("wrong", "kept"), [(0, True), (1, True), (3, False)])
def test_a_threshold_is_held_against_what_it_promises(wrong, kept):
    seconds = [1.0] * wrong + [None] * (300 - wrong)
    calls = [a_result(a_call(f"t{number}"), danger_s=second) for number, second in enumerate(seconds)]
    caution, danger = stated_errors([*calls, a_result(a_call("s", label=Label.SCAM), danger_s=1)], load_rules())
    assert (caution.stated, danger.stated) == (pytest.approx(0.01), pytest.approx(0.001))
    assert danger == StatedError(Level.DANGER, 30.0, wrong, 300)
    assert danger.kept is kept
