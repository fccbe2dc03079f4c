"""Context: whether a phrase is said to the listener, or denied, advised against, or told about.

After NegEx: short triggers before or after the match, within a few words and the same sentence. A trigger concerns the
matches in its reach only, never the call: "We never ask for passwords. Now read me the code" is a request.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal

from livewatch.phrases.automaton import Automaton, compile_wording
from livewatch.phrases.language import parse
from livewatch.phrases.matcher import Found
from livewatch.phrases.normalise import Normaliser, Token

WORDS_BEFORE: Final = 5
"""How far before a match an `unless` may begin to count, words between"""
WORDS_AFTER: Final = 3
"""How far after a match an `unless` or `not_before` counts, words between"""

STORY_REACH: Final = 60
"""Tokens before a match in which somebody's words are retold, if `STORY_SIGNS` are there"""
STORY_SIGNS: Final = 2
"""Of 1,170 written scams 67 have one sign and 5 have two within 60 tokens, of 393 real ones none; of 1,140 hard
harmless calls 140 have one and 43 two"""

Kind = Literal["denied", "advised", "reported", "exception"]
Where = Literal["before", "after", "around"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that cancel matches near them."""

    kind: Kind
    where: Where
    """On which side of the match it must stand; around = either"""
    before: int
    """Words between trigger and match at most, when it stands before"""
    after: int
    """The same when it stands after"""
    phrase: str | None = None
    """The only phrase it cancels (its `unless` or `not_before`); None: any"""


_STORY: Final = Trigger("reported", "before", STORY_REACH, 0)


@dataclass(frozen=True, slots=True)
class Language:
    """The triggers of one or more languages."""

    triggers: tuple[tuple[Trigger, tuple[Automaton, ...]], ...]
    """Each with what the matcher has to look for"""
    pseudo: tuple[Automaton, ...]
    """Looks like a trigger, but is none"""
    ends: frozenset[str]
    """Words that end a trigger's reach"""
    story: tuple[Automaton, ...] = ()
    """Signs that something is retold, several of which cancel all that is said among them"""


def load_context(languages: Sequence[str], normaliser: Normaliser) -> Language:
    """Return the packaged triggers of `languages`."""

    def automata(wordings: Iterable[str]) -> tuple[Automaton, ...]:
        return tuple(compile_wording(parse(one, single=True), normaliser, inflected=False) for one in wordings)

    tables = [
        tomllib.loads((files("livewatch.phrases") / "data" / f"context-{name}.toml").read_text("utf-8"))
        for name in languages
    ]
    triggers = []
    for row in (row for table in tables for row in table["trigger"]):
        trigger = Trigger(row["kind"], row["where"], before=row["within"], after=row["within"])
        triggers.append((trigger, automata(row["say"])))
    return Language(
        triggers=tuple(triggers),
        pseudo=automata(say for table in tables for say in table["pseudo"]),
        ends=frozenset(word for table in tables for word in table["ends"]),
        story=automata(say for table in tables for say in table["story"]),
    )


class Context:
    """The triggers found in one row of tokens."""

    def __init__(
        self,
        tokens: Sequence[Token],
        ends: frozenset[str],
        found: Iterable[tuple[Trigger, Found]],
        pseudo: Sequence[Found],
        story: Sequence[Found] = (),
    ) -> None:
        """`found` are triggers with their places, `pseudo` the places where a trigger is none, `story` signs of one."""
        self._story = _apart(story)
        self._tokens = tokens
        self._ends = ends
        self._triggers = [
            (trigger, place)
            for trigger, place in found
            if trigger.phrase is not None
            or not any(one.first <= place.last and place.first <= one.last for one in pseudo)
        ]

    def cancels(self, phrase: str, first: int, last: int) -> Iterator[Kind]:
        """Yield why the match of `phrase` at tokens `first`..`last` does not count; nothing when it does."""
        return (trigger.kind for trigger, _ in self.reasons(phrase, first, last))

    def reasons(self, phrase: str, first: int, last: int) -> Iterator[tuple[Trigger, Found]]:
        """Yield the triggers that cancel the match of `phrase` at tokens `first`..`last`, each with its place."""
        for trigger, place in self._triggers:
            if trigger.phrase is not None and trigger.phrase != phrase:
                continue
            if trigger.where != "after" and 0 < first - place.last <= trigger.before + 1:
                between = range(place.last, first)
            elif trigger.where != "before" and 0 < place.first - last <= trigger.after + 1:
                between = range(last, place.first)
            else:
                continue
            if any(self._tokens[index].stop or self._tokens[index].text in self._ends for index in between):
                continue
            if trigger.phrase is None and trigger.where == "before" and self._clause_ends(trigger, between):
                continue
            yield trigger, place
        signs = [sign for sign in self._story if first - STORY_REACH <= sign.first and sign.last < first]
        if len(signs) >= STORY_SIGNS:
            yield _STORY, signs[-1]

    def _clause_ends(self, trigger: Trigger, between: range) -> bool:
        """Whether a comma keeps them apart ("do not argue, tell me your PIN").

        A second one closes an insertion ("never, under any circumstances, …"), and direct speech follows one ("he goes,
        tell me your PIN").
        """
        pauses = [index for index in between if self._tokens[index].pause]
        if trigger.kind == "reported" and pauses[:1] == [between[0]]:
            return False
        return len(pauses) % 2 == 1


def _apart(signs: Iterable[Found]) -> list[Found]:
    """Leave out what overlaps an earlier one: "so he said" is one sign."""
    kept: list[Found] = []
    for sign in sorted(signs, key=lambda one: (one.first, one.last)):
        if not kept or sign.first > kept[-1].last:
            kept.append(sign)
    return kept
