"""A growing, rewritten row of words gives the tokens that reading it anew gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.row import TokenRow
from livewatch.phrases.speech import load_speech

NORMALISER = Normaliser(load_speech(["en"]))
SPOKEN = """twenty five thousand hundred and 4 1 9 dollars $5 uh. um you know. i mean, a t m any desk remote don't we'll
code, stop. gift-card U.S. log in"""
WORDS = st.sampled_from(SPOKEN.split())
ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.lists(WORDS, max_size=6), st.sets(st.integers(0, 8), max_size=2)), max_size=8
)


@given(ROWS)
@settings(max_examples=300)
def test_whatever_the_revisions_tokens_are_those_of_the_last_row(changes):
    """Each change keeps some words and rewrites the rest."""
    row, follower, before = [], TokenRow(NORMALISER), []
    for kept, more, breaks in changes:
        row = [*row[:kept], *more]
        same = follower.read(row, breaks)
        assert follower.tokens == NORMALISER.tokens(row, breaks)
        assert follower.tokens[:same] == before[:same]
        before = [*follower.tokens]
