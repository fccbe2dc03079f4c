import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.phrases.normalise import CODE, MONEY, NUMBER, Normaliser
from livewatch.phrases.speech import load_speech
from livewatch.phrases.stem import stem

NORMALISER = Normaliser(load_speech(["en"]))


def texts(said: str) -> list[str]:
    return [token.text for token in NORMALISER.tokens(said.split())]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Do NOT hang up!", "do not hang up"),
        ("don't hang up", "do not hang up"),
        ("don’t hang up", "do not hang up"),
        ("press 1", "Press one."),
        ("it will cost $899", "it will cost eight hundred and ninety nine dollars"),
        ("five thousand dollars", "$5,000"),
        ("5 thousand pounds", "£5000"),
        ("the I R S called", "The IRS called."),
        ("the I.R.S. called", "the irs called"),
        ("gift cards", "giftcards"),
        ("download any desk", "download AnyDesk"),
        ("your computer's password", "your computer password"),
        ("uh read me um the code", "read me the code"),
        ("can you please, sir, read it", "can you read it"),
        ("a one-time code", "a one time code"),
        ("wi-fi", "wifi"),
        ("four one two nine", "4129"),
        ("two thousand and twenty four", "2024"),
        ("your licence expired", "your license expired"),
        ("gonna", "going to"),
        ("ＭＩＣＲＯＳＯＦＴ", "microsoft"),
        ("naïve café", "naive cafe"),
    ],
)
def test_different_ways_of_writing_the_same_give_the_same_tokens(one: str, other: str) -> None:
    assert texts(one) == texts(other) != []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("press one, one moment", ["press", "1", "1", "moment"]),
        ("press one one moment", ["press", "1", "1", "moment"]),
        ("forty two fifty", ["42", "50"]),
        ("plan B, I think", ["plan", "b", "i", "think"]),
        ("call us in the U.S. now", ["call", "us", "in", "the", "usa", "now"]),
        ("call 1-800-555-0100", ["call", "18005550100"]),
        ("the 2nd 4k screen", ["the", "2nd", "4k", "screen"]),
        ("$ ... - ' ()", []),
        ("hundred hundred", ["100", "100"]),
        ("a hundred and five", ["a", "105"]),
        ("one and two", ["1", "and", "2"]),
        ("¹ ² ٣", ["123"]),
    ],
)
def test_what_only_looks_alike_stays_apart(said: str, expected: list[str]) -> None:
    assert texts(said) == expected


@pytest.mark.parametrize(
    ("said", "classes"),
    [
        ("six", {NUMBER}),
        ("482911", {NUMBER, CODE}),
        ("four eight two nine one one", {NUMBER, CODE}),
        ("482", {NUMBER}),
        ("0800 5550 100 ", {NUMBER, CODE}),
        ("$20", {MONEY}),
        ("twenty quid", {MONEY}),
        ("code", set()),
    ],
)
def test_numbers_codes_and_money_are_known_as_such(said: str, classes: set[str]) -> None:
    assert classes == {key for key in NORMALISER.tokens(said.split())[0].keys if key.startswith("<")}


def test_tokens_point_back_to_the_written_words() -> None:
    written = ["Uh,", "it's", "eight", "hundred", "dollars", "for", "gift", "cards"]
    assert [(token.text, token.first, token.last) for token in NORMALISER.tokens(written)] == [
        ("it", 1, 1),
        ("is", 1, 1),
        ("$800", 2, 4),
        ("for", 5, 5),
        ("giftcards", 6, 7),
    ]


def test_a_sentence_ends_at_a_full_stop_but_not_after_mr_or_spelt_letters() -> None:
    said = "Ask Mr. Smith at the I.R.S. today, please. Bye"
    stops = [token.text for token in NORMALISER.tokens(said.split()) if token.stop]
    assert stops == ["today"]  # "please." is dropped, the end of its sentence is not


def test_a_sentence_ends_where_the_caller_says_so() -> None:
    assert [token.stop for token in NORMALISER.tokens(["never", "ask"], breaks={0})] == [True, False]


@pytest.mark.parametrize(
    "forms",
    [
        "infect infects infected infecting",
        "account accounts",
        "charge charges charged charging",
        "verify verifies verified verifying",
        "stop stops stopped stopping",
        "call calls called calling",
        "press presses pressed pressing",
        "transfer transfers transferred transferring",
        "virus viruses",
        "pay pays",
    ],
)
def test_forms_of_one_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("pair", ["thing th", "need ne", "access acce", "bus bu", "code cod", "string str", "red r"])
def test_short_words_are_not_cut_to_pieces(pair: str) -> None:
    word, wrong = pair.split()
    assert stem(word) != wrong or len(wrong) >= 3


@given(st.lists(st.text(min_size=1, max_size=12), max_size=40))
def test_any_text_gives_tokens_in_order_that_cover_each_word_at_most_from_both_ends(written: list[str]) -> None:
    tokens = NORMALISER.tokens(written)
    for before, after in pairwise(tokens):
        assert before.first <= before.last <= after.first or before.last == after.first
    assert all(0 <= token.first <= token.last < len(written) and token.text for token in tokens)


NUMBER_WORDS = "zero one nine ten twenty ninety hundred thousand million billion grand and 5 40 6,000 $"
NUMBERS = st.sampled_from(NUMBER_WORDS.split())


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_any_row_of_number_words_is_read_to_its_end(said: list[str]) -> None:
    tokens = NORMALISER.tokens(said)
    assert all(len(token.text) < 60 for token in tokens)
    if said[-1] not in ("and", "$"):
        assert tokens[-1].last == len(said) - 1


def test_twice_the_words_take_about_twice_the_time() -> None:
    text = "please read me the six digit code that I R S sent for eight hundred dollars in gift cards"
    said = text.split()

    def seconds(times: int) -> float:
        row = said * times
        best = 1e9
        for _ in range(5):
            start = time.process_time()
            NORMALISER.tokens(row)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(400) < 2.0 * 2 * seconds(200) + 0.002
