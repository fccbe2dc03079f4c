from livewatch.events import Hypothesis
from livewatch.phrases.book import Book
from tests.phrases.words import WORD, final, partial, spot, words


def test_a_match_quotes_what_was_heard_with_its_times(shipped: Book) -> None:
    (match,) = spot(shipped, "So now, uh, READ me the, um, code!")
    assert match.phrase == "code.read-me"
    assert match.heard == "READ me the, um, code!"
    assert (match.start, match.end) == (3 * WORD, 8 * WORD)
    assert (match.how, match.verified, match.provisional) == ("exact", None, False)


def test_a_phrase_is_told_as_soon_as_its_words_are_stable(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert list(spotter.accept(partial("now read me the code", stable=4))) == []
    (match,) = spotter.accept(partial("now read me the code you", stable=5))
    assert match.provisional
    assert list(spotter.accept(partial("now read me the code you got", stable=7))) == []
    assert list(spotter.accept(final("now read me the code you got"))) == []


def test_words_that_become_stable_without_a_change_are_enough(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert list(spotter.accept(partial("read me the code", stable=3))) == []
    assert len(list(spotter.accept(partial("read me the code", stable=4)))) == 1


def test_a_revised_phrase_is_not_told_twice_for_one_place(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert len(list(spotter.accept(partial("read me the code", stable=4)))) == 1
    assert list(spotter.accept(partial("tell me that code back", stable=5))) == []
    assert list(spotter.accept(final("tell me the code"))) == []


def test_a_phrase_said_again_later_is_told_again(shipped: Book) -> None:
    assert len(spot(shipped, "Read me the code.", "Read me the code.")) == 2
    assert len(spot(shipped, "Read me the code. I said read me the code.")) == 2


def test_a_phrase_that_only_the_final_words_hold_is_told_then(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert list(spotter.accept(partial("read me the coat", stable=4))) == []
    (match,) = spotter.accept(final("read me the code"))
    assert not match.provisional


def test_a_phrase_goes_on_over_the_end_of_an_utterance(shipped: Book) -> None:
    (match,) = spot(shipped, "now read me", "the code", pause=8_000)
    assert match.heard == "read me the code"
    assert match.end - match.start == 4 * WORD + 8_000
    assert spot(shipped, "now read me", "the code", pause=24_000) == []


def test_a_phrase_goes_on_over_two_ends_of_utterances(shipped: Book) -> None:
    assert [match.heard for match in spot(shipped, "now read", "me", "the code", pause=8_000)] == ["read me the code"]


def test_an_utterance_that_turned_out_to_be_nothing_does_not_cut_a_phrase(shipped: Book) -> None:
    spotter = shipped.spotter()
    first, second = final("read me"), final("the code", 2, 2 * WORD)
    assert list(spotter.accept(first)) == []
    assert list(spotter.accept(Hypothesis((), 0, True, 1, first.at))) == []
    assert len(list(spotter.accept(second))) == 1


def test_the_sides_are_not_mixed_up(shipped: Book) -> None:
    spotter = shipped.spotter()
    assert list(spotter.accept(final("read me", 0, side="caller"))) == []
    assert list(spotter.accept(final("the code", 1, 2 * WORD, side="me"))) == []
    assert len(list(spotter.accept(final("the code", 2, 2 * WORD, side="caller")))) == 1


def test_own_words_do_not_match_a_callers_phrase(shipped: Book) -> None:
    assert list(shipped.spotter().accept(final("read me the code", side="me"))) == []
    assert len(list(shipped.spotter().accept(final("read me the code", side="any")))) == 1


def test_spotters_of_one_book_do_not_know_of_each_other(shipped: Book) -> None:
    for _ in range(2):
        assert len(list(shipped.spotter().accept(final("read me the code")))) == 1


def test_a_phrase_drawn_out_over_many_words_is_found_at_once(shipped: Book) -> None:
    row = words("read me " + "uh " * 40 + "the code")
    spotter = shipped.spotter()
    for count in range(1, len(row)):
        assert list(spotter.accept(Hypothesis(row[:count], count, False, 0, row[count - 1].end))) == []
    assert len(list(spotter.accept(Hypothesis(row, len(row), False, 0, row[-1].end)))) == 1


def test_a_change_far_back_in_an_open_utterance_is_seen_at_once(shipped: Book) -> None:
    rest = " and so on" * 60
    spotter = shipped.spotter()
    assert list(spotter.accept(partial("read me the coat" + rest, stable=180))) == []
    assert len(list(spotter.accept(partial("read me the code" + rest, stable=180)))) == 1


def test_each_word_of_an_open_utterance_is_looked_at_a_bounded_number_of_times(shipped: Book, monkeypatch) -> None:
    seen = []
    tokens = type(shipped.normaliser).tokens
    monkeypatch.setattr(
        type(shipped.normaliser),
        "tokens",
        lambda self, row, breaks=(), begin=0: seen.append(len(row) - begin) or tokens(self, row, breaks, begin),
    )
    spotter = shipped.spotter()
    row = words("well you see " * 100)
    for count in range(1, 301):
        list(spotter.accept(Hypothesis(row[:count], max(0, count - 2), False, 0, row[count - 1].end)))
    assert len(seen) == 300
    assert max(seen) < 10
