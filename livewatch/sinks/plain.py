"""Text for people that cannot do anything to the terminal or the file it is written to."""

from __future__ import annotations

import re

_SPACE = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_CONTROL = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 with ESC, DEL, C1 (U+009B alone starts a control sequence)
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # controls of writing direction, which can hide or reorder words
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # invisible marks and tags
    "]+"
)
_BROKEN = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """Return `text` on one line, without control characters, for every word, file name and message that is shown.

    Words come from whoever speaks and names from whoever sent the file: an escape sequence in them could clear the
    screen, retitle the window or hide a warning. Line ends and tabs become a space; bytes of a file name that are not
    text become U+FFFD, since they could not be printed at all.
    """
    return _BROKEN.sub("\ufffd", _CONTROL.sub("", _SPACE.sub(" ", text)))
