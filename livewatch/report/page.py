"""The draft as one HTML file: no script, no network, readable on a screen, on paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

from livewatch.guidance import Office, Remedy
from livewatch.report.draft import Draft, Fact, Quote
from livewatch.report.text import ORIGIN, TITLE, TO_FILL_IN


def to_html(draft: Draft) -> str:
    """Lay the draft out as a whole page. Whatever was said, or typed in, is shown and never interpreted."""
    page = Template((files("livewatch.report") / "page.html").read_text("utf-8"))
    return page.substitute(
        title=escape(TITLE),
        origin=escape(ORIGIN),
        facts=_rows(draft.facts),
        story=escape(draft.story),
        quotes=_quotes(draft.quotes),
        own=_rows(draft.own),
        offices=_joined(map(_office, draft.offices)),
        remedies=_joined(map(_remedy, draft.remedies)),
    )


def _rows(facts: Iterable[Fact]) -> str:
    return _joined(f'<tr><th scope="row">{escape(fact.asked)}</th><td>{_answer(fact)}</td></tr>' for fact in facts)


def _answer(fact: Fact) -> str:
    answer = escape(fact.answer) if fact.answer else f'<span class="blank">{escape(TO_FILL_IN)}</span>'
    return answer + (f'<p class="note">{escape(fact.note)}</p>' if fact.note else "")


def _quotes(quotes: tuple[Quote, ...]) -> str:
    if not quotes:
        return "<p>Nothing was spotted in this call.</p>"
    return _joined(
        [
            "<ol>",
            *(
                f'<li><span class="time">{escape(quote.time)}</span> <q>{escape(quote.said)}</q>'
                f'<p class="note">{escape(quote.sign)}</p></li>'
                for quote in quotes
            ),
            "</ol>",
        ]
    )


def _office(office: Office) -> str:
    ways = [escape(office.phone)] if office.phone else []
    ways += [f'<a href="{escape(office.url)}">{escape(office.url)}</a>'] if office.url else []
    return f"<li><strong>{escape(office.name)}</strong> ({escape(office.purpose)})" + (
        f"<br>{' · '.join(ways)}</li>" if ways else "</li>"
    )


def _remedy(remedy: Remedy) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in remedy.steps)
    return f"<h3>“{escape(remedy.happened)}”</h3><ul>{steps}</ul>"


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
