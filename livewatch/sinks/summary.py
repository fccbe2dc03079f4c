"""After the call: what was heard, when, how bad it was, and what to do now."""

from __future__ import annotations

from collections.abc import Callable

from livewatch.events import Event, Level, Match
from livewatch.guidance import Guidance, Office
from livewatch.sinks.plain import plain
from livewatch.sinks.record import CallRecord, Recorder
from livewatch.sinks.sink import Stamp
from livewatch.sinks.wording import advice, clock

MOST_QUOTES = 12
"""More than an alert shows: there is time to read now, but it has still to fit one screen"""

VERDICT = {
    Level.NONE: "Nothing suspicious was heard.",
    Level.CAUTION: "Some things in this call were suspicious.",
    Level.DANGER: "This call was very likely a scam.",
}
FIRST = "If you gave them money, a code or access: call your bank first, on the number on your card."
"""What cannot wait; everything else can"""
NEXT = ("Do not call back a number they gave you.",)
"""What matters now, whatever the call was about"""
_DURING = "Hang up"


def summary(record: CallRecord, guidance: Guidance | None = None, country: str = "") -> tuple[str, ...]:
    """Sum the call up in lines for people, `plain`; one line where nothing was heard.

    `guidance` adds what to do if it already happened and where to report it in `country` (two letters, "" if unknown).
    """
    if record.level is Level.NONE:
        return (VERDICT[Level.NONE],)
    lines = [VERDICT[record.level], f"Call: {named(record)}", FIRST]
    if record.lost:
        lines.append("Part of the sound was lost, so there may have been more.")
    heard = record.quotes()
    if heard:
        lines.append("What was heard:")
    lines += [f"  {clock(match.start)}  {_quoted(match)}" for match in heard[:MOST_QUOTES]]
    if len(heard) > MOST_QUOTES:
        lines.append(f"  and {len(heard) - MOST_QUOTES} more")
    lines.append("What matters now:")
    lines += [f"  - {line}" for line in to_do(record)]
    if guidance is not None:
        for remedy in guidance.remedies(match.category for match in heard):
            lines.append(f"If this happened: “{remedy.happened}”")
            lines += [f"  - {step}" for step in remedy.steps]
        lines.append("Where to report it:")
        lines += [f"  - {reached(office)}" for office in guidance.offices(country)]
    return tuple(map(plain, lines))


def named(record: CallRecord) -> str:
    """Name the call with the time it began, as far as known, and its length."""
    when = f"{record.started:%A %d %B %Y, %H:%M}, " if record.started else ""
    length = f", {clock(record.end)} long" if record.end else ""
    return plain(f"{when}{record.call}{length}" + ("" if record.complete else ", not heard to its end"))


def to_do(record: CallRecord) -> tuple[str, ...]:
    """Return what the alerts of the highest level advised, the newest first, each once; then what always helps.

    What was for during the call is left out: "Hang up now" comes too late.
    """
    lines: list[str] = []
    for alert in (each for each in reversed(record.alerts) if each.level is record.level):
        _, rest, others = advice(alert)
        rest = rest.removeprefix("Then ")  # after hanging up
        lines += [line for line in (rest[:1].upper() + rest[1:], *others) if line and not line.startswith(_DURING)]
    lines += [line for line in NEXT if not any(line in said for said in lines)]
    return tuple(dict.fromkeys(lines))


def reached(office: Office) -> str:
    """Say how an office is reached and for what, on one line."""
    ways = ", ".join(filter(None, (office.phone, office.url)))
    return f"{office.name} ({office.purpose})" + (f": {ways}" if ways else "")


def _quoted(match: Match) -> str:
    return f"“{match.heard}”" + (f" – {match.why}" if match.why else "")


class Summaries:
    """A sink that says the summary of every call that was not quiet, when it ends."""

    def __init__(self, say: Callable[[str], None], guidance: Guidance | None = None, country: str = "") -> None:
        """`say` takes one line; the rest is as for `summary`."""
        self._say = say
        self._guidance = guidance
        self._country = country
        self._recorder = Recorder(self._ended)

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Collect; at the end of the call, sum it up."""
        self._recorder.handle(event, stamp)

    def close(self) -> None:
        """Sum up what a call without an end left behind."""
        self._recorder.close()

    def _ended(self, record: CallRecord) -> None:
        if record.level is Level.NONE:
            return
        for line in summary(record, self._guidance, self._country):
            self._say(line)
