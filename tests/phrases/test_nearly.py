"""What was almost said."""

import pytest

from livewatch.phrases.book import Book
from livewatch.phrases.nearly import near_misses


@pytest.fixture
def barn(write_list) -> Book:
    rows = [
        ("burn", "(burn|torch) [down] the old barn"),
        ("paint", "paint * silo blue"),
        ("pay", "pay <money> for hay"),
    ]
    text = "".join(
        f'[[phrase]]\nid = "own.{name}"\ncategory = "other"\nsay = ["{say}"]\nwhy = "W."\npoints = 5\n'
        for name, say in rows
    )
    book = Book.load([write_list(text)]).book
    return Book([one for one in book.phrases if one.id.startswith("own.")], book.normaliser, book.context)


@pytest.mark.parametrize(
    ("said", "phrase", "heard", "missing"),
    [
        ("burn the cold barn", "own.burn", "burn the cold barn", ("old",)),
        ("go and churn the old barn now", "own.burn", "the old barn", ("burn", "torch")),
        ("burn down the old farm", "own.burn", "burn down the old", ("barn",)),
        ("paint the silo", "own.paint", "paint the silo", ("blue",)),
        ("burn the very very old barn", "own.burn", "burn the very very old barn", ()),
        ("pay lots for hay", "own.pay", "pay lots for hay", ("<money>",)),
    ],
)
def test_the_word_that_is_missing_is_named(
    barn: Book, said: str, phrase: str, heard: str, missing: tuple[str, ...]
) -> None:
    words = said.split()
    (near,) = near_misses(barn.phrases, barn.normaliser, words)
    assert (near.phrase.id, " ".join(words[near.first : near.last + 1])) == (phrase, heard)
    assert near.missing == missing


@pytest.mark.parametrize("said", ["", "the old", "nothing like it", "the silo is tall", "burn it", "for hay"])
def test_what_is_far_from_it_is_no_near_miss(barn: Book, said: str) -> None:
    assert near_misses(barn.phrases, barn.normaliser, said.split()) == []
