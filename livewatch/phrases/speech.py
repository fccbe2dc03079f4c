"""How a language is spoken, as data: fillers, contractions, joins, numbers (`data/<language>.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Speech:
    """The tables of one or more languages, keyed for look-up while normalising."""

    fillers: frozenset[str]
    """Words dropped wherever they stand"""
    filler_phrases: Mapping[str, frozenset[str]]
    """First word -> second words of two-word fillers"""
    joins: Mapping[str, tuple[tuple[str, ...], ...]]
    """First word -> what must follow it to be one word"""
    letters: Mapping[str, str]
    """Spelt letters -> the token to use instead of the word they would read as"""
    contractions: Mapping[str, list[str]]
    """Short form -> its words"""
    suffixes: tuple[tuple[str, list[str]], ...]
    """Ending after an apostrophe -> its words (none for a possessive)"""
    abbreviations: frozenset[str]
    """Written with a full stop that ends no sentence"""
    units: Mapping[str, int]
    """0..19"""
    tens: Mapping[str, int]
    """20..90"""
    hundred: str
    number_and: str
    scales: Mapping[str, int]
    """Thousand and up"""
    money: frozenset[str]
    """Names of money that follow a number"""
    number_starts: frozenset[str]
    """Words a spoken number may begin with"""
    number_words: frozenset[str]
    """Words that may stand anywhere in a spoken number or sum of money"""


def load_speech(languages: Sequence[str]) -> Speech:
    """Return the tables of `languages`, the first one's where they contradict each other."""
    tables = [
        tomllib.loads((files("livewatch.phrases") / "data" / f"{name}.toml").read_text("utf-8")) for name in languages
    ]
    first, numbers = tables[0], tables[0]["numbers"]
    phrases: dict[str, set[str]] = {}
    for one, two in (phrase.split() for table in tables for phrase in table["filler_phrases"]):
        phrases.setdefault(one, set()).add(two)
    joins: dict[str, list[tuple[str, ...]]] = {}
    for one, *rest in (join.split() for table in tables for join in table["joins"]):
        joins.setdefault(one, []).append(tuple(rest))
    units = {word: value for value, word in enumerate([*numbers["digits"], *numbers["teens"]])}
    tens = {word: value * 10 for value, word in enumerate(numbers["tens"], start=2)}
    starts = frozenset({*units, *tens, numbers["hundred"], *numbers["scales"]})
    money = frozenset(word for table in tables for word in table["numbers"]["money"])
    return Speech(
        fillers=frozenset(word for table in tables for word in table["fillers"]),
        filler_phrases={one: frozenset(two) for one, two in phrases.items()},
        joins={one: tuple(sorted(rests, key=len, reverse=True)) for one, rests in joins.items()},
        letters={key: value for table in reversed(tables) for key, value in table["letters"].items()},
        contractions={key: value.split() for table in reversed(tables) for key, value in table["contractions"].items()},
        suffixes=tuple((ending, meaning.split()) for ending, meaning in first["suffixes"].items()),
        abbreviations=frozenset(word for table in tables for word in table["abbreviations"]["words"]),
        units=units,
        tens=tens,
        hundred=numbers["hundred"],
        number_and=numbers["and"],
        scales=numbers["scales"],
        money=money,
        number_starts=starts,
        number_words=starts | money | {numbers["and"]},
    )
