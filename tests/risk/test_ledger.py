"""The ledger says what every match added and why it was not more."""

from hypothesis import given
from hypothesis import strategies as st

from livewatch.events import Level, Match
from livewatch.risk.judge import Judge, load_rules
from livewatch.risk.ledger import Ledger, Line
from tests.risk.matches import match

RULES = load_rules()


def ledger(*matches: Match) -> list[Line]:
    book = Ledger(Judge(RULES))
    return [book.accept(one) for one in matches]


def test_what_counts_in_full_needs_no_reason() -> None:
    (line,) = ledger(match("code.a", 34))
    assert (line.added, line.total, line.level, line.why) == (34, 34, Level.DANGER, "")


def test_shares_of_a_category_are_said() -> None:
    lines = ledger(*(match(f"threat.{name}", 4) for name in "abcd"))
    assert [line.added for line in lines] == [4, 2, 1, 0]
    assert [line.why.split(":")[0] for line in lines] == [
        "",
        "second of its category",
        "third of its category",
        "fourth of its category or later",
    ]


def test_a_repeated_phrase_is_said_to_be_repeated() -> None:
    assert ledger(match("code.a", 34), match("code.a", 34))[1].why.startswith("repeated")


def test_words_that_a_stronger_phrase_has_are_said_to_be_its() -> None:
    lines = ledger(match("code.a", 34, at=0), match("code.b", 20, at=0))
    assert (lines[1].added, lines[1].why) == (0, "a stronger phrase has the same words")


def test_a_cap_that_is_reached_is_said() -> None:
    cap = RULES.categories["code"].cap
    lines = ledger(match("code.a", 34), match("code.b", 34))
    assert lines[1].added == cap - 34
    assert "cap of the category reached" in lines[1].why


def test_a_match_that_displaces_another_says_what_others_lose() -> None:
    lines = ledger(match("threat.a", 6), match("threat.b", 8))
    assert (lines[1].added, lines[1].total) == (5, 11)
    assert lines[1].why == "others now count -3.0"


MATCHES = st.lists(
    st.builds(
        match,
        st.sampled_from([f"{category}.{number}" for category in RULES.categories for number in range(4)]),
        st.integers(0, 40).map(float),
        at=st.integers(0, 40).map(lambda place: place * 4_000),
    ),
    max_size=25,
)


@given(MATCHES)
def test_the_ledger_adds_up_to_what_the_judge_says(matches: list[Match]) -> None:
    judge, lines = Judge(RULES), ledger(*matches)
    told = [event for one in matches for event in judge.accept(one)]
    assert abs(sum(line.added for line in lines) - (lines[-1].total if lines else 0)) < 1e-6
    for line in lines:
        assert line.why or abs(line.added - line.match.points) < 0.01
    if told:
        assert lines[-1].level is judge.level
