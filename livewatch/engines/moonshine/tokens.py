"""Text to token numbers and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SPACE = "▁"
_FIRST_BYTE = 3
"""Token number of byte 0; tokens 3..258 are single bytes, for what no piece covers"""


@dataclass(frozen=True, slots=True)
class Piece:
    """One written word and the tokens it is made of."""

    text: str
    """Without white space; may hold punctuation"""
    first: int
    """Index of its first token"""
    last: int
    """Index of its last token"""


class Tokens:
    """The token table of one model (byte-pair encoding: a lower number was merged earlier)."""

    def __init__(self, table: Sequence[bytes]) -> None:
        self._table = [piece.decode("utf-8", "replace") for piece in table]
        self._numbers: dict[str, int] = {}
        for number, piece in enumerate(self._table):
            if number >= _FIRST_BYTE + 256:
                self._numbers.setdefault(piece, number)

    def words(self, tokens: Sequence[int]) -> list[Piece]:
        """The words that `tokens` spell. Tokens before the first space belong to the first word."""
        words: list[Piece] = []
        text, first = "", 0
        for index, number in enumerate(tokens):
            piece = self.text(number)
            if piece.startswith(_SPACE) and text:
                words.append(Piece(text, first, index - 1))
                text = ""
            if not text:
                first = index
            text += piece.replace(_SPACE, "")
        if text:
            words.append(Piece(text, first, len(tokens) - 1))
        return words

    def encode(self, text: str) -> list[int]:
        """Token numbers of `text`, a space before its first word, as the network itself would write it."""
        pieces = list(_SPACE + text.strip().replace(" ", _SPACE))
        while True:
            pairs = [(self._numbers.get(a + b), i) for i, (a, b) in enumerate(pairwise(pieces))]
            known = [(number, i) for number, i in pairs if number is not None]
            if not known:
                break
            _, i = min(known)
            pieces[i : i + 2] = [pieces[i] + pieces[i + 1]]
        numbers: list[int] = []
        for piece in pieces:
            number = self._numbers.get(piece)
            numbers.extend([number] if number is not None else [_FIRST_BYTE + b for b in piece.encode()])
        return numbers

    def begins_word(self, number: int) -> bool:
        """Whether a token stands at the beginning of a word."""
        return self.text(number).startswith(_SPACE)

    def text(self, number: int) -> str:
        """Return what a token stands for; a space is written as U+2581."""
        if _FIRST_BYTE <= number < _FIRST_BYTE + 256:
            return chr(number - _FIRST_BYTE) if number < _FIRST_BYTE + 128 else ""
        return self._table[number] if number > 2 else ""


def bare(text: str) -> str:
    """Letters and digits of `text` in lower case: spellings of one word differ in the rest."""
    return "".join(filter(str.isalnum, text.lower()))
