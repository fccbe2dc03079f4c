"""The judge: matches in, level of the call and alerts out."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from livewatch.events import Alert, Level, Match, RiskUpdate
from livewatch.risk.levels import JudgeRules, load_rules

__all__ = ["Judge", "JudgeRules", "load_rules"]

_SHARES = (1.0, 0.5, 0.25)
"""How much the best, second and third phrase of a category count. Phrases of one category come together and are not
independent signs; a fourth adds nothing."""


_TAKEN_AT_MOST = 10.0
"""Decibans that the words around a phrase take off it at most"""
_ALONE_FROM, _ALONE_BY = 20.0, 3.5
"""Each deciban of a phrase above the first makes up for so many that the words around it lack: what is hardly ever said
in ordinary calls needs no support, and an ask of 30 is dangerous whatever stands around it. Without that, of 30 calls
that begin with small talk before an ask or a threat 23 reach danger while they are spoken, and "pay with gift cards"
is not among them; of 830 harmless ones, most of them hard, 44 instead of 52 are called dangerous"""


def taken_off(match: Match) -> float:
    """Return the decibans, >= 0, that the words around `match` take off its points."""
    alone = max(0.0, _ALONE_BY * (match.points - _ALONE_FROM))
    return min(match.points, _TAKEN_AT_MOST, max(0.0, -match.against - alone))


class Judge:
    """Adds up the evidence of one call.

    Points are decibans and add up over categories, each up to its cap. A phrase counts once however often it is said,
    and of phrases of one category said with the same words only the strongest counts. The level never goes down.
    """

    def __init__(self, rules: JudgeRules) -> None:
        self._rules = rules
        self._counted: dict[str, list[Match]] = {}
        """By category: one match for each phrase, the strongest first"""
        self._level = Level.NONE
        self._reasons: tuple[str, ...] = ()
        self._asked: frozenset[str] = frozenset()
        """Asks that an alert has already been raised for"""
        self._dismissed: set[str] = set()
        """Phrases that somebody has called harmless"""

    def accept(self, match: Match) -> Iterator[RiskUpdate | Alert]:
        """Take one match; yield the new level or reasons if they changed, then an alert if one is due.

        An alert is due when the level rises, and again at danger when something new is asked for (first the code, then
        the money). `match.category` must be one of `rules.categories`.
        """
        if not self._count(match):
            return
        rules = self._rules
        points = self._points()
        level = max(self._level, self._level_at(points), key=attrgetter("rank"))
        risen = level is not self._level
        self._level = level
        reasons = self._why()
        if risen or reasons != self._reasons:
            self._reasons = reasons
            yield RiskUpdate(match.at, level, points, reasons)
        asks = frozenset(name for name in self._counted if rules.categories[name].ask and self._worth(name) > 0)
        if level is Level.NONE or not (risen or (level is Level.DANGER and asks > self._asked)):
            return
        new = asks - self._asked if level is Level.DANGER else frozenset()
        self._asked |= new
        leading = self._leading(new or asks)
        yield Alert(
            at=match.at,
            level=level,
            title=rules.categories[leading].title,
            advice=rules.advice(level, leading),
            evidence=self._evidence(),
        )

    @property
    def level(self) -> Level:
        """The level reached so far."""
        return self._level

    def shares(self) -> Iterator[tuple[Match, float, float]]:
        """Yield each match taken into account, its share and the decibans it adds: its share of its points, capped.

        The strongest of a category comes first and fills the category's cap first. Public for the ledger of a call.
        """
        for category, matches in self._counted.items():
            left = self._rules.categories[category].cap if category in self._counting() else 0.0
            for place, match in enumerate(matches):
                share = _SHARES[place] if place < len(_SHARES) else 0.0
                added = min(share * self._decibans(match), left)
                left -= added
                yield match, share, added

    def dismiss(self, at: int) -> RiskUpdate:
        """Somebody knows that the alert was wrong: what was counted so far counts no more in this call. Level none.

        What is new, and what is asked for anew, counts and warns as ever.
        """
        self._dismissed |= {match.phrase for matches in self._counted.values() for match in matches}
        self._counted, self._level, self._reasons, self._asked = {}, Level.NONE, (), frozenset()
        return RiskUpdate(at, Level.NONE, 0.0, ())

    def _count(self, match: Match) -> bool:
        """Take `match` into account, unless its phrase or its words already are and are worth as much."""
        if match.phrase in self._dismissed:
            return False
        matches = self._counted.setdefault(match.category, [])
        others = [one for one in matches if one.phrase != match.phrase and not _overlap(one, match)]
        with_it = sorted([*others, match], key=lambda one: -self._decibans(one))
        if len(with_it) <= len(matches) and self._total(with_it) <= self._total(matches):
            return False
        self._counted[match.category] = with_it
        return True

    def _worth(self, category: str) -> float:
        """Decibans the category adds."""
        return min(self._total(self._counted[category]), self._rules.categories[category].cap)

    def _points(self) -> float:
        return sum(self._worth(category) for category in self._counting())

    def _level_at(self, points: float) -> Level:
        """Return the level of what counts now: pretexts alone are never more than suspicious."""
        level = self._rules.level(points)
        return level if level is not Level.DANGER or self._grave() else Level.CAUTION

    def _grave(self) -> bool:
        """Whether what counts may be more than suspicious: something that no honest office says, or the surest gist."""
        counting = self._counting()
        support = {name for name in counting if self._rules.categories[name].support}
        pretexts = {name for name in counting if self._pretext(name)}
        if counting - support - pretexts:
            return True
        rules = self._rules.categories
        return any(
            self._worth(name) >= (rules[name].over_pretexts if pretexts else rules[name].alone) for name in support
        )

    def _counting(self) -> set[str]:
        """Return the categories that count: those that only support need another beside them."""
        found = {name for name in self._counted if self._worth(name) > 0}
        return found if any(not self._supports(name) for name in found) else set()

    def _decibans(self, match: Match) -> float:
        """What `match` is worth. Words around a pretext take nothing off: it is never more than suspicious."""
        return match.points if self._pretext(match.category) else match.points - taken_off(match)

    def _total(self, matches: list[Match]) -> float:
        """Decibans of matches of one category, the strongest first, before its cap."""
        return sum(share * self._decibans(match) for share, match in zip(_SHARES, matches, strict=False))

    def _pretext(self, category: str) -> bool:
        return self._rules.categories[category].pretext

    def _supports(self, category: str) -> bool:
        """Whether it counts only beside others as it now stands."""
        rule = self._rules.categories[category]
        return rule.support and self._worth(category) < rule.alone

    def _why(self) -> tuple[str, ...]:
        """Return the reasons, the weightiest first, each once; what only supports them comes last."""
        counting = [match for name in self._counting() for match in self._counted[name][: len(_SHARES)]]
        weighty = sorted((match for match in counting if self._decibans(match) > 0), key=self._order)
        return tuple(dict.fromkeys(match.why or match.heard for match in weighty))

    def _order(self, match: Match) -> tuple[bool, float, int]:
        return self._rules.categories[match.category].support, -self._decibans(match), match.start

    def _leading(self, asks: frozenset[str]) -> str:
        """Choose what title and advice are about: the weightiest, asks first; of equal ones the later stage."""
        stages = list(self._rules.categories)
        counting = self._counting()
        spoken = [name for name in counting if not self._rules.categories[name].support] or [*counting]
        return max(asks or spoken, key=lambda name: (self._worth(name), stages.index(name)))

    def _evidence(self) -> tuple[Match, ...]:
        """Return what was heard, oldest first, without what supports it: that is no quotation, unless there is none."""
        spoken = [name for name in self._counted if not self._rules.categories[name].support and self._worth(name) > 0]
        spoken = spoken or [*self._counting()]
        return tuple(sorted((one for name in spoken for one in self._counted[name]), key=attrgetter("start", "end")))


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end
