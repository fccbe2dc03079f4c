"""One phrase of a list: what may be said, what it is a sign of, and the checks a list entry has to pass."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, cast, get_args

from livewatch.events import SAMPLE_RATE, Side
from livewatch.phrases.automaton import Automaton, compile_wording
from livewatch.phrases.counted import Counted
from livewatch.phrases.language import WordingError, parse
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.reading import Entry, Problem

MAX_POINTS: Final = 60
"""Decibans one phrase may be worth"""
MAX_WORDINGS: Final = 64
"""Wordings one phrase may have, and exceptions of each kind"""

_TEXTS = ("category", "why", "source", "who", "within", "id")
_LISTS = ("say", "unless", "not_before")
_FLAGS = ("enabled", "inflected")
_KEYS = (*_TEXTS, *_LISTS, *_FLAGS, "points")
_DEFAULT_KEYS = ("category", "source", "who", "language")
_WITHIN = re.compile(r"first\s+(\d+(?:\.\d+)?)\s*(s|seconds?|min|minutes?)")
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A checked phrase."""

    id: str
    """Lower case, dots and hyphens; unique in a book"""
    category: str
    """What the caller is doing by saying it; one of `categories()`"""
    say: tuple[str, ...]
    """Wordings in the phrase language, any of which is a match"""
    why: str
    """One sentence for people: why this is a sign"""
    points: float
    """Decibans, 0..60"""
    source: str
    """Where it is known from"""
    who: Side
    """Whose words count: caller, me or any"""
    unless: tuple[str, ...]
    """Wordings that cancel a match when they stand shortly before or after it"""
    not_before: tuple[str, ...]
    """Wordings that cancel a match when they follow it"""
    within: int | None
    """Samples from the beginning of the call in which it must begin; None: anywhere"""
    inflected: bool
    """Whether other forms of the words match too"""
    file: str
    """The list it comes from"""
    line: int
    """1-based, where it begins in that list"""

    automata: Mapping[str, tuple[Automaton, ...]] = field(repr=False, compare=False)
    """What the matcher looks for, by say, unless and not_before"""
    counted: Counted | None = field(default=None, compare=False)
    """What its points rest on; None: on nothing but an estimate"""
    own: bool = field(default=False, compare=False)
    """Whether the user wrote or changed it: then it counts for what it says, whatever the words around it"""


@cache
def categories() -> Mapping[str, str]:
    """Return the categories a phrase may have, each with what it means."""
    return tomllib.loads((files("livewatch.phrases") / "lists" / "categories.toml").read_text("utf-8"))


def defaults_of(entry: Entry, problems: list[Problem]) -> dict[str, Any]:
    """Return the values a file gives for all its phrases; what is wrong with them is added to `problems`."""
    usable = {}
    for key, value in entry.values.items():
        if key not in _DEFAULT_KEYS:
            hint = "phrases begin with [[phrase]]" if "phrase" in key else did_you_mean(key, _DEFAULT_KEYS)
            problems.append(
                Problem(entry.file, entry.line_of(key), f"{key} is not known before the first phrase.", hint)
            )
        elif not isinstance(value, str):
            problems.append(Problem(entry.file, entry.line_of(key), f"{key} must be text.", f'{key} = "…"'))
        elif key != "language":
            usable[key] = value
    return usable


