"""A complaint draft from a call: what the forms of the authorities ask for, filled in as far as it was heard.

Nothing is sent and nothing is kept: `to_text` and `to_html` return the draft, and whoever asked says where it goes.
"""

from livewatch.report.draft import Draft, Fact, Given, Quote, make_draft
from livewatch.report.page import to_html
from livewatch.report.text import to_text

__all__ = ["Draft", "Fact", "Given", "Quote", "make_draft", "to_html", "to_text"]
