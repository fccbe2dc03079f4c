"""A short call as events, for the tests of sinks."""

from __future__ import annotations

from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Level,
    Match,
    Notice,
    RiskUpdate,
    Word,
)
from livewatch.sinks.sink import Stamp

S = SAMPLE_RATE
STAMP = Stamp(wall_s=12.34567, cpu_s=0.98765)


def words(text: str, start_s: float, each_s: float = 0.4) -> tuple[Word, ...]:
    """Words at an even pace; each lasts three quarters of its time."""
    starts = [start_s + number * each_s for number in range(len(text.split()))]
    return tuple(
        Word(word, round(start * S), round((start + 0.75 * each_s) * S), 0.9)
        for word, start in zip(text.split(), starts, strict=True)
    )


def said(text: str, start_s: float, utterance: int = 0, *, final: bool = True) -> Hypothesis:
    """One hypothesis, delivered half a second behind its last word."""
    heard = words(text, start_s)
    at = (heard[-1].end if heard else round(start_s * S)) + S // 2
    return Hypothesis(heard, len(heard) if final else max(0, len(heard) - 2), final, utterance, at)


def a_match(heard: str = "your computer is infected", start_s: float = 2.2, **changed: object) -> Match:
    """A match of four words."""
    fields: dict[str, object] = {
        "phrase": "computer-infected",
        "category": "tech-support",
        "heard": heard,
        "start": round(start_s * S),
        "end": round((start_s + 1.5) * S),
        "points": 18.125,
        "how": "exact",
        "at": 5 * S,
        "why": "Nobody can see from outside whether your computer is infected.",
    }
    return Match(**{**fields, **changed})  # type: ignore[arg-type]


def an_alert(level: Level = Level.DANGER, **changed: object) -> Alert:
    """An alert with two pieces of advice."""
    fields: dict[str, object] = {
        "at": 5 * S,
        "level": level,
        "title": "This is very likely a scam.",
        "advice": ("Hang up now.", "Do not install anything."),
        "evidence": (a_match(),),
    }
    return Alert(**{**fields, **changed})  # type: ignore[arg-type]


def a_call(name: str = "calls/one.wav") -> list[Event]:
    """Every kind of event, in the order of the pipeline."""
    return [
        CallStarted(name, 10 * S, "scripted", "text"),
        said("we see that", 1.0, final=False),
        said("we see that your computer is infected", 1.0, final=False),
        a_match(),
        RiskUpdate(5 * S, Level.DANGER, 31.0625, ("It is said to be infected.",)),
        an_alert(),
        said("we see that your computer is infected", 1.0),
        Notice(6 * S, "lost", "0.2 s of sound was lost."),
        said("please stay on the line", 7.0, 1),
        CallEnded(name, 10 * S, Level.DANGER, 1, 3200),
    ]
