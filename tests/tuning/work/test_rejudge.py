"""Judging again from matches is the same as watching again."""

from pathlib import Path

from livewatch.assembly import load_book
from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Corpus, read_corpus
from livewatch.tuning.work.rejudge import counted, rejudge, rules_of
from livewatch.tuning.work.watch import watch_corpus
from tests.needs import needs
from tests.tuning.made import LIST, listed, manifest, row, settings, without

SCAMS = Path(__file__).parents[4] / "shared" / "corpus" / "scam_calls.jsonl"


def test_other_thresholds_give_what_a_fresh_run_gives(tmp_path: Path):
    phrases = listed(tmp_path)
    corpus = read_corpus([manifest(tmp_path)])
    loaded = load_book(settings(phrases))
    now = watch_corpus(corpus, settings(phrases), loaded=loaded).results
    for caution, danger in ((10.0, 12.0), (20.0, 45.0)):
        other = settings(phrases, risk__caution_points=caution, risk__danger_points=danger)
        fresh = watch_corpus(corpus, other, loaded=loaded).results
        assert [rejudge(result, rules_of(other.risk)) for result in now] == [*fresh]
        assert [result.level for result in now] != [result.level for result in fresh]


@needs(SCAMS.exists(), "../shared/corpus is not here")
def test_real_scams_judged_again_are_as_watched_again():
    corpus = read_corpus([SCAMS])
    some = Corpus(corpus.calls[::16], ())
    loaded = load_book(settings())
    other = settings(risk__caution_points=14.0, risk__danger_points=66.0)
    fresh = watch_corpus(some, other, loaded=loaded).results
    now = watch_corpus(some, settings(), loaded=loaded).results
    assert [rejudge(result, rules_of(other.risk)) for result in now] == [*fresh]
    assert sum(one.level is not other.level for one, other in zip(now, fresh, strict=True)) >= 3


def test_without_a_phrase_it_is_as_with_the_phrase_switched_off(tmp_path: Path):
    said = row("scam-a", "at the purple elephant hotel", "the wooden violin committee", "green umbrella festival")
    corpus = read_corpus([manifest(tmp_path, [said])])
    now, fresh = (
        watch_corpus(corpus, settings(listed(tmp_path, text))).results[0]
        for text in (LIST, without(LIST, "test.elephant"))
    )
    rules = rules_of(settings().risk)
    assert rejudge(now, rules, without=("test.elephant",)) == fresh != now
    # What counted when a level was reached, and at the end.
    at = [counted(now, rules, level) for level in (Level.CAUTION, Level.DANGER)]
    for one in at:
        one.pop("gist", None)
    assert at == [{"test.elephant": 20.0}, {"test.elephant": 20.0, "test.violin": 12.0}]
    assert next(iter(counted(now, rules))) == "test.umbrella"
