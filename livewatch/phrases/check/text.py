"""What is the matter with the text of a list file, whatever it says: marks, line ends, look-alike letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from livewatch.phrases.check.finding import Finding

_LETTERS = re.compile(r"[^\W\d_]+")
_ODD_RETURN = re.compile(rb"\r(?!\n)")
_LOOK_ALIKE: Final = str.maketrans(
    "аеорсухікмтнвѕјһԁԛԝАЕОРСУХІКМТНВЅЈοανρικτυχΟΑΝΡΙΚΤΥΧΒΕΗΜΖ",
    "aeopcyxikmthbsjhdqwAEOPCYXIKMTHBSJoavpiktuxOANPIKTYXBEHMZ",
)
"""Cyrillic and Greek letters -> the Latin ones they look like"""


def findings(file: str, raw: bytes) -> Iterator[Finding]:
    """Yield what can be said of the bytes of `file` without reading them as a list. Linear in their number."""
    if raw.startswith(b"\xef\xbb\xbf"):
        yield Finding(
            file,
            1,
            "bom",
            "note",
            "The file begins with a byte order mark.",
            "livewatch skips it; other programs may not.",
        )
    if odd := _ODD_RETURN.search(raw):
        line = raw.count(b"\n", 0, odd.start()) + 1
        yield Finding(
            file, line, "line-ends", "warning", "A line ends with a bare carriage return.",
            "What follows it is taken for the same line.", "Save the file with Unix or Windows line ends.",
        )  # fmt: skip
    windows = raw.count(b"\r\n")
    if 0 < windows < raw.count(b"\n"):
        line = raw.count(b"\n", 0, raw.index(b"\r\n")) + 1
        yield Finding(
            file,
            line,
            "line-ends",
            "note",
            "The file has Windows and Unix line ends.",
            "Both are read.",
            "Save it anew.",
        )
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if hidden := _hidden(line):
            yield Finding(
                file, number, "control", "warning", f"The line holds the invisible sign {hidden}.",
                "It may show the line otherwise than it is read.", "Type the line anew.",
            )  # fmt: skip


def foreign_letters(wording: str) -> tuple[str, str, str] | None:
    """Find a word with letters that are not Latin: the word, the letter's name, and the word as it was meant or ''."""
    if wording.isascii():
        return None
    for word in _LETTERS.findall(wording):
        for letter in word:
            name = unicodedata.name(letter, "")
            if not unicodedata.normalize("NFKD", letter)[0].isascii() and not name.startswith("LATIN"):
                meant = word.translate(_LOOK_ALIKE)
                return word, f"{name} (U+{ord(letter):04X})", meant if meant.isascii() else ""
    return None


def _hidden(line: bytes) -> str:
    """Name the first sign of `line` that nobody sees."""
    if line.isascii() and not any(byte < 32 or byte == 127 for byte in line.rstrip(b"\r").replace(b"\t", b"")):
        return ""
    text = line.decode("utf-8", "replace").rstrip("\r").replace("\t", "").replace("\r", "")
    sign = next((one for one in text if unicodedata.category(one) in ("Cc", "Cf")), "")
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip() if sign else ""
