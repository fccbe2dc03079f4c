"""What a complaint says, before it is laid out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from livewatch.events import Match
from livewatch.guidance import Guidance, Office, Remedy
from livewatch.phrases.phrase import categories
from livewatch.sinks.plain import plain
from livewatch.sinks.record import CallRecord
from livewatch.sinks.summary import MOST_QUOTES
from livewatch.sinks.wording import clock

_AMOUNT = re.compile(
    r"[$£€₹]\s?\*?\d|\d\s?(dollars|pounds|euros|rupees)\b|\b(hundred|thousand|million) (dollars|pounds|euros|rupees)\b",
    re.IGNORECASE,
)
_MONEY = frozenset({"money", "code", "card", "personal"})
"""Categories whose sentences say what the caller wanted to have"""
_VAGUE = "other"
"""Category that does not say what the caller did"""


@dataclass(frozen=True, slots=True)
class Given:
    """What only the person on the call knows; empty where it was not given."""

    number: str = ""
    """The caller's number, as the telephone showed it"""
    name: str = ""
    """The name the caller gave"""
    company: str = ""
    """The company or office the caller spoke for"""
    when: datetime | None = None
    """When the call was, local time, where the record does not know or is wrong"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the form."""

    asked: str
    """As a form asks it"""
    answer: str
    """Empty: left for the person to fill in"""
    note: str = ""
    """What to bear in mind about the answer"""


@dataclass(frozen=True, slots=True)
class Quote:
    """Something that was said."""

    time: str
    """mm:ss within the call"""
    said: str
    """The whole sentence where it is known, else the words that were spotted"""
    sign: str
    """What the caller was doing by saying it"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A complaint. Every text is `plain`."""

    facts: tuple[Fact, ...]
    own: tuple[Fact, ...]
    """What the forms ask about the person and their loss: always left to them"""
    story: str
    """What happened, in one paragraph, to be copied into the form's field for it"""
    quotes: tuple[Quote, ...]
    offices: tuple[Office, ...]
    """Where to send it, the one that matters most first"""
    remedies: tuple[Remedy, ...]


def make_draft(
    record: CallRecord,
    guidance: Guidance,
    country: str = "",
    given: Given | None = None,
    *,
    changed: datetime | None = None,
) -> Draft:
    """Draft a complaint about a call for the offices of `country` (two letters).

    `changed` is when the recording was last written, a guess at the date of a call of which no time is known.
    """
    given = given or Given()
    signs = categories()
    heard = record.quotes()
    when = given.when or record.started or changed
    note = "" if given.when or record.started or not changed else "This is the date of the file. Please check it."
    asks = tuple(dict.fromkeys(signs[match.category] for match in heard if match.category in signs.keys() - {_VAGUE}))
    wanted = tuple(dict.fromkeys(filter(None, (_wanted(record, match) for match in heard)))) or _amounts(record)
    facts = (
        Fact("Date of the call", f"{when:%A, %d %B %Y}" if when else "", note),
        Fact("Time of the call", f"{when:%H:%M} ({when:%Z})" if when else "", note),
        Fact("How you were contacted", "Telephone call" + (f", {clock(record.end)} long" if record.end else "")),
        Fact("Telephone number of the caller", plain(given.number), "Many callers show a false number."),
        Fact("Name the caller gave", plain(given.name)),
        Fact("Company or office the caller spoke for", plain(given.company), _claims(record, heard)),
        Fact("What the caller did", plain("; ".join(asks))),
        Fact(
            "Money, codes or numbers that were spoken of",
            plain("; ".join(f"“{said}”" for said in wanted[:MOST_QUOTES])),
        ),
        Fact("Web sites, programs or e-mail addresses the caller named", ""),
    )
    own = (
        Fact("Your name, address, telephone number and e-mail address", ""),
        Fact("Did you pay or send anything? How much, how, when, and to whom or which account", ""),
        Fact("Did the caller get into your computer or phone? With which program", ""),
        Fact("Which codes, passwords, card or account numbers did you give", "", "Say which; do not write them here."),
    )
    quotes = tuple(
        Quote(clock(match.start), plain(record.sentence_of(match)), signs.get(match.category, signs[_VAGUE]))
        for match in heard
    )
    return Draft(
        facts=facts,
        own=own,
        story=_story(record, given, when, asks),
        quotes=_merged(quotes),
        offices=guidance.offices(country),
        remedies=guidance.remedies(match.category for match in heard),
    )


def _claims(record: CallRecord, heard: tuple[Match, ...]) -> str:
    said = dict.fromkeys(record.sentence_of(match) for match in heard if match.category == "who")
    return plain("The caller said: " + "; ".join(f"“{each}”" for each in said)) if said else ""


def _wanted(record: CallRecord, match: Match) -> str:
    sentence = record.sentence_of(match)
    return sentence if match.category in _MONEY or _AMOUNT.search(sentence) else ""


def _amounts(record: CallRecord) -> tuple[str, ...]:
    return tuple(each.text for each in record.sentences if _AMOUNT.search(each.text))


def _story(record: CallRecord, given: Given, when: datetime | None, asks: tuple[str, ...]) -> str:
    """Write the paragraph for the field that every form has: what happened."""
    on = f"On {when:%A, %d %B %Y} at {when:%H:%M} I" if when else "I"
    number = f" from the number {given.number}" if given.number else ""
    claimed = [f"gave the name {given.name}"] if given.name else []
    claimed += [f"spoke for {given.company}"] if given.company else []
    who = f" The caller {' and '.join(claimed)}." if claimed else ""
    did = f" What the caller did: {_listed(asks)}." if asks else ""
    heard = (
        " The caller's words are listed below with their times. They were written down by speech recognition and may"
        " contain mistakes."
    )
    lost = " Part of the call is missing in these notes." if record.lost or not record.complete else ""
    return plain(f"{on} received a telephone call{number}.{who}{did}{heard if record.heard() else ''}{lost}")


def _listed(asks: tuple[str, ...]) -> str:
    """Join what the caller did into one sentence: the categories begin with a verb ("Asks for…")."""
    return "; ".join(ask[0].lower() + ask[1:] for ask in asks)


def _merged(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """Show a sentence once, with all that it is a sign of."""
    by_sentence: dict[str, Quote] = {}
    for quote in quotes:
        before = by_sentence.get(quote.said)
        if before is None:
            by_sentence[quote.said] = quote
        elif quote.sign not in before.sign:
            by_sentence[quote.said] = Quote(before.time, before.said, f"{before.sign}; {quote.sign}")
    return tuple(by_sentence.values())
