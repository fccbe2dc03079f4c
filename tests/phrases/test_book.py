import time
from collections.abc import Callable
from pathlib import Path

import pytest

from livewatch.errors import ExitCode, PhraseError
from livewatch.phrases.book import Book
from livewatch.phrases.gist import PHRASE as GIST
from livewatch.phrases.reading import read_list
from tests.phrases.words import spot

Write = Callable[[str], Path]

GOOD = """
[[phrase]]
id = "own.{0}"
category = "trouble"
say = ["the {0} is on fire"]
why = "There is a fire."
points = 12
"""


def ids(book: Book) -> set[str]:
    return {phrase.id for phrase in book.phrases}


def test_the_shipped_lists_have_no_problems() -> None:
    loaded = Book.load()
    assert loaded.problems == ()
    assert len(loaded.book.phrases) > 80


def test_a_users_list_adds_to_the_shipped_ones(write_list: Write, shipped: Book) -> None:
    loaded = Book.load([write_list(GOOD.format("barn"))])
    assert loaded.problems == ()
    assert ids(loaded.book) == ids(shipped) | {"own.barn"}
    (match,) = (found for found in spot(loaded.book, "Listen, the barn is on fire!") if found.phrase != GIST)
    assert (match.phrase, match.category, match.points, match.why, match.heard) == (
        "own.barn",
        "trouble",
        12.0,
        "There is a fire.",
        "the barn is on fire!",
    )


def test_a_list_can_change_a_shipped_phrase_in_part(write_list: Write, shipped: Book) -> None:
    loaded = Book.load([write_list('[[phrase]]\nid = "code.pin"\npoints = 5')])
    changed = next(phrase for phrase in loaded.book.phrases if phrase.id == "code.pin")
    before = next(phrase for phrase in shipped.phrases if phrase.id == "code.pin")
    assert loaded.problems == ()
    assert (changed.points, changed.say, changed.why) == (5, before.say, before.why)


def test_a_list_can_switch_a_shipped_phrase_off_and_a_later_one_on_again(write_list: Write, shipped: Book) -> None:
    off = write_list('[[phrase]]\nid = "code.pin"\nenabled = false')
    on = write_list('[[phrase]]\nid = "code.pin"\nenabled = true')
    assert ids(shipped) - ids(Book.load([off]).book) == {"code.pin"}
    assert ids(Book.load([off, on]).book) == ids(shipped)


def test_a_bad_change_leaves_the_shipped_phrase_as_it_was(write_list: Write, shipped: Book) -> None:
    loaded = Book.load([write_list('[[phrase]]\nid = "code.pin"\npoints = 500')])
    assert len(loaded.problems) == 1
    phrases = [next(one for one in book.phrases if one.id == "code.pin") for book in (loaded.book, shipped)]
    assert phrases[0].points == phrases[1].points


def test_defaults_before_the_first_phrase_hold_for_the_whole_file(write_list: Write) -> None:
    path = write_list(
        'category = "threat"\nsource = "me"\n' + GOOD.format("shed").replace('category = "trouble"\n', "")
    )
    phrase = Book.load([path]).book.phrases[-1]
    assert (phrase.category, phrase.source) == ("threat", "me")


@pytest.mark.parametrize(
    ("within", "samples"),
    [("first 30 s", 480_000), ("first 1.5 minutes", 1_440_000), ("first 2min", 1_920_000), ("", None)],
)
def test_a_phrase_may_count_only_early_in_a_call(write_list: Write, within: str, samples: int | None) -> None:
    loaded = Book.load([write_list(GOOD.format("shed") + f'within = "{within}"\n')])
    assert (loaded.problems, loaded.book.phrases[-1].within) == ((), samples)


@pytest.mark.parametrize(
    ("bad", "line", "message", "suggestion"),
    [
        ('category = "treat"', 3, 'There is no category "treat".', "did you mean threat?"),
        ("points = 200", 3, "points must be 0 to 60.", "10: ten times"),
        ("points = true", 3, "points must be a number.", "points = 10"),
        ("points = nan", 3, "points must be 0 to 60.", ""),
        ("pionts = 10", 3, "pionts is not known.", "did you mean points?"),
        ("within = 30", 3, "within must be text.", 'within = "…"'),
        ('within = "30 s"', 3, 'within = "30 s" is not known.', 'write within = "first 30 s", or "first 2 min"'),
        ('within = "last 30 s"', 3, 'within = "last 30 s" is not known.', "during a call nobody knows when it ends"),
        ('say = "one wording"', 3, "say must be a list of texts.", 'say = ["…"]'),
        ('say = ["read (me the code"]', 3, 'say: "(" is not closed.', 'add the missing ")"'),
        ('say = ["code"]', 3, "say: the wording can be a single word", "read me the code"),
        ('say = ["read near:40 code"]', 3, 'say: "near:40" does not say how many words.', "write near:1 to near:9"),
        ('unless = ["(wifi"]', 3, 'unless: "(" is not closed.', ""),
        ('why = ""', 3, "why is missing.", ""),
        ('who = "caler"', 3, 'who = "caler" is not known.', "caller, me or any"),
        ('enabled = "no"', 3, "enabled must be true or false.", ""),
        ('say = ["unclosed]', 3, "This is not TOML: ", "check the quotes"),
        ("points = ", 3, "This is not TOML: ", "check the quotes"),
        ('why = "\\u001b[2J"', 3, "why holds a control character.", ""),
        ('why = "\u202eevil"', 3, "why holds a control character.", ""),
    ],
)
def test_one_bad_line_is_told_with_its_place_and_costs_only_its_phrase(
    write_list: Write, bad: str, line: int, message: str, suggestion: str
) -> None:
    rest = "".join(
        text + "\n"
        for text in ['category = "trouble"', 'say = ["the roof is gone"]', 'why = "W."', "points = 3"]
        if text.split()[0] != bad.split(maxsplit=1)[0]
    )
    path = write_list(f'[[phrase]]\nid = "own.bad"\n{bad}\n{rest}' + GOOD.format("barn"))
    loaded = Book.load([path])
    (problem,) = loaded.problems
    assert (problem.file, problem.line) == (str(path), line)
    assert problem.message.startswith(message)
    assert suggestion in problem.suggestion
    assert "own.barn" in ids(loaded.book)
    assert "own.bad" not in ids(loaded.book)


