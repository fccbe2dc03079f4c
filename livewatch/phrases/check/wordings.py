"""Remarks on one wording by itself."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from livewatch.phrases.automaton import Automaton
from livewatch.phrases.check import ways
from livewatch.phrases.check.estimate import DOUBT, everyday, hits_per_hour, unknown
from livewatch.phrases.check.finding import Finding
from livewatch.phrases.check.measured import Measured, digest
from livewatch.phrases.check.text import foreign_letters
from livewatch.phrases.language import WordGraph
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase

MANY_WAYS: Final = 5_000
"""Sequences of one wording beyond which nobody sees any more what it stands for"""
EVERYDAY_POINTS: Final = 5
"""Points up to which a phrase of everyday words may be right"""
SHOWN: Final = 70
"""Characters of a wording in a message"""
CALLS_PER_HOUR: Final = 12
"""To turn hits per hour into a share of calls: calls of five minutes"""


@dataclass(frozen=True, slots=True)
class Line:
    """One wording of a list, with how often it is said in ordinary talk."""

    file: str
    line: int
    """1-based"""
    phrase: Phrase
    wording: str
    per_hour: float
    """Hits in an hour of ordinary talk"""
    hits: int | None
    """Hits counted; None where `per_hour` is an estimate"""
    hours: float
    """Of calls in which they were counted; 0 where it is an estimate"""

    @property
    def rate(self) -> str:
        """For people: "0 in 67 h", "0.3/h" or "about 0.02/h"."""
        if self.hits is None:
            return f"about {self.per_hour:.1g}/h" if self.per_hour >= 0.001 else "hardly ever"
        return f"{self.per_hour:.2g}/h ({self.hits} in {self.hours:.0f} h)" if self.hits else f"0 in {self.hours:.0f} h"


def line_of(
    phrase: Phrase, wording: str, graph: WordGraph, *, place: int, normaliser: Normaliser, measured: Measured
) -> Line:
    """Look up or estimate how often `wording`, in line `place`, is said."""
    hits = measured.hits.get(digest(phrase, wording))
    if hits is not None and measured.hours:
        return Line(phrase.file, place, phrase, wording, hits / measured.hours, hits, measured.hours)
    return Line(phrase.file, place, phrase, wording, hits_per_hour(graph, normaliser), None, 0.0)


def findings(
    line: Line, graph: WordGraph, automaton: Automaton, normaliser: Normaliser, joined: Collection[str]
) -> Iterator[Finding]:
    """Yield the remarks on one wording. `joined` are words that are put together from several."""

    def finding(kind: str, message: str, why: str, instead: str, severity: str = "warning") -> Finding:
        return Finding(line.file, line.line, kind, severity, message, why, instead, line.phrase.id)  # type: ignore[arg-type]

    said = f'"{short(line.wording)}"'
    if odd := foreign_letters(line.wording):
        word, letter, meant = odd
        yield finding(
            "homoglyph",
            f'"{word}" is written with {letter}.',
            "No recogniser writes it, so it is never found.",
            f'Write "{meant}" in Latin letters.' if meant else "Write it in Latin letters.",
        )
    elif strange := unknown(graph, normaliser, joined):
        yield finding(
            "vocabulary",
            f"{said}: no recogniser is likely to know {', '.join(strange)}.",
            "It will write other words that sound alike.",
            'Add what it writes: livewatch replay shows it. Names are often split: "any desk".',
        )
    if _fewest_tokens(automaton) < 2:
        yield finding(
            "too-short",
            f"{said} may be a single word once fillers are dropped and joined words are put together.",
            "Single words are said in every call.",
            "Add the words it comes with.",
        )
    if too_common := _too_common(line):
        yield finding(
            "too-common", f"{said} {too_common}", "", "Add the words that make it a request, or give it fewer points."
        )
    elif line.hits is None and line.phrase.points > EVERYDAY_POINTS and (plain := everyday(graph, normaliser)):
        yield finding(
            "too-common",
            f'{said} can be said with everyday words only: "{plain}".',
            "Such words are said together in most calls, however rarely they seem to mean anything.",
            "Add a word that tells what it is about, or give it at most 5 points.",
        )
    if (many := ways.count(graph)) > MANY_WAYS:
        yield finding(
            "expands",
            f"{said} stands for {many:,} word sequences.",
            "Nobody can see any more what it finds.",
            "Write two wordings of it.",
            "note",
        )


def short(wording: str) -> str:
    """Cut a long wording, for messages: its line says the rest."""
    return wording if len(wording) <= SHOWN else wording[: SHOWN - 1].rstrip() + "…"


def _too_common(line: Line) -> str:
    """Say why the phrase's points are more than its wording can be worth, if so."""
    certain = line.per_hour / DOUBT if line.hits is None else line.per_hour
    if line.hits is not None and line.hits < 2:
        return ""
    share = -math.expm1(-certain / CALLS_PER_HOUR)
    worth = -10 * math.log10(share) if share else math.inf
    if line.phrase.points <= worth:
        return ""
    how = f"probably {certain:.2g} times an hour or more" if line.hits is None else f"{line.rate}"
    return (
        f"is said in ordinary talk: {how}. Even if every scam caller said it, it would be worth {worth:.0f} points, "
        f"not {line.phrase.points:g}."
    )


def _fewest_tokens(automaton: Automaton) -> int:
    """Length of the shortest row of tokens that says the wording."""
    reached, steps = automaton.closed(0), 0
    seen = set(reached)
    while automaton.final not in seen:
        after = {end for state in reached for ends in automaton.edges[state].values() for end in ends}
        reached = frozenset(one for state in after for one in automaton.closed(state)) - seen
        seen |= reached
        steps += 1
    return steps
