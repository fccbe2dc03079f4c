"""The gist: the weights of all words of the last two minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.events import Hypothesis
from livewatch.phrases.book import Book
from livewatch.phrases.gist import PHRASE, STEP, WINDOW, Gist, GistMeter, keys, load_gist
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech
from tests.phrases.words import words

NORMALISER = Normaliser(load_speech(["en"]))
WEIGHTS = {
    "warrant": 9.0,
    "arrest": 6.0,
    "arrest warrant": 4.0,
    "grandma": -8.0,
    "officer": 3.5,
    "warrant ~ arrest": 2.5,
}
GIST = Gist(WEIGHTS, -4.0)
VOCABULARY = ["warrant", "arrest", "grandma", "officer", "the", "warrants."]


def hypothesis(text, *, number=0, stable=None, final=True, start=0):
    said = words(text.split() if isinstance(text, str) else text, start)
    return Hypothesis(said, len(said) if stable is None else stable, final, number, said[-1].end if said else start)


def strongest(hypotheses, gist=GIST):
    meter = GistMeter(gist, NORMALISER)
    return max((match.points for h in hypotheses for match in meter.accept(h)), default=0.0)


def by_hand(texts, gist=GIST):
    """The strongest window, each added up anew."""
    tokens = [key for text in texts for key in keys(NORMALISER.tokens(text))]
    ends = range(1, len(tokens) + 1)
    return max((gist.points(tokens[max(0, end - WINDOW) : end]) for end in ends), default=0.0)


def test_words_and_pairs_add_up_once_each():
    assert strongest([hypothesis("an arrest warrant and a warrant")]) == pytest.approx(-4 + 9 + 6 + 4)


def test_pairs_with_one_word_between_have_a_weight_of_their_own():
    assert strongest([hypothesis("warrant and arrest")]) == pytest.approx(-4 + 9 + 6 + 2.5)
    assert strongest([hypothesis("warrant and an arrest")]) == pytest.approx(-4 + 9 + 6)


def test_what_speaks_against_it_counts_too():
    assert strongest([hypothesis("grandma arrest warrant")]) == pytest.approx(-4 - 8 + 9 + 6 + 4)


def test_words_that_left_the_window_count_no_more():
    far_apart = "arrest " + "the " * WINDOW + "warrant"
    assert strongest([hypothesis(far_apart)]) == pytest.approx(-4 + 9)


def test_the_window_goes_on_over_utterances():
    parts = [hypothesis("arrest"), hypothesis("warrant", number=1, start=9_000)]
    assert strongest(parts) == pytest.approx(-4 + 9 + 6 + 4)


def test_only_stable_words_count_before_the_end():
    assert strongest([hypothesis("arrest warrant", stable=1, final=False)]) == 0
    assert strongest([hypothesis("warrant arrest", stable=1, final=False)]) == pytest.approx(5)


def test_the_heaviest_words_are_quoted_in_their_order():
    meter = GistMeter(GIST, NORMALISER)
    (match,) = meter.accept(hypothesis("officer the warrant the arrest the the"))
    assert match.heard.split(" … ")[:2] == ["officer", "warrant"]
    assert match.phrase == match.category == PHRASE


@given(st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=60), max_size=5))
def test_the_running_sum_is_the_sum(texts):
    finals = [hypothesis(text, number=number, start=number * 10**6) for number, text in enumerate(texts)]
    expected = by_hand(texts)
    told = strongest(finals)
    assert told <= max(0.0, expected) + 0.05
    assert expected < STEP or told > expected - STEP - 0.05


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(VOCABULARY), max_size=20), st.integers(0, 20)), min_size=1, max_size=6)
)
def test_revisions_leave_no_trace_in_what_follows(revisions):
    """Whatever was guessed before, the final words end in the same window."""
    meter, clean = GistMeter(GIST, NORMALISER), GistMeter(GIST, NORMALISER)
    for text, stable in revisions:
        list(meter.accept(hypothesis(text, stable=min(stable, len(text)), final=False)))
    for one in (meter, clean):
        list(one.accept(hypothesis(revisions[-1][0])))
    assert meter._settled.add("x", []) == pytest.approx(clean._settled.add("x", []))


def test_the_shipped_weights_know_scam_talk_from_other_talk():
    gist = load_gist(["en"])
    scam = "this is officer Brown there is a warrant for your arrest and your social security number is suspended"
    other = "yeah well we went up to the lake with the kids and it rained so we played cards all day"
    scored = [gist.points(keys(NORMALISER.tokens(text.split()))) for text in (scam, other)]
    assert scored[0] > 10
    assert scored[1] < 0


def test_the_gist_alone_is_no_alarm_but_beside_a_phrase_it_counts():
    from livewatch.risk.judge import Judge, load_rules

    def level(*texts):
        spotter, judge = Book.load().book.spotter(), Judge(load_rules())
        for number, text in enumerate(texts):
            for match in spotter.accept(hypothesis(text, number=number, start=number * 100_000)):
                list(judge.accept(match))
        return judge.level, [match.phrase for match, _, points in judge.shares() if points]

    only_words = "officer arrested criminal investigation department federal government case fraud legal suspended"
    reached, counted = level(only_words)
    assert reached == "none"
    assert counted == []


def test_a_language_without_weights_has_no_gist():
    assert strongest([hypothesis("arrest warrant")], load_gist(["xx"])) == 0
