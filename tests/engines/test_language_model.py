"""The language model of the recogniser: a probability, of telephone talk, kept and read without loss that matters."""

import itertools
import math

import numpy as np
import pytest

from livewatch.engines.moonshine import language_model
from livewatch.engines.moonshine.language_model import FIRST_WORD, NUMBER, START, Counted, LanguageModel, Table, packed


@pytest.fixture(scope="module")
def shipped():
    return language_model.load()


def logprob(model, text):
    total, state = 0.0, START
    for written in text.split():
        logarithm, _, state = model.after(state, written)
        total += logarithm
    return total


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("pay it by card with me", "pay it by car with me"),
        ("must give me your card number", "must bimpy your card number"),
        ("remote access to your computer", "a mode access to your computer"),
        ("I will be home late", "I will be hole late"),
        ("what time does the shop close", "what time does the ship close"),
    ],
)
def test_what_people_say_is_likelier_than_what_it_sounds_like(shipped, said, heard):
    assert logprob(shipped, said) > logprob(shipped, heard) + 2


def test_it_is_a_probability(shipped):
    """All words there are and the unknown ones add up to one behind any words; a byte's rounding is 3 %."""
    counted = shipped._counted
    for state in (
        START,
        *itertools.islice(((key // counted.size, key % counted.size) for key in counted.pairs.keys), 0, 40_000, 4_000),
    ):
        known = sum(shipped._probability(state, number) for number in range(FIRST_WORD, counted.size))
        unknown = shipped._probability(state, language_model.UNKNOWN) * language_model._UNKNOWN_WORDS
        assert known + unknown == pytest.approx(1.0, abs=0.03)


def test_capitals_and_punctuation_do_not_matter_but_a_sentence_begins_anew(shipped):
    plain = shipped.after(START, "hello")
    assert shipped.after(START, "Hello,")[:2] == plain[:2]
    assert shipped.after(plain[2], "there?")[2] == START
    assert shipped.after(plain[2], "there")[2] != START


def test_numbers_in_digits_weigh_nothing_and_parts_of_a_word_are_words(shipped):
    logarithm, weighed, state = shipped.after(START, "£4,500")
    assert (logarithm, weighed, state[1]) == (0.0, 0, NUMBER)
    one = shipped.after(START, "one")
    time = shipped.after(one[2], "time")
    assert shipped.after(START, "one-time") == (pytest.approx(one[0] + time[0]), 2, time[2])
    assert shipped.after(START, "...") == (0.0, 0, START)


def test_what_is_packed_is_read_again(tmp_path, monkeypatch):
    pairs = Table(np.array([3, 9, 700], np.int64), np.array([0.5, 1e-9, 1.0]))
    triples = Table(np.array([12], np.int64), np.array([0.25]))
    share = np.array([0.1, 0.0, 0.0, 0.4, 0.5])
    counted = Counted(("café", "naïve"), share, np.ones(5), pairs, np.array([0.2, 1.0, 0.75]), triples)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "talk-en.npz").write_bytes(packed(counted, "made up"))
    monkeypatch.setattr("livewatch.engines.moonshine.language_model.files", lambda package: tmp_path)
    again = language_model.load()._counted
    assert again.words == counted.words
    assert again.pairs.keys.tolist() == [3, 9, 700]
    for name in ("share", "rest", "pair_rest"):
        np.testing.assert_allclose(getattr(again, name), getattr(counted, name), rtol=0.035)
    np.testing.assert_allclose(again.pairs.share[[0, 2]], pairs.share[[0, 2]], rtol=0.035)
    assert 0 < again.pairs.share[1] < 1e-6  # less than a byte can say, but not impossible
    assert again.share[1] == 0
    np.testing.assert_allclose(again.triples.share, triples.share, rtol=0.035)


def test_a_word_that_nobody_counted_is_still_possible(shipped):
    logarithm, weighed, state = shipped.after(START, "xylophonist")
    assert -25 < logarithm < -8
    assert weighed == 1
    assert math.isfinite(shipped.after(state, "again")[0])


def test_its_answers_do_not_hang_on_what_was_asked_before(shipped):
    fresh = LanguageModel(shipped._counted)
    for text in ("your card number", "card number your", "your card number"):
        assert logprob(fresh, text) == logprob(shipped, text)
