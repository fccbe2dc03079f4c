"""Nothing that is heard or named can steer the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.sinks.plain import plain


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", b"[31mred[0m"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x07", b"]8;;http://x\\link]8;;"),
        ("\x9b2Jcleared", b"2Jcleared"),
        ("abc\u202egnp.exe", b"abcgnp.exe"),
        ("one\r\ntwo\tthree\u2028four", b"one two three four"),
        ("nul\x00del\x7f", b"nuldel"),
        ("[bold]not markup[/bold] <b>:smile:", b"[bold]not markup[/bold] <b>:smile:"),
        ("caf\u00e9 \u4f60\u597d", "caf\u00e9 \u4f60\u597d".encode()),
        ("bad\udcffname", "bad\ufffdname".encode()),
    ],
)
def test_the_bytes_that_are_shown(given_text, shown):
    assert plain(given_text).encode() == shown


@given(st.text(st.characters(categories=None)))
def test_no_control_character_survives_and_the_rest_can_be_encoded(text):
    shown = plain(text)
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in shown)
    assert not any(
        unicodedata.bidirectional(sign) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        for sign in shown
    )
    shown.encode()
    assert plain(shown) == shown
