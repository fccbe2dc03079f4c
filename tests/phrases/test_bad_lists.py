"""Lists made to break the loader: only problems come of them, in a time that grows with their length."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import defaults_of, read_phrase
from livewatch.phrases.reading import Problem, read_list
from livewatch.phrases.speech import load_speech

PHRASE = '[[phrase]]\nid = "own.a"\ncategory = "other"\nsay = ["a barn fire"]\nwhy = "W."\npoints = {}\n'
NORMALISER = Normaliser(load_speech(["en"]))


def problems(raw: str | bytes) -> list[Problem]:
    """Read a list and check each of its phrases."""
    file = read_list("x.toml", raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass"))
    found = list(file.problems)
    defaults = defaults_of(file.defaults, found)
    for entry in file.phrases:
        found += read_phrase(entry, defaults, None, NORMALISER)[2]
    return found


@pytest.mark.parametrize("points", ["9" * 400, "9" * 5_000, "-" + "9" * 400, "inf", "nan", "1e999", "0x" + "f" * 999])
def test_points_of_any_size_are_a_problem_of_their_line(points: str) -> None:
    (problem,) = problems(PHRASE.format(points))
    assert problem.line == 6
    assert len(str(problem)) < 300


@pytest.mark.parametrize("key", ["say", "unless", "not_before"])
def test_a_phrase_with_too_many_wordings_or_exceptions_is_told_so(key: str) -> None:
    rows = "".join(f'  "the barn {number}",\n' for number in range(65))
    text = PHRASE.format(3).replace('say = ["a barn fire"]\n', "") if key == "say" else PHRASE.format(3)
    (problem,) = problems(f"{text}{key} = [\n{rows}]\n")
    assert problem.message == f"{key} has more than 64 wordings."


LONG: dict[str, Callable[[int], str]] = {
    "spaces after a bracket": lambda n: "[" + " " * n + "!\n",
    "quotes after brackets": lambda n: "[[" + '"' * n + "!\n",
    "brackets": lambda n: "[" * n,
    "exceptions that are wrong": lambda n: PHRASE.format(3) + "unless = [\n" + '  "(barn",\n' * (n // 10) + "]\n",
    "one long line": lambda n: 'a = "' + "x" * n + '"\n',
    "headers": lambda n: "[[phrase]]\n" * (n // 10),
    "an open text": lambda n: 'a = """' + "\n" * n,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_file_takes_a_time_that_grows_with_its_length(kind: str) -> None:
    start = time.process_time()
    assert problems(LONG[kind](100_000)) or kind == "one long line"
    assert time.process_time() - start < 8  # well under a second each; what grew with the square took minutes


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=120),
    st.sampled_from(["say", "unless", "not_before", "id", "category", "why", "who", "points", "x"]),
)
def test_whatever_stands_for_a_value_only_problems_come_of_it(value: str, key: str) -> None:
    for written in (value, f'"{value}"', f'["{value}"]', f"'''{value}'''"):
        assert all(isinstance(one, Problem) for one in problems(f"{PHRASE.format(3)}{key} = {written}\n"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_bytes_there_are_only_problems_come_of_them(raw: bytes) -> None:
    assert all(isinstance(one, Problem) and one.line >= 1 for one in problems(raw))


def test_a_wording_of_brackets_only_is_told() -> None:
    for wording in ("()", "[]", "(|)", "((((((", "]" * 40, "*", "* * *", "<", "<<>>", "(" * 250 + ")" * 250):
        (problem,) = problems(PHRASE.format(3).replace("a barn fire", wording))
        assert (problem.line, problem.message.startswith("say: ")) == (4, True)
