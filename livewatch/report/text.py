"""The draft as plain text, to be copied into a form or a letter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from livewatch.report.draft import Draft, Fact
from livewatch.sinks.summary import reached

WIDTH = 78
"""Columns: fits a letter and every mail program"""

TITLE = "Complaint about a telephone call (draft)"
TO_FILL_IN = "[please fill in]"
ORIGIN = (
    "Drafted by livewatch on this computer from what was recognised in the call. Nothing was sent. Check it before you"
    " send it."
)


def to_text(draft: Draft) -> str:
    """Lay the draft out, ending with a line end."""
    return "\n".join(_lines(draft)) + "\n"


def _lines(draft: Draft) -> Iterator[str]:
    yield TITLE.upper()
    yield from _wrapped(ORIGIN)
    yield from _heading("The call")
    for fact in draft.facts:
        yield from _fact(fact)
    yield from _heading("What happened")
    yield from _wrapped(draft.story)
    if draft.quotes:
        yield from _heading("What the caller said, with the time within the call")
        for quote in draft.quotes:
            yield from _wrapped(f"{quote.time}  “{quote.said}”", indent=7)
            yield from _wrapped(f"       ({quote.sign})", indent=7)
    yield from _heading("Only you can say this")
    for fact in draft.own:
        yield from _fact(fact)
    yield from _heading("Where to send it")
    for office in draft.offices:
        yield from _wrapped(f"- {reached(office)}", indent=2)
    yield from _heading("If it already happened")
    for remedy in draft.remedies:
        yield from _wrapped(f"“{remedy.happened}”")
        for step in remedy.steps:
            yield from _wrapped(f"- {step}", indent=2)


def _heading(text: str) -> tuple[str, str, str]:
    return "", text, "-" * len(text)


def _fact(fact: Fact) -> Iterator[str]:
    yield from _wrapped(f"{fact.asked}: {fact.answer or TO_FILL_IN}", indent=4)
    if fact.note:
        yield from _wrapped(f"    ({fact.note})", indent=4)


def _wrapped(text: str, indent: int = 0) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
