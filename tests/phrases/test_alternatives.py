"""Phrases that are said only if the recogniser was wrong where it doubted itself."""

from dataclasses import replace

import pytest

from livewatch.events import Alternative, Hypothesis
from livewatch.phrases.book import Book
from tests.phrases.words import WORD, final, partial


def doubted(hypothesis: Hypothesis, *others: tuple[int, int, str, float]) -> Hypothesis:
    """`hypothesis` with other words for some of its own: first, end, words, log-ratio."""
    found = tuple(Alternative(first, end, tuple(text.split()), ratio) for first, end, text, ratio in others)
    return replace(hypothesis, alternatives=found)


def sounding(book: Book, hypothesis: Hypothesis) -> list:
    return [match for match in book.spotter().accept(hypothesis) if match.phrase != "gist"]


def test_a_phrase_of_other_words_is_told_with_what_was_written_and_how_likely_it_is(shipped: Book) -> None:
    heard = doubted(
        final("now help me be the coat please"), (1, 5, "read me the", -1.5), (1, 6, "read me the code", -2.5)
    )
    match = next(match for match in sounding(shipped, heard) if match.phrase == "code.read-me")
    assert (match.how, match.verified) == ("sound", -2.5)
    assert match.listed == ("read", "me", "the", "code")
    assert match.heard == "help me be the coat"
    assert (match.start, match.end) == (WORD, 6 * WORD)


def test_words_that_stay_need_not_be_among_the_others(shipped: Book) -> None:
    heard = doubted(final("please feed me the code you got"), (1, 2, "read", -0.5))
    (match,) = sounding(shipped, heard)
    assert match.heard == "feed me the code"
    assert (match.start, match.end) == (WORD, 5 * WORD)


def test_only_the_words_behind_the_phrase_are_quoted(shipped: Book) -> None:
    other = "some body read me the code you got there"
    heard = doubted(final("sun body feed me the code you go hair"), (0, 9, other, -3.0))
    (match,) = sounding(shipped, heard)
    assert match.heard == "feed me the code"


def test_words_may_be_put_in_where_none_were_written(shipped: Book) -> None:
    heard = doubted(final("now me the code"), (1, 1, "read", -1.0))
    (match,) = sounding(shipped, heard)
    assert match.heard == "me the code"


def test_the_likeliest_of_several_counts_and_only_once(shipped: Book) -> None:
    heard = doubted(final("feed me the coat"), (0, 4, "read me the code", -4.0), (0, 4, "read me that code", -1.0))
    (match,) = sounding(shipped, heard)
    assert match.verified == -1.0


def test_a_phrase_that_was_written_is_not_told_again(shipped: Book) -> None:
    heard = doubted(final("now read me the code sun"), (5, 6, "son", -0.5))
    (match,) = sounding(shipped, heard)
    assert match.how == "exact"


def test_other_words_do_not_bring_up_a_phrase_that_lies_beside_them(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert len(list(spotter.accept(final("read me the code")))) == 1
    again = doubted(final("and then he went home", utterance=1, start=5 * WORD), (0, 1, "so", -0.1))
    assert list(spotter.accept(again)) == []


def test_what_stands_around_cancels_it(shipped: Book) -> None:
    heard = doubted(final("the bank will never ask you to feed me the code"), (7, 8, "read", -0.5))
    assert sounding(shipped, heard) == []


def test_the_listener_is_not_taken_for_the_caller(shipped: Book) -> None:
    heard = doubted(final("feed me the code", side="me"), (0, 1, "read", -0.5))
    written = shipped.spotter().accept(final("read me the code", side="me"))
    assert [match.phrase for match in sounding(shipped, heard)] == [match.phrase for match in written]


def test_it_is_told_while_the_utterance_goes_on_and_not_again_at_its_end(shipped: Book) -> None:
    spotter = shipped.spotter()
    early = doubted(partial("feed me the code you", stable=0), (0, 1, "read", -0.5))
    (match,) = spotter.accept(early)
    assert match.provisional
    late = doubted(final("feed me the code you got"), (0, 1, "read", -0.2))
    assert list(spotter.accept(late)) == []


def test_it_is_told_again_when_it_is_surer(shipped: Book) -> None:
    spotter = shipped.spotter()
    (early,) = spotter.accept(doubted(partial("feed me the code you", stable=0), (0, 1, "read", -3.0)))
    (again,) = spotter.accept(doubted(partial("feed me the code you got", stable=0), (0, 1, "read", -1.0)))
    (sure,) = spotter.accept(final("read me the code you got"))
    assert [early.verified, again.verified, sure.verified] == [-3.0, -1.0, None]
    assert list(spotter.accept(final("read me the code you got there"))) == []


def test_a_hypothesis_that_brings_nothing_but_alternatives_is_searched(shipped: Book) -> None:
    spotter = shipped.spotter()
    same = partial("feed me the code", stable=0)
    assert list(spotter.accept(same)) == []
    assert len(list(spotter.accept(doubted(same, (0, 1, "read", -0.5))))) == 1


@pytest.mark.parametrize("pause", [8_000, 40_000])
def test_a_phrase_may_begin_in_the_utterance_before_if_speech_went_on(shipped: Book, pause: int) -> None:
    spotter = shipped.spotter()
    list(spotter.accept(final("now read me")))
    late = doubted(final("a coat", utterance=1, start=3 * WORD + pause), (0, 2, "the code", -1.0))
    assert len(list(spotter.accept(late))) == (1 if pause == 8_000 else 0)
