"""Calls and results made by hand, and the simplest lawful watchers, for the tests of tuning."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from livewatch.events import SAMPLE_RATE, Level, Match
from livewatch.tuning.corpus.manifest import Label, LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult


def a_call(
    name: str, text: str = "hello", *, label: Label = Label.ORDINARY, campaign: str | None = None, group: str = "set"
) -> LabelledCall:
    """A call given as text."""
    return LabelledCall(name, label, group, f"{group}.jsonl:1", None, (("", text),), campaign)


def a_match(phrase: str, at_s: float = 1.0) -> Match:
    """A phrase heard at `at_s` seconds."""
    at = round(at_s * SAMPLE_RATE)
    return Match(phrase, f"{phrase}s", phrase, at - 800, at, 20.0, "exact", at)


def a_result(
    call: LabelledCall,
    caution_s: float | None = None,
    danger_s: float | None = None,
    *,
    audio_s: float = 60.0,
    phrases: str = "",
) -> CallResult:
    """A call that was watched; `phrases` are the ids of those heard, one second after the other."""
    level = Level.DANGER if danger_s is not None else Level.CAUTION if caution_s is not None else Level.NONE
    first = [None if at_s is None else round(at_s * SAMPLE_RATE) for at_s in (caution_s, danger_s)]
    matches = tuple(a_match(phrase, second) for second, phrase in enumerate(phrases.split(), 1))
    return CallResult(call, level, first[0], first[1], round(audio_s * SAMPLE_RATE), matches)


class ScriptedWatcher:
    """Does what the text of the call says: die, die-once:FILE, sleep:SECONDS, wait; else it is watched at once."""

    def __init__(self, log: Path | None = None) -> None:
        self._log = log
        self._note("opened")

    def __call__(self, call: LabelledCall, stopped: Callable[[], bool]) -> CallResult | Problem:
        command, _, rest = call.turns[0][1].partition(":")
        self._note(call.id)
        if command == "die" or (command == "die-once" and not self._seen(Path(rest))):
            os.kill(os.getpid(), signal.SIGKILL)
        if command == "sleep":
            time.sleep(float(rest))
        while command == "wait" and not stopped():
            time.sleep(0.01)
        if command == "wait":
            return Problem(call.place, "stopped", "The run was stopped.")
        return a_result(call)

    def _seen(self, marker: Path) -> bool:
        if marker.exists():
            return True
        marker.touch()
        return False

    def _note(self, what: str) -> None:
        if self._log is not None:
            with self._log.open("a") as file:
                file.write(f"{os.getpid()} {what}\n")
