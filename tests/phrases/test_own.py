"""Edits of the user's list."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.errors import PhraseError
from livewatch.phrases.own import HEADER, switched, with_phrase

MINE = """# My list. Do not lose this line.
source = "me"   # nor this

[[phrase]]  # barns
id = "own.barn"
category = "other"
say = [
  "burn the barn",   # said in March
]
why = "W."
points = 5

# About the shipped one.
[[phrase]]
id = "code.pin"
points = 9
"""
SECOND = MINE[MINE.index("[[phrase]]") :]
NEW = {"id": "own.new", "category": "other", "say": ["a b", 'c "d" e'], "why": "W.", "points": 7}


def entries(text: str) -> dict[str, dict[str, object]]:
    return {entry["id"]: entry for entry in tomllib.loads(text)["phrase"]}


def test_a_phrase_is_added_at_the_end_and_all_else_stays_as_it_was() -> None:
    text = with_phrase(MINE, NEW)
    assert text.startswith(MINE)
    assert entries(text)["own.new"] == NEW


def test_a_new_list_begins_with_what_it_is() -> None:
    text = with_phrase("", NEW)
    assert text.startswith(HEADER)
    assert entries(text) == {"own.new": NEW}


def test_a_list_with_a_mistake_elsewhere_can_be_added_to() -> None:
    assert with_phrase('[[phrase]]\nid = "x', NEW).startswith('[[phrase]]\nid = "x\n')


def test_windows_line_ends_are_kept() -> None:
    text = with_phrase(MINE.replace("\n", "\r\n"), NEW)
    assert text.count("\n") == text.count("\r\n")


def test_switching_off_and_on_a_shipped_phrase_gives_the_same_text() -> None:
    off = switched(MINE, "hurry.now", on=False, shipped=True)
    assert off.startswith(MINE)
    assert entries(off)["hurry.now"] == {"id": "hurry.now", "enabled": False}
    assert switched(off, "hurry.now", on=True, shipped=True) == MINE


@pytest.mark.parametrize(("name", "shipped"), [("own.barn", False), ("code.pin", True)])
def test_switching_a_phrase_that_the_list_holds_changes_one_line(name: str, shipped: bool) -> None:
    off = switched(MINE, name, on=False, shipped=shipped)
    assert entries(off)[name]["enabled"] is False
    assert {*off.splitlines()} - {*MINE.splitlines()} == {"enabled = false"}
    on = switched(off, name, on=True, shipped=shipped)
    assert entries(on) == entries(MINE)
    assert {*on.splitlines()} == {*MINE.splitlines()}


def test_a_phrase_of_another_list_that_is_off_is_switched_on_here() -> None:
    assert entries(switched(MINE, "own.else", on=True, shipped=False))["own.else"] == {
        "id": "own.else",
        "enabled": True,
    }


def test_comments_between_entries_outlive_the_entry_before_them() -> None:
    off = switched("", "hurry.now", on=False, shipped=True) + "# About what comes next.\n" + SECOND
    on = switched(off, "hurry.now", on=True, shipped=True)
    assert "# About what comes next." in on
    assert entries(on) == entries(SECOND)


def test_a_list_that_is_not_toml_is_not_changed() -> None:
    with pytest.raises(PhraseError, match="not TOML"):
        switched("[[phrase]]\nid = \n", "code.pin", on=False, shipped=True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_added_can_be_read_again(why: str, wording: str) -> None:
    values = NEW | {"why": why, "say": [wording, "a b"]}
    try:
        text = with_phrase(MINE, values)
    except ValueError:
        assert any("\ud800" <= sign <= "\udfff" for sign in why + wording)
        return
    assert entries(text)["own.new"] == values


@given(st.text(max_size=80))
def test_whatever_the_list_holds_only_a_phrase_error_comes_of_switching(text: str) -> None:
    try:
        off = switched(text, "code.pin", on=False, shipped=True)
    except PhraseError:
        return
    assert off.startswith(text)
