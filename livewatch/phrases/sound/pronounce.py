"""Words -> phones: the CMU Pronouncing Dictionary, and rules for what is not in it."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from livewatch.errors import PhraseError
from livewatch.phrases.sound.phones import CODE

Phones = tuple[int, ...]
"""Codes of phones, in order"""

_ONES: Final = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_RULES: Final = {
    "tion": "SH AH N", "sion": "ZH AH N", "ture": "CH ER", "ough": "AO", "augh": "AO", "eigh": "EY", "igh": "AY",
    "tch": "CH", "sch": "S K", "dge": "JH", "que": "K", "ear": "IH R", "eer": "IH R", "air": "EH R", "are": "EH R",
    "our": "AW ER", "oor": "AO R", "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "wh": "W", "ck": "K", "ng": "NG",
    "qu": "K W", "gh": "G", "kn": "N", "wr": "R", "ps": "P S", "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW",
    "ow": "OW", "oa": "OW", "ai": "EY", "ay": "EY", "ei": "EY", "ey": "IY", "ie": "IY", "oi": "OY", "oy": "OY",
    "au": "AO", "aw": "AO", "ew": "Y UW", "ue": "UW", "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER",
    "bb": "B", "cc": "K", "dd": "D", "ff": "F", "gg": "G", "ll": "L", "mm": "M", "nn": "N", "pp": "P", "rr": "R",
    "ss": "S", "tt": "T", "zz": "Z", "ce": "S", "ci": "S IH", "cy": "S IY", "ge": "JH", "gi": "JH IH", "a": "AE",
    "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L",
    "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W",
    "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
"""Spelling to phones, the longest first: only for names and new words, where near is good enough"""
_LONGEST: Final = max(map(len, _RULES))
_LETTERS: Final = """
    A EY; B B IY; C S IY; D D IY; E IY; F EH F; G JH IY; H EY CH; I AY; J JH EY; K K EY; L EH L; M EH M; N EH N; O OW;
    P P IY; Q K Y UW; R AA R; S EH S; T T IY; U Y UW; V V IY; W D AH B AH L Y UW; X EH K S; Y W AY; Z Z IY
"""
_NAMES: Final = {entry.split()[0].lower(): " ".join(entry.split()[1:]) for entry in _LETTERS.split(";")}
"""Letters spelt out"""


class Pronouncer:
    """Looks up how English words are said. Holds the dictionary's file in memory, 3 MB, and finds words by halving."""

    def __init__(self) -> None:
        """Read the dictionary. Raises `PhraseError` when it is not there."""
        self._text = _dictionary().read_bytes()
        signs = np.frombuffer(self._text, np.uint8)
        starts = np.concatenate([[0], np.flatnonzero(signs[:-1] == ord("\n")) + 1])
        others = np.searchsorted(starts, np.flatnonzero(signs == ord("(")), "right") - 1
        self._lines = np.delete(starts, others)  # second pronunciations, "a(2)", stand out of order

    @cache  # noqa: B019 - one pronouncer per process
    def word(self, written: str) -> Phones:
        """Phones of one word as a recogniser writes it; none for what has no letters or digits."""
        letters = written.strip('.,?!;:"()[]…-').lower().replace("’", "'")
        digits = letters.strip("$£€%,")
        if digits.isdecimal():
            return tuple(code for digit in digits for code in self.word(_ONES[int(digit)]))
        if len(letters) > 1 and "." in letters and letters.replace(".", "").isalpha():
            return tuple(code for letter in letters if letter in _NAMES for code in _codes(_NAMES[letter]))
        found = self._find(letters) or (self._find(letters.removesuffix("'s")) if letters.endswith("'s") else None)
        if found is not None:
            return found
        parts = [part for part in "".join(sign if sign.isalpha() else " " for sign in letters).split() if part]
        if len(parts) > 1:
            return tuple(code for part in parts for code in self.word(part))
        return _by_rule(parts[0]) if parts else ()

    def _find(self, word: str) -> Phones | None:
        key = word.encode("utf-8") + b" "
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            start = int(self._lines[middle])
            if self._text[start : start + len(key)] < key:
                low = middle + 1
            else:
                high = middle
        if low == len(self._lines):
            return None
        start = int(self._lines[low])
        if self._text[start : start + len(key)] != key:
            return None
        line = self._text[start + len(key) : self._text.find(b"\n", start)]
        return _codes(line.decode("ascii"))


@cache
def pronouncer() -> Pronouncer:
    """Return the process's one pronouncer."""
    return Pronouncer()


def _codes(phones: str) -> Phones:
    return tuple(CODE[phone.rstrip("012")] for phone in phones.split())


def _by_rule(word: str) -> Phones:
    if len(word) > 3 and word.endswith("e") and word[-2] not in "aeiou":
        word = word[:-1]
    phones: list[int] = []
    at = 0
    while at < len(word):
        for size in range(min(_LONGEST, len(word) - at), 0, -1):
            if (said := _RULES.get(word[at : at + size])) is not None:
                phones += _codes(said)
                at += size
                break
        else:
            at += 1  # a letter of another alphabet
    return tuple(phones)


def _dictionary() -> Path:
    """Find the dictionary in the `pocketsphinx` wheel, which carries it; the package itself is never imported."""
    spec = importlib.util.find_spec("pocketsphinx")
    for folder in spec.submodule_search_locations or () if spec else ():
        path = Path(folder) / "model" / "en-us" / "cmudict-en-us.dict"
        if path.is_file():
            return path
    raise PhraseError(
        "sound.dictionary",
        "The pronouncing dictionary, which comes with the package pocketsphinx, is not there.",
        "Type: pip install --force-reinstall pocketsphinx",
    )
