"""Which settings are swept, over which values, and what the calls reach at each of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import structs

from livewatch.errors import UsageError
from livewatch.events import Level
from livewatch.risk.judge import JudgeRules
from livewatch.settings import RiskSettings, Settings, convert
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.sweep.curve import Curve
from livewatch.tuning.work.rejudge import rejudge, rules_of

CAUTION: Final = "risk.caution_points"
DANGER: Final = "risk.danger_points"
MOST_POINTS: Final = 60
"""Decibans at which a sweep of danger ends by itself; more than that is two asks at once"""
LEAST_POINTS: Final = 5
"""Decibans at which a sweep of caution begins by itself"""
MOST_VALUES: Final = 200

_SPAN = re.compile(r"(-?\d+(?:\.\d+)?):(-?\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?")
_OTHERS = ("engine.name", "engine.threads", "engine.vosk_model", "speech.aggressiveness", "replay.caller")
"""Settings other than thresholds that change what labelled calls reach; for each value every call is watched anew"""


@dataclass(frozen=True, slots=True)
class Swept:
    """One setting to sweep."""

    name: str
    """Dotted name"""
    values: tuple[Any, ...]
    """Each lawful by itself; the current one is among them"""

    @property
    def rejudged(self) -> bool:
        """Whether the matches of one run serve for all values: so for thresholds, which only the judge reads."""
        return self.name in (CAUTION, DANGER)


def read_swept(written: str, settings: Settings) -> Swept:
    """Read `NAME`, `NAME=VALUE,VALUE…` or `NAME=LOW:HIGH[:STEP]`. Raises `UsageError`."""
    name, given, values = written.partition("=")
    name = name.strip()
    if name not in (CAUTION, DANGER, *_OTHERS):
        raise _wrong(f"{name} cannot be swept: it changes nothing that labelled calls show.")
    if not given and name in (CAUTION, DANGER):
        values = _usual(name, settings.risk)
    if not values.strip():
        raise _wrong(f"{name} needs the values to try.")
    found = [_value(name, one) for one in _spelt(values)]
    current = current_value(settings, name)
    every = sorted({*found, current}, key=lambda value: (isinstance(value, str), value))
    for value in found:
        _fits(name, value, settings.risk)
    return Swept(name, tuple(every))


def current_value(settings: Settings, name: str) -> Any:
    """Return what the setting `name` is now."""
    section, key = name.split(".", 1)
    return getattr(getattr(settings, section), key)


def with_value(settings: Settings, name: str, value: object) -> Settings:
    """Return `settings` with the setting `name` at `value`, which is lawful."""
    section, key = name.split(".", 1)
    part: msgspec.Struct = getattr(settings, section)
    return structs.replace(settings, **{section: structs.replace(part, **{key: value})})


def curve_of_thresholds(swept: Swept, results: Sequence[CallResult], settings: Settings) -> Curve:
    """Judge `results` again at each value of a threshold, a fresh judge for each call and value.

    Points do not depend on thresholds, so a call reaches a level later the higher it is, or at the same moment; between
    two values with the same moment nothing is judged. That is about ten judgings a call, not fifty.
    """
    level = Level.DANGER if swept.name == DANGER else Level.CAUTION
    rules = [rules_of(with_value(settings, swept.name, value).risk) for value in swept.values]
    firsts = [_firsts(result, rules, level) for result in results]
    return Curve(
        swept.name,
        level,
        swept.values,
        current_value(settings, swept.name),
        tuple(result.call for result in results),
        tuple(result.audio for result in results),
        tuple(zip(*firsts, strict=True)),
    )


def _firsts(result: CallResult, rules: Sequence[JudgeRules], level: Level) -> list[int | None]:
    """Return by rules when `result` reaches `level`. The thresholds of `rules` ascend."""
    found: dict[int, int | None] = {}

    def look(number: int) -> int | None:
        if number not in found:
            found[number] = rejudge(result, rules[number]).first(level)
        return found[number]

    def fill(low: int, high: int) -> None:
        if look(low) == look(high):
            found.update(dict.fromkeys(range(low, high + 1), found[low]))
        elif high - low > 1:
            fill(low, (low + high) // 2)
            fill((low + high) // 2, high)

    if not result.matches:
        return [None] * len(rules)
    fill(0, len(rules) - 1)
    return [found[number] for number in range(len(rules))]


def curve_of_runs(swept: Swept, runs: Sequence[Sequence[CallResult]], settings: Settings) -> Curve:
    """Put the results of one run for each value side by side; calls that failed in one of them are left out."""
    by_id = [{result.call.id: result for result in run} for run in runs]
    common = [result for result in runs[0] if all(result.call.id in run for run in by_id)]
    return Curve(
        swept.name,
        Level.DANGER,
        swept.values,
        current_value(settings, swept.name),
        tuple(result.call for result in common),
        tuple(result.audio for result in common),
        tuple(tuple(run[result.call.id].first_danger for result in common) for run in by_id),
    )


def _usual(name: str, risk: RiskSettings) -> str:
    if name == DANGER:
        return f"{int(risk.caution_points) + 1}:{max(MOST_POINTS, int(risk.danger_points))}"
    return f"{LEAST_POINTS}:{max(LEAST_POINTS, -int(-risk.danger_points // 1) - 1)}"


def _spelt(values: str) -> list[str]:
    """Write out `LOW:HIGH:STEP`, else split at commas."""
    found: list[str] = []
    for part in (part.strip() for part in values.split(",")):
        span = _SPAN.fullmatch(part)
        if span is None:
            found += [part] if part else []
            continue
        low, high, step = float(span[1]), float(span[2]), float(span[3] or 1)
        count = (high - low) / step + 1 if step > 0 else 0
        if not 1 <= count <= MOST_VALUES:
            raise _wrong(f"{part} is not a span of 1 to {MOST_VALUES} values.")
        found += [f"{low + step * number:.10g}" for number in range(int(count + 1e-9))]
    return found


def _value(name: str, written: str) -> Any:
    try:
        return convert(name, written, as_text=True)
    except ValueError as error:
        raise _wrong(str(error)) from None


def _fits(name: str, value: Any, risk: RiskSettings) -> None:
    if (name == DANGER and value <= risk.caution_points) or (name == CAUTION and value >= risk.danger_points):
        raise _wrong(
            f"{name} = {value:g} does not fit: caution is at {risk.caution_points:g}, danger at {risk.danger_points:g}."
        )


def _wrong(message: str) -> UsageError:
    return UsageError(
        "sweep-setting", message, f"Try --setting {DANGER}=20:40 or --setting speech.aggressiveness=0,1,2,3"
    )
