"""What a warning says, in the order in which it is read: what to do, what was said, why, what if, where to report."""

from __future__ import annotations

from dataclasses import dataclass

from livewatch.events import Alert, Level
from livewatch.guidance import Guidance, Office, Remedy
from livewatch.sinks import wording
from livewatch.sinks.plain import plain
from livewatch.sinks.window.model import Model, Pieces


@dataclass(frozen=True, slots=True)
class Quote:
    """Something the caller said."""

    when: str
    """mm:ss"""
    pieces: Pieces
    why: str
    """Why it is a sign; may be empty"""


@dataclass(frozen=True, slots=True)
class Content:
    """One warning, as text for people: no control characters, nothing is markup."""

    level: Level
    urgent: str
    """The one thing to do now"""
    rest: str
    """The rest of that advice; may be empty"""
    title: str
    """What is happening"""
    quotes: tuple[Quote, ...]
    more: int
    """Quotes left out"""
    why: tuple[str, ...]
    """Why it is a sign, and what else to do"""
    remedies: tuple[Remedy, ...]
    offices: tuple[Office, ...]

    def spoken(self) -> str:
        """Return the warning for a voice, without capitals: some voices spell them."""
        return f"Warning. {self.urgent.capitalize()} {self.rest}".strip()


def compose(alert: Alert, model: Model, guidance: Guidance, country: str) -> Content:
    """Put together what a warning says."""
    urgent, rest, others = wording.advice(alert)
    shown, more = wording.evidence(alert)
    return Content(
        level=alert.level,
        urgent=plain(urgent),
        rest=plain(rest),
        title=plain(alert.title),
        quotes=tuple(Quote(wording.clock(one.start), model.quote(one), plain(one.why)) for one in shown),
        more=more,
        why=tuple(map(plain, others)),
        remedies=guidance.remedies(match.category for match in sorted(alert.evidence, key=lambda one: -one.points)),
        offices=guidance.offices(country),
    )
