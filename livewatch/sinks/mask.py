"""Text that is kept: numbers somebody read out are of no use later, and of much use to a thief."""

from __future__ import annotations

import re

_ITEM = (
    r"(?:\d|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh"
    r"|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|double|triple)\b)"
)
_RUN = re.compile(rf"{_ITEM}(?:[\s\-.,/()]*{_ITEM}){{2,}}", re.IGNORECASE)
_ONE = re.compile(_ITEM, re.IGNORECASE)


def masked(text: str) -> str:
    """Return `text` with every run of three digits or more, written or spoken, as asterisks: "my code is * * * *".

    Spaces and signs inside the run stay, so that "$500" reads "$***" and a telephone number can still be told from a
    price. Spoken numbers count as digits ("four one two", "forty one twenty nine"); two in a row ("twenty five", "one
    two") stay.
    """
    return _RUN.sub(lambda run: _ONE.sub("*", run[0]), text)