def read_phrase(
    entry: Entry, defaults: Mapping[str, Any], earlier: Mapping[str, Any] | None, normaliser: Normaliser
) -> tuple[Phrase | None, dict[str, Any], list[Problem]]:
    """Check one entry.

    `earlier` are the values of an earlier phrase of the same id, which this one changes: only what is written anew
    is replaced. Returns the phrase (None when it is switched off or cannot be used), its values, and the problems. A
    wording that cannot be used is left out; the phrase is lost only when none is left or another value is wrong.
    """
    values: dict[str, Any] = {
        "who": "caller",
        "within": "",
        "source": "",
        "enabled": True,
        "inflected": True,
        "unless": [],
        "not_before": [],
    }
    values.update(defaults)
    values.update(earlier or {})
    values.update(entry.values)
    problems = list(_wrong_keys(entry)) + list(_wrong_types(entry))
    if problems or values["enabled"] is False:
        return None, values, problems
    problems += _wrong_values(entry, values)
    if problems:
        return None, values, problems
    usable = {key: dict(_usable(entry, key, values, normaliser, problems)) for key in _LISTS}
    exceptions = len(usable["unless"]) + len(usable["not_before"])
    if not usable["say"] or exceptions < len({*values["unless"]}) + len({*values["not_before"]}):
        return None, values, problems  # without one of its exceptions a phrase would match what it must not
    values = values | {key: list(wordings) for key, wordings in usable.items()}
    phrase = Phrase(
        id=values["id"],
        category=values["category"],
        say=tuple(usable["say"]),
        why=values["why"],
        points=float(values["points"]),
        source=values["source"],
        who=cast(Side, values["who"]),
        unless=tuple(usable["unless"]),
        not_before=tuple(usable["not_before"]),
        within=_samples(values["within"]),
        inflected=values["inflected"],
        file=entry.file,
        line=entry.line,
        automata={key: tuple(wordings.values()) for key, wordings in usable.items()},
    )
    return phrase, values, problems


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """Return "did you mean x?" for the nearest of `known`, or nothing."""
    near = difflib.get_close_matches(written, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def _wrong_keys(entry: Entry) -> Iterator[Problem]:
    for key in entry.values:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or "known are: " + ", ".join(_KEYS)
            yield Problem(entry.file, entry.line_of(key), f"{key} is not known.", hint)


def _wrong_types(entry: Entry) -> Iterator[Problem]:
    for key, value in entry.values.items():
        line = entry.line_of(key)
        if key in _TEXTS and not isinstance(value, str):
            yield Problem(entry.file, line, f"{key} must be text.", f'{key} = "…"')
        elif key in _FLAGS and not isinstance(value, bool):
            yield Problem(entry.file, line, f"{key} must be true or false.")
        elif key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield Problem(entry.file, line, f"{key} must be a list of texts.", f'{key} = ["…"]')
        elif _unprintable(value):
            yield Problem(entry.file, line, f"{key} holds a control character.", "type it anew")
        elif key == "points" and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield Problem(entry.file, line, "points must be a number.", "points = 10")


def _samples(within: str) -> int | None:
    """Return what a checked `within` means; None where nothing is written."""
    written = _WITHIN.fullmatch(within)
    if written is None:
        return None
    return round(float(written[1]) * SAMPLE_RATE * (60 if written[2].startswith("min") else 1))


def _unprintable(value: object) -> bool:
    """Whether a text, or one of a list of texts, would do something to a terminal or to the direction of writing."""
    texts = value if isinstance(value, list) else [value]
    if "".join(map(str, texts)).isprintable():
        return False
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for text in texts for sign in str(text))


def _wrong_values(entry: Entry, values: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("id", "category", "say", "why", "points"):
        if key not in values or values[key] in ("", []):
            yield Problem(
                entry.file, entry.line_of(key), f"{key} is missing.", "every phrase has id, category, say, why, points"
            )
    if "id" in values and not _ID.fullmatch(values["id"]):
        hint = "use small letters, digits, dots and hyphens, as in control.remote-access"
        yield Problem(entry.file, entry.line_of("id"), f'"{values["id"]}" cannot be an id.', hint)
    category = values.get("category", "")
    if category and category not in categories():
        hint = did_you_mean(category, categories()) or "there are: " + ", ".join(categories())
        yield Problem(entry.file, entry.line_of("category"), f'There is no category "{category}".', hint)
    if values["who"] not in get_args(Side):
        yield Problem(entry.file, entry.line_of("who"), f'who = "{values["who"]}" is not known.', "caller, me or any")
    within = values["within"]
    if within and not _WITHIN.fullmatch(within):
        last = "during a call nobody knows when it ends; " if within.startswith("last") else ""
        hint = f'{last}write within = "first 30 s", or "first 2 min"'
        yield Problem(entry.file, entry.line_of("within"), f'within = "{within}" is not known.', hint)
    points = values.get("points", 0)
    if not 0 <= points <= MAX_POINTS:  # nan is not
        yield Problem(
            entry.file,
            entry.line_of("points"),
            f"points must be 0 to {MAX_POINTS}.",
            "10: ten times likelier in a scam call",
        )
    for key in _LISTS:
        if len(values.get(key, ())) > MAX_WORDINGS:
            hint = "make two phrases of it"
            yield Problem(entry.file, entry.line_of(key), f"{key} has more than {MAX_WORDINGS} wordings.", hint)


def _usable(
    entry: Entry, key: str, values: Mapping[str, Any], normaliser: Normaliser, problems: list[Problem]
) -> Iterator[tuple[str, Automaton]]:
    """Yield the wordings of `key` that can be used, compiled; the others become problems."""
    for wording in values[key]:
        try:
            graph = parse(wording, single=key != "say")
            automaton = compile_wording(graph, normaliser, inflected=values["inflected"])
        except WordingError as error:
            message = f"{key}: {error}."
            problems.append(Problem(entry.file, entry.line_of(key, wording), message, error.suggestion))
        else:
            yield wording, automaton
