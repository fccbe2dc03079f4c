"""What the window and the two forms of terminal output, rich and plain, say in the same words."""

from __future__ import annotations

from collections.abc import Mapping

from livewatch.events import (
    SAMPLE_RATE,
    Alert,
    CallEnded,
    CallStarted,
    Hearing,
    HearingState,
    Level,
    Match,
    Word,
    seconds,
)
from livewatch.sinks.plain import plain

MOST_EVIDENCE = 6
"""Quotes shown in one alert: what a person can take in"""

KEEPING = "keeping"
"""Kind of the notice that names the file which the sound of the call goes into"""
FAILED = "failed"
"""Kind of the notice before the end of a call that could not be read to its end; whoever runs the calls says why"""

BADGE: Mapping[Level, str] = {
    Level.NONE: "nothing suspicious so far",
    Level.CAUTION: "! CAUTION",
    Level.DANGER: "!! DANGER",
}
"""A level as symbol and word; colour only repeats it"""


def clock(sample: int) -> str:
    """Write a sample index as mm:ss, from an hour on as h:mm:ss."""
    whole = sample // SAMPLE_RATE
    minutes, rest = divmod(whole, 60)
    return f"{minutes:02}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def header(event: CallStarted) -> str:
    """Name the call, its length and who listens."""
    length = f", {clock(event.duration)}" if event.duration is not None else ""
    return plain(f"{event.call}{length}, listening with {event.engine} ({event.model})")


def ending(event: CallEnded, *, failed: bool) -> str:
    """Sum up a call in one line; `failed` when it could not be read to its end."""
    if failed and not event.at:
        return "Nothing could be heard."
    how = "broke off" if failed else "ended"
    alerts = {0: "no alert", 1: "1 alert"}.get(event.alerts, f"{event.alerts} alerts")
    level = "nothing suspicious" if event.level is Level.NONE else BADGE[event.level]
    lost = f"; {seconds(event.lost):g} s of sound was lost" if event.lost else ""
    return f"Call {how} after {clock(event.at)}: {level}, {alerts}{lost}."


def meter(dbfs: float) -> str:
    """Draw a level from -60 dBFS to full scale, in signs that every terminal has."""
    full = round(min(max((dbfs + 60) / 6, 0), 10))
    return f"[{'#' * full}{'-' * (10 - full)}]"


def hearing(event: Hearing) -> str:
    """Say whether livewatch hears, and how loud it is."""
    words = {
        HearingState.STARTING: "... starting",
        HearingState.LISTENING: "(o) listening",
        HearingState.SPEECH: "(o) speech",
        HearingState.PAUSED: "|| paused",
        HearingState.NOT_HEARING: "XX NOT HEARING",
    }[event.state]
    bar = meter(event.level) if event.state in (HearingState.LISTENING, HearingState.SPEECH) else ""
    return "  ".join(part for part in (words, bar, event.message, event.kept) if part)


def evidence(event: Alert) -> tuple[list[Match], int]:
    """Choose the weightiest quotes, oldest first, and count those left out."""
    heaviest = sorted(event.evidence, key=lambda match: -match.points)[:MOST_EVIDENCE]
    return sorted(heaviest, key=lambda match: match.start), len(event.evidence) - len(heaviest)


def advice(event: Alert) -> tuple[str, str, tuple[str, ...]]:
    """Split the advice: the one thing to do now (its first sentence, at danger in capitals), its rest, what else."""
    first, *others = event.advice or ("",)
    urgent, stop, rest = first.partition(". ")
    urgent += stop.strip()
    return (urgent.upper() if event.level is Level.DANGER else urgent), rest, tuple(others)


def spotted(word: Word, match: Match) -> bool:
    """Whether at least half of the word lies in the match: word times move a little while a sentence is revised.

    Where a match leaves words out ("…"), only those that it names.
    """
    heard = match.heard.split()
    if "…" in heard and word.text not in heard:
        return False
    shared = min(word.end, match.end) - max(word.start, match.start)
    return 2 * shared >= word.end - word.start
