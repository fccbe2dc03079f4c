"""The rules of judging: thresholds, what each category may add, and what people are told (`rules.toml`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from livewatch.events import Level


class CategoryRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One category of phrases."""

    cap: float
    """Decibans it may add at most"""
    title: str
    """One short sentence: what is happening"""
    now: str
    """The one thing to do"""
    fact: str
    """Why: what an honest caller does"""
    ask: bool = False
    """Whether it is an ask that no honest caller makes"""
    pretext: bool = False
    """Whether honest offices say it too: it never reaches danger without something that no pretext is"""
    support: bool = False
    """Whether it counts only beside phrases of other categories"""
    alone: float = math.inf
    """Decibans from which a category that supports counts by itself all the same"""
    over_pretexts: float = math.inf
    """Decibans from which it reaches danger where nothing but pretexts was said"""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    also: tuple[str, ...]
    now: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    caution: _Words
    danger: _Words
    category: dict[str, CategoryRule]


@dataclass(frozen=True, slots=True)
class JudgeRules:
    """All a judge needs. Shared by all calls."""

    categories: Mapping[str, CategoryRule]
    """By id, in the order of the stages of a scam call"""
    caution_points: float
    """Decibans from which on a call is suspicious"""
    danger_points: float
    """Decibans from which on a call is dangerous, > caution_points"""
    caution_now: str
    """The one thing to do while it is not clear that the call is dangerous"""
    caution_also: tuple[str, ...]
    danger_also: tuple[str, ...]

    def advice(self, level: Level, category: str) -> tuple[str, ...]:
        """Return what to do at `level` when `category` weighs most; the first sentence is the one thing to do now."""
        rule = self.categories[category]
        if level is Level.DANGER:
            return (rule.now, rule.fact, *self.danger_also)
        return (self.caution_now, rule.fact, *self.caution_also)

    def level(self, points: float) -> Level:
        """Return the level a call with `points` decibans has reached."""
        if points >= self.danger_points:
            return Level.DANGER
        return Level.CAUTION if points >= self.caution_points else Level.NONE


def load_rules(*, caution_points: float = 20.0, danger_points: float = 30.0) -> JudgeRules:
    """Return the packaged rules with the given thresholds.

    Evidence that adds up to T decibans comes together in at most 10^(-T/10) of ordinary calls (Ville 1939): 20 decibans
    in 1 of 100, 30 in 1 of 1,000. `livewatch tune fit` checks that on calls it has not seen.
    """
    read = msgspec.toml.decode((files("livewatch.risk") / "rules.toml").read_bytes(), type=_File)
    return JudgeRules(
        categories=read.category,
        caution_points=caution_points,
        danger_points=danger_points,
        caution_now=read.caution.now,
        caution_also=read.caution.also,
        danger_also=read.danger.also,
    )