def test_one_bad_wording_leaves_the_other_wordings_of_its_phrase(write_list: Write) -> None:
    text = GOOD.format("barn").replace('say = ["the barn is on fire"]', 'say = [\n  "fire in the barn",\n  "(fire",\n]')
    loaded = Book.load([write_list(text)])
    assert [problem.line for problem in loaded.problems] == [7]
    assert spot(loaded.book, "there is fire in the barn")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file holds no phrases."),
        ("colour = 3\n", "colour is not known before the first phrase."),
        ('[[phrases]]\nid = "a"\n', "[[phrases]] is not known."),
        ("[phrase]\nid = 'a'\n", "[phrase] is not known."),
        ("just some text\n", "This is not TOML"),
        ("[[phrase]]\n", "id is missing."),
    ],
)
def test_a_file_that_is_no_list_is_told_and_the_shipped_lists_still_work(
    write_list: Write, shipped: Book, text: str, message: str
) -> None:
    loaded = Book.load([write_list(text)])
    assert any(problem.message.startswith(message) for problem in loaded.problems)
    assert ids(loaded.book) == ids(shipped)


def test_the_same_id_twice_in_a_file_is_told_and_the_first_counts(write_list: Write) -> None:
    path = write_list(GOOD.format("barn") + GOOD.format("barn").replace("points = 12", "points = 1"))
    loaded = Book.load([path])
    (problem,) = loaded.problems
    assert (problem.line, problem.message) == (10, 'The id "own.barn" is already used in line 2 of this file.')
    assert loaded.book.phrases[-1].points == 12


def test_switching_off_what_is_not_there_suggests_the_nearest_id(write_list: Write) -> None:
    (problem,) = Book.load([write_list('[[phrase]]\nid = "code.pim"\nenabled = false')]).problems
    assert problem.message == 'There is no phrase "code.pim" to switch off.'
    assert problem.suggestion == "did you mean code.pin?"


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path, prefix: bytes, newline: bytes) -> None:
    path = tmp_path / "list.toml"
    path.write_bytes(prefix + GOOD.format("barn").encode().replace(b"\n", newline))
    loaded = Book.load([path])
    assert loaded.problems == ()
    assert "own.barn" in ids(loaded.book)


def test_bad_bytes_cost_only_their_phrase(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    bad = GOOD.format("shed").encode().replace(b"There is", b"\xff\xfe is")
    path.write_bytes(GOOD.format("barn").encode() + bad)
    loaded = Book.load([path])
    (problem,) = loaded.problems
    assert (problem.line, problem.message) == (13, "The line is not UTF-8 text.")
    assert "own.barn" in ids(loaded.book)


@pytest.mark.parametrize("raw", ["id".encode("utf-16"), b"\0\0\0", b"[" * 100_000, b"a = " + b"[" * 5_000])
def test_anything_can_be_read_without_harm(raw: bytes) -> None:
    assert read_list("x.toml", raw).problems


def test_a_named_file_that_is_missing_is_an_error_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(PhraseError) as caught:
        Book.load([tmp_path / "gone.toml"])
    assert "gone.toml" in caught.value.message
    assert "--phrases" in caught.value.hint
    assert caught.value.exit_code is ExitCode.ERROR


def test_a_folder_in_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PhraseError, match="directory"):
        Book.load([tmp_path])


def test_a_language_without_lists_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(PhraseError) as caught:
        Book.load(languages=["xx"])
    assert "en" in caught.value.hint


def test_a_list_of_fourteen_thousand_lines_loads_within_seconds(write_list: Write) -> None:
    text = "".join(GOOD.format(f"barn{number}") for number in range(2_000))
    path = write_list(text)
    start = time.process_time()
    loaded = Book.load([path])
    loaded.book.spotter()
    assert time.process_time() - start < 6
    assert loaded.problems == ()
    assert [match.phrase for match in spot(loaded.book, "the barn1500 is on fire")] == ["own.barn1500"]
