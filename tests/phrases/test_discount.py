"""What the spotter left out, and why."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.events import SAMPLE_RATE, Hypothesis, Side
from livewatch.phrases.book import Book
from livewatch.phrases.discount import Discount, Discounts
from tests.phrases.words import final, partial

BARN = """[[phrase]]
id = "own.barn"
category = "other"
say = ["burn the barn"]
unless = ["paint"]
not_before = ["tomorrow"]
why = "W."
points = 5
"""


@pytest.fixture(scope="module")
def barn(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book with one phrase."""
    path = tmp_path_factory.mktemp("lists") / "barn.toml"
    path.write_text(BARN)
    book = Book.load([path]).book
    return Book(book.phrases[-1:], book.normaliser, book.context)


def left_out(book: Book, *hypotheses: Hypothesis) -> list[Discount]:
    spotter, discounts = book.spotter(), Discounts(book)
    told = []
    for hypothesis in hypotheses:
        told += spotter.accept(hypothesis)
        discounts.accept(hypothesis)
    return discounts.left_out(told)


@pytest.mark.parametrize(
    ("said", "reason", "by"),
    [
        ("we will never burn the barn", "denied", "never"),
        ("if anyone asks you to burn the barn hang up", "advised", "anyone asks"),
        ("he told me to burn the barn", "reported", "told"),
        ("the paint is dry burn the barn", "exception", "paint"),
        ("burn the barn tomorrow", "exception", "tomorrow"),
    ],
)
def test_what_cancels_a_match_is_named(barn: Book, said: str, reason: str, by: str) -> None:
    (one,) = left_out(barn, final(said))
    assert (one.reason, one.match.heard) == (reason, "burn the barn")
    assert by in one.by


@pytest.mark.parametrize("said", ["burn the barn", "we never lie. Now burn the barn", "nothing of the kind"])
def test_what_counts_is_not_left_out(barn: Book, said: str) -> None:
    assert left_out(barn, final(said)) == []


@pytest.mark.parametrize(("start", "reasons"), [(0, []), (10 * SAMPLE_RATE, ["late"])])
def test_words_that_come_too_late_in_the_call_are_left_out(barn: Book, start: int, reasons: list[str]) -> None:
    early = Book([replace(barn.phrases[0], within=10 * SAMPLE_RATE)], barn.normaliser, barn.context)
    said = final("burn the barn", start=start)
    assert len([*early.spotter().accept(said)]) == 1 - len(reasons)
    assert [one.reason for one in left_out(early, said)] == reasons


@pytest.mark.parametrize(("side", "reasons"), [("me", ["side"]), ("caller", []), ("any", [])])
def test_words_of_the_other_side_are_left_out(barn: Book, side: Side, reasons: list[str]) -> None:
    assert [one.reason for one in left_out(barn, final("burn the barn", side=side))] == reasons


def test_a_denial_in_the_utterance_before_is_found(barn: Book) -> None:
    first = final("we will never")
    (one,) = left_out(barn, first, final("burn the barn", 1, first.at))
    assert (one.reason, one.by) == ("denied", "never")


def test_words_that_were_revised_away_are_not_explained_by_what_is_not_there(barn: Book) -> None:
    out = left_out(barn, partial("never burn the barn", stable=4), final("clever fern and yarn"))
    assert [one.reason for one in out] == ["unconfirmed"]


def test_only_one_of_two_places_is_left_out(barn: Book) -> None:
    (one,) = left_out(barn, final("We never burn the barn. Now burn the barn"))
    assert one.match.start < 6 * 5_600


VOCABULARY = [
    "we",
    "will",
    "never",
    "burn",
    "the",
    "barn",
    ".",
    "paint",
    "tomorrow",
    "he",
    "told",
    "me",
    "to",
    "now",
    "but",
    "anyone",
    "asks",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=14), max_size=4), st.sampled_from([0, 8_000, 40_000]))
def test_every_place_of_the_words_is_either_told_or_left_out(barn: Book, rows: list[list[str]], pause: int) -> None:
    spotter, discounts, plain = barn.spotter(), Discounts(barn), barn.uncancelled().spotter()
    told, found, start = [], [], 0
    for number, row in enumerate(rows):
        hypothesis = final(" ".join(row), number, start)
        told += spotter.accept(hypothesis)
        found += plain.accept(hypothesis)
        discounts.accept(hypothesis)
        start = hypothesis.at + pause
    out = discounts.left_out(told)
    assert len(told) + len(out) == len(found)
    assert all(one.reason in ("denied", "advised", "reported", "exception") and one.by for one in out)
