"""Calls that lead to warnings, as events."""

from __future__ import annotations

from livewatch.events import Alert, CallStarted, Event, Hearing, HearingState, Level, Match, RiskUpdate
from livewatch.risk.levels import load_rules
from tests.sinks.events import S, a_match, said

RULES = load_rules()
STARTED = CallStarted("microphone", None, "scripted", "text")


def hearing(
    state: HearingState = HearingState.LISTENING, level: float = -40.0, message: str = "", at: int = S, kept: str = ""
) -> Hearing:
    return Hearing(at, state, level, message, kept=kept)


def alert(level: Level, *evidence: Match) -> Alert:
    """An alert in the words of the rules, about the last evidence."""
    category = evidence[-1].category
    return Alert(30 * S, level, RULES.categories[category].title, RULES.advice(level, category), evidence)


UNUSUAL = a_match(
    "unusual activity on your account",
    9.2,
    category="trouble",
    why="Says there is unusual activity on your account.",
    points=21.0,
    end=round(11.2 * S),
)
CODE = a_match(
    "read me the six digit code",
    18.2,
    category="code",
    phrase="code.read",
    why="Asks you to read out a code.",
    points=36.0,
    end=round(20.6 * S),
)


def caution() -> list[Event]:
    return [
        said("We have noticed unusual activity on your account this morning.", 8, 1),
        UNUSUAL,
        RiskUpdate(12 * S, Level.CAUTION, 21.0, (UNUSUAL.why,)),
        alert(Level.CAUTION, UNUSUAL),
    ]


def danger() -> list[Event]:
    return [
        said(
            "To stop the payment I need you to read me the six digit code that we have just sent to your phone.", 15, 2
        ),
        CODE,
        RiskUpdate(21 * S, Level.DANGER, 57.0, (CODE.why, UNUSUAL.why)),
        alert(Level.DANGER, UNUSUAL, CODE),
    ]
