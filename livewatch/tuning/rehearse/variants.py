"""What came back, counted; and which mis-hearings may be listed as further wordings of the phrase."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from livewatch.phrases.automaton import compile_wording
from livewatch.phrases.check import wordings
from livewatch.phrases.check.estimate import DOUBT
from livewatch.phrases.check.measured import Measured
from livewatch.phrases.language import WordingError, parse
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.phrase import Phrase
from livewatch.tuning.rehearse.rehearse import Heard

_COMMON = ("too-common", "too-short")
"""Findings of `livewatch phrases check` that keep a mis-hearing from being offered"""
_LENGTHS = (0.6, 1.6)
"""Letters of a mis-hearing, in times those of the phrase: beyond that other words are in it, or some of it is lost"""
_MOST_PER_HOUR = 0.02
"""Hits in an hour of ordinary talk beyond which a mis-hearing is not offered; an estimate counts ten times (`DOUBT`):
"let me know" is estimated at 0.009, and said far more often"""
OFTEN = 2
"""Trials in which a mis-hearing must come back: what came once is an accident of one voice"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Words that came back in place of the phrase."""

    text: str
    """Empty: nothing came back"""
    exact: int
    """Trials in which the phrase was matched by its words"""
    sound: int
    """Trials in which it was matched by how it sounds"""
    missed: int
    """Trials in which it was not matched"""
    voices: tuple[str, ...]
    """Who said it"""
    spoken: tuple[str, ...]
    """What was said when it came back"""

    @property
    def trials(self) -> int:
        """How often it came back."""
        return self.exact + self.sound + self.missed


@dataclass(frozen=True, slots=True)
class Variant:
    """A mis-hearing that was not matched."""

    wording: str
    """In the phrase language"""
    trials: int
    """How often it came back unmatched"""
    rate: str
    """How often it is said in ordinary talk, for people; empty where it cannot be a wording"""
    objection: str
    """Why it is not offered; empty where it is"""


def outcomes(heard: Iterable[Heard]) -> list[Outcome]:
    """Count what came back, the most frequent first."""
    came: defaultdict[str, list[Heard]] = defaultdict(list)
    for one in heard:
        came[one.text].append(one)
    found = []
    for text, all_of_it in came.items():
        hows = [one.how for one in all_of_it]
        counts = (hows.count("exact"), hows.count("sound"), hows.count("not"))
        voices = dict.fromkeys(one.trial.voice.name for one in all_of_it)
        spoken = dict.fromkeys(one.trial.words for one in all_of_it)
        found.append(Outcome(text, *counts, tuple(voices), tuple(spoken)))
    return sorted(found, key=lambda one: -one.trials)


def variants(
    found: Iterable[Outcome],
    phrase: Phrase,
    normaliser: Normaliser,
    count: Callable[[Phrase], Measured] | None = None,
) -> list[Variant]:
    """Judge every mis-hearing that was not matched as a wording of `phrase`, those to be offered first.

    Each is looked at as `livewatch phrases check` would: what is said in ordinary talk is not offered. `count` counts
    the wordings of a phrase in labelled ordinary calls; without it, rates are estimates.
    """
    judged: list[Variant] = []
    usable: list[Outcome] = []
    for one in found:
        if one.missed and one.text:
            objection = _useless(one, phrase, normaliser)
            judged += [Variant(one.text, one.missed, "", objection)] if objection else []
            usable += [] if objection else [one]
    as_wordings = _with(phrase, [one.text for one in usable], normaliser)
    measured = Measured(0.0, 0, {}) if count is None or not usable else count(as_wordings)
    for one, automaton in zip(usable, as_wordings.automata["say"], strict=True):
        graph = parse(one.text)
        line = wordings.line_of(
            as_wordings, one.text, graph, place=phrase.line, normaliser=normaliser, measured=measured
        )
        remarks = wordings.findings(line, graph, automaton, normaliser, ())
        most = line.per_hour * (DOUBT if line.hits is None else 1)
        objection = f"It may well be said in ordinary talk: {line.rate}." if most > _MOST_PER_HOUR else ""
        objection = next(
            (f"{remark.message} {remark.why}".strip() for remark in remarks if remark.kind in _COMMON), objection
        )
        judged.append(Variant(one.text, one.missed, line.rate, objection))
    return sorted(judged, key=lambda one: (bool(one.objection), -one.trials))


def _useless(one: Outcome, phrase: Phrase, normaliser: Normaliser) -> str:
    """Say why the words cannot be a wording of the phrase, whatever they mean; empty if they can."""
    size = len(one.text.replace(" ", ""))
    lengths = [len(said.replace(" ", "")) for said in one.spoken]
    if not any(_LENGTHS[0] * length <= size <= _LENGTHS[1] * length for length in lengths):
        return "It is much longer or shorter than what was said."
    if one.trials < OFTEN:
        return "It came back only once."
    try:
        _with(phrase, [one.text], normaliser)
    except WordingError as error:
        return f"It cannot be a wording: {error}."
    return ""


def _with(phrase: Phrase, said: Sequence[str], normaliser: Normaliser) -> Phrase:
    """Return the phrase with other wordings. Raises `WordingError`."""
    automata = tuple(compile_wording(parse(text), normaliser, inflected=phrase.inflected) for text in said)
    return replace(phrase, say=tuple(said), automata={**phrase.automata, "say": automata})
