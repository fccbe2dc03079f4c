"""The phrases found in a call, as they are kept. Levels are not: a fresh judge makes them anew from the matches."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from livewatch.audio.names import quoted
from livewatch.events import Level, Match
from livewatch.risk.judge import JudgeRules
from livewatch.tuning.corpus.manifest import LabelledCall
from livewatch.tuning.evaluate.results import CallResult, Said
from livewatch.tuning.work.rejudge import rejudge

_NAME = "\0"
"""Stands for the recording's name in sentences: the same recording may lie elsewhere tomorrow"""


class Spotted(msgspec.Struct, frozen=True):
    """What was found in one call with one phrase book."""

    audio: int
    """Samples watched"""
    matches: tuple[Match, ...]
    """In the order of hearing"""
    damage: tuple[str, ...] = ()
    """Sentences about the recording, without its name"""
    said: tuple[Said, ...] = ()
    recogniser: str = ""
    thought_of: tuple[str, ...] = ()
    """Ids of the phrases that were thought of by sound"""

    @classmethod
    def of(cls, result: CallResult, thought_of: Iterable[str]) -> Spotted:
        """Keep what depends neither on the rules of judging nor on where the recording lies."""
        return cls(
            result.audio,
            result.matches,
            nameless(result.damage, result.call),
            result.said,
            result.recogniser,
            tuple(sorted(thought_of)),
        )

    def judged(self, call: LabelledCall, rules: JudgeRules) -> CallResult:
        """Return the result of `call` by `rules`."""
        damage = named(self.damage, call)
        found = CallResult(call, Level.NONE, None, None, self.audio, self.matches, damage, self.said, self.recogniser)
        return rejudge(found, rules)


def nameless(damage: tuple[str, ...], call: LabelledCall) -> tuple[str, ...]:
    """Take the recording's name out of sentences about it."""
    return tuple(one.replace(quoted(call.audio), _NAME) for one in damage) if call.audio else damage


def named(damage: tuple[str, ...], call: LabelledCall) -> tuple[str, ...]:
    """Put the recording's name, as it is now, into sentences about it."""
    return tuple(one.replace(_NAME, quoted(call.audio)) for one in damage) if call.audio else damage
