"""What follows the advice of a warning: what was said, why it is a sign, what if, where to report."""

from __future__ import annotations

from livewatch.sinks.window.content import Content
from livewatch.sinks.window.sections import Sections
from livewatch.sinks.window.text import MarkedLabel
from livewatch.sinks.window.theme import CAUTION, DANGER, ON_CAUTION, ON_DANGER, Looks


class Details(Sections):
    """The sections of one warning."""

    def __init__(self, content: Content, looks: Looks, times: float) -> None:
        """`times` is less than 1 where the screen is too small for the size that was asked for."""
        super().__init__(looks, DANGER, ON_DANGER, times)
        if content.quotes:
            self.heading("The caller said")
        for quote in content.quotes:
            self.item(quote.when, MarkedLabel(quote.pieces, CAUTION, ON_CAUTION), quote.why)
        if content.more:
            self.text(f"and {content.more} more")
        if content.why:
            self.heading("Why this is a sign")
        for sentence in content.why:
            self.text(sentence)
        self.remedies(content.remedies)
        self.offices(content.offices)
        self.end()
