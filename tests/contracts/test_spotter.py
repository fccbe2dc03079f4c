"""What every spotter must keep to, whatever the book: exact under revision."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.events import Hypothesis, Match
from livewatch.phrases.book import Book
from livewatch.phrases.gist import NO_GIST
from tests.phrases.words import words

SHIPPED = Book.load(gist=NO_GIST).book
TEXT = """read me the code now press one gift cards. do not hang up never ask your PIN 482911 uh and buy $200 of remote
access to your computer, he told is infected move all money the bank I R S"""
VOCABULARY = TEXT.split()

Revisions = list[tuple[list[str], int]]
"""Of one utterance: the words of each hypothesis and how many are stable; the last one becomes the final"""


@st.composite
def calls(draw: st.DrawFn) -> list[tuple[Revisions, int]]:
    """Utterances that are revised at will, each with the samples of pause before it."""
    utterances = []
    for _ in range(draw(st.integers(1, 4))):
        revisions: Revisions = []
        row: list[str] = []
        for _ in range(draw(st.integers(1, 6))):
            keep = draw(st.integers(0, len(row)))
            row = row[:keep] + draw(st.lists(st.sampled_from(VOCABULARY), max_size=8))
            revisions.append((row, draw(st.integers(0, len(row)))))
        utterances.append((revisions, draw(st.sampled_from([0, 4_000, 12_000, 30_000]))))
    return utterances


def hypotheses(call: list[tuple[Revisions, int]], *, only_final: bool) -> list[Hypothesis]:
    row = []
    start = 0
    for number, (revisions, pause) in enumerate(call):
        start += pause
        said = revisions[-1][0]
        end = start
        for texts, stable in [] if only_final else revisions:
            spoken = words(texts, start)
            end = max(end, spoken[-1].end if spoken else start)
            row.append(Hypothesis(spoken, stable, False, number, end))
        spoken = words(said, start)
        row.append(Hypothesis(spoken, len(spoken), True, number, max(end, spoken[-1].end if spoken else start)))
        start = spoken[-1].end if spoken else start
    return row


def run(row: Sequence[Hypothesis]) -> list[Match]:
    spotter = SHIPPED.spotter()
    return [match for hypothesis in row for match in spotter.accept(hypothesis)]


def meet(one: Match, other: Match) -> bool:
    return one.phrase == other.phrase and one.start < other.end and other.start < one.end


@settings(max_examples=150, deadline=None)
@given(calls())
def test_whatever_the_revisions_every_hit_of_the_final_words_is_told(call: list[tuple[Revisions, int]]) -> None:
    told = run(hypotheses(call, only_final=False))
    for match in run(hypotheses(call, only_final=True)):
        assert any(meet(match, other) for other in told), match


@settings(max_examples=150, deadline=None)
@given(calls())
def test_no_phrase_is_told_twice_for_one_place(call: list[tuple[Revisions, int]]) -> None:
    told = run(hypotheses(call, only_final=False))
    for index, match in enumerate(told):
        assert not any(meet(match, other) for other in told[:index])


@settings(max_examples=150, deadline=None)
@given(calls())
def test_matches_rest_on_stable_words_and_are_told_when_they_are_known(call: list[tuple[Revisions, int]]) -> None:
    spotter = SHIPPED.spotter()
    for hypothesis in hypotheses(call, only_final=False):
        for match in spotter.accept(hypothesis):
            sure = hypothesis.words if hypothesis.final else hypothesis.words[: hypothesis.stable]
            assert match.end in {word.end for word in sure}
            assert match.start < match.end
            assert match.at == hypothesis.at
            assert match.provisional is not hypothesis.final
            assert match.heard.split()[-1] in {word.text for word in sure}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=40), st.data())
def test_growing_word_by_word_tells_the_same_places_as_all_at_once(row: list[str], data: st.DataObject) -> None:
    spoken = words(row)
    growing = [Hypothesis(spoken[:count], count, False, 0, spoken[count - 1].end) for count in range(1, len(row) + 1)]
    final = Hypothesis(spoken, len(spoken), True, 0, spoken[-1].end)
    step = data.draw(st.integers(1, 5))
    batch = run([final])
    told = run([*growing[::step], final])
    assert all(any(meet(match, other) for other in told) for match in batch)


@pytest.mark.parametrize("change", [str.upper, lambda text: text.replace(" ", ", "), lambda text: "Well, uh, " + text])
def test_case_punctuation_and_fillers_change_nothing(change) -> None:
    text = "your computer is infected so give me remote access and read me the code"
    plain, changed = words(text), words(change(text))

    def phrases(spoken) -> list[str]:
        return [match.phrase for match in run([Hypothesis(spoken, len(spoken), True, 0, spoken[-1].end)])]

    assert phrases(plain) == phrases(changed) != []
