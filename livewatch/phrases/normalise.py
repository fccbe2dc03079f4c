"""Words as written by a recogniser or a list -> tokens that can be compared. The only place where this is done.

"Don't send $899!" and "do not send eight hundred ninety nine dollars" give the same tokens; every token knows the words
it came from, so that a match can quote what was heard.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from livewatch.phrases.numbers import Amount, read_number
from livewatch.phrases.piece import Piece
from livewatch.phrases.speech import Speech
from livewatch.phrases.stem import stem

NUMBER: Final = "<number>"
MONEY: Final = "<money>"
CODE: Final = "<code>"
CLASSES: Final = (NUMBER, MONEY, CODE)
CODE_DIGITS: Final = range(4, 9)
"""How many digits a one-time code or PIN has"""

_SENTENCE_END = (".", "?", "!", "…")
_PAUSE = (",", ";", ":")
_WRITTEN_NUMBER = re.compile(r"[£€$]?\d[\d,.:()/-]*[+%]?")
_PARTS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_CACHE_LIMIT = 50_000
"""Distinct written words kept ready; a long call has some thousands"""


class Token(NamedTuple):
    """One normalised word, number or sum of money."""

    text: str
    """Lower case; digits for a number, $ and digits for money"""
    keys: tuple[str, ...]
    """What it may be matched as: its stem, its exact text as `=text`, and the classes it belongs to"""
    first: int
    """Index of the first written word it came from"""
    last: int
    """Index of the last written word it came from"""
    stop: bool
    """Whether a sentence ends after it"""
    pause: bool = False
    """Whether a comma, or the like, or a sentence end follows"""


class Normaliser:
    """Brings written words to tokens by the rules of one or more languages. Keeps only a cache of single words."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._cache: dict[str, tuple[Piece, ...]] = {}
        self._runs: dict[tuple[str, ...], tuple[Token, ...]] = {}
        self._open_runs: dict[tuple[str, ...], bool] = {}

    def tokens(self, words: Sequence[str], breaks: Collection[int] = (), begin: int = 0) -> list[Token]:
        """Return the tokens of `words`, in order.

        `breaks` are indices of words after which a sentence ends though nothing is written there (the end of an
        utterance). Words before index `begin` are left out. Linear in the number of words.
        """
        speech = self._speech
        pieces: list[Piece] = []
        origin: list[int] = []
        for index in range(begin, len(words)):
            word = words[index]
            for piece in self._cache.get(word) or self._read(word):
                pieces.append(piece)
                origin.append(index)
        tokens: list[Token] = []
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            end = position + 1
            text = piece.text
            if text in speech.fillers or (end := self._filler_phrase(pieces, position)):
                end = end or position + 1
                self._pass_on_stop(tokens, pieces[end - 1])
                position = end
                continue
            if text in speech.number_starts or text[0] == "$" or text.isdecimal():
                amount, end = read_number(pieces, position, speech)
                text, keys = amount.text, _amount_keys(amount)
            elif len(text) == 1 and (end := self._letters(pieces, position)):
                text = "".join(one.text for one in pieces[position:end])
                text = speech.letters.get(text, text)
                keys = (text, "=" + text)
            elif joined := self._join(pieces, position):
                text, end = joined
                keys = (stem(text), "=" + text)
            else:
                end = position + 1
                keys = (piece.stem, "=" + text)
            last = pieces[end - 1]
            stop = last.stop or origin[end - 1] in breaks
            tokens.append(Token(text, keys, origin[position], origin[end - 1], stop, last.pause or stop))
            position = end
        return tokens

    def run(self, words: tuple[str, ...]) -> tuple[Token, ...]:
        """Return the tokens of a few words of a phrase list; kept, since lists say the same words again and again."""
        tokens = self._runs.get(words)
        if tokens is None:
            tokens = self._runs[words] = tuple(self.tokens(words))
        return tokens

    def may_go_on(self, words: tuple[str, ...]) -> bool:
        """Whether `words` and what follows may become one token, or none: a number, spelt letters, a join, a filler."""
        known = self._open_runs.get(words)
        if known is None:
            known = self._open_runs[words] = self._may_go_on(words)
        return known

    def _may_go_on(self, words: tuple[str, ...]) -> bool:
        speech = self._speech
        pieces = [piece for word in words for piece in self._cache.get(word) or self._read(word)]
        if not pieces:
            return False
        texts, rest = [piece.text for piece in pieces], pieces[1:]
        if not rest and texts[0] in speech.filler_phrases:
            return True
        for join in speech.joins.get(texts[0], ()):
            if len(join) > len(rest) and all(part in piece[:2] for part, piece in zip(join, rest, strict=False)):
                return True
        return all(len(text) == 1 or text.isdecimal() or text in speech.number_words for text in texts)

    def _filler_phrase(self, pieces: Sequence[Piece], position: int) -> int:
        """End of a filler phrase that begins at `position`, else 0."""
        second = self._speech.filler_phrases.get(pieces[position].text)
        following = position + 1
        if second and following < len(pieces) and pieces[following].text in second:
            return following + 1
        return 0

    def _letters(self, pieces: Sequence[Piece], position: int) -> int:
        """End of a run of two or more spelt letters that begins at `position`, else 0."""
        end = position
        while end < len(pieces) and len(pieces[end].text) == 1 and pieces[end].text.isalpha():
            end += 1
            if pieces[end - 1].pause:
                break
        run = [piece.text for piece in pieces[position:end]]
        if len(run) == 2 and run[1] in "ai":  # "plan B, I think": the I is a word, not a letter
            return 0
        return end if len(run) >= 2 else 0

    def _join(self, pieces: Sequence[Piece], position: int) -> tuple[str, int] | None:
        """Return the joined word that begins at `position` and its end."""
        for rest in self._speech.joins.get(pieces[position].text, ()):
            end = position + 1 + len(rest)
            if end <= len(pieces) and all(
                part in (piece.text, piece.stem) for piece, part in zip(pieces[position + 1 : end], rest, strict=True)
            ):
                return "".join(piece.text for piece in pieces[position:end]), end
        return None

    @staticmethod
    def _pass_on_stop(tokens: list[Token], piece: Piece) -> None:
        """End the sentence at the word before a dropped one that ended it."""
        if piece.stop and tokens and not tokens[-1].stop:
            tokens[-1] = tokens[-1]._replace(stop=True)

    def _read(self, word: str) -> tuple[Piece, ...]:
        pieces = tuple(self._pieces(word))
        if len(self._cache) >= _CACHE_LIMIT:
            self._cache.clear()
        self._cache[word] = pieces
        return pieces

    def _pieces(self, word: str) -> list[Piece]:
        plain = _plain(word)
        bare = plain.strip("\"'()[]{}«»“”")
        stop = bare.endswith(_SENTENCE_END)
        pause = stop or bare.endswith(_PAUSE)
        bare = bare.rstrip("!?…,;:")
        if _WRITTEN_NUMBER.fullmatch(bare):
            texts = [_digits(bare)]
        elif _DOTTED.fullmatch(bare) and len(bare) > 2:
            texts, stop = list(bare.replace(".", "")), False
        else:
            texts = [text for part in _PARTS.findall(bare.replace("&", " and ")) for text in self._expand(part)]
            stop = stop and not (len(texts) == 1 and texts[0] in self._speech.abbreviations)
        pieces = [Piece(text, stem(text), False, False) for text in texts]
        if pieces:
            pieces[-1] = pieces[-1]._replace(stop=stop, pause=pause)
        return pieces

    def _expand(self, part: str) -> list[str]:
        """Contractions and possessives of one word."""
        speech = self._speech
        if part in speech.contractions:
            return speech.contractions[part]
        if "'" not in part:
            return [part]
        for ending, meaning in speech.suffixes:
            if part.endswith(ending) and len(part) > len(ending):
                return [part.removesuffix(ending), *meaning]
        return [part] if part in speech.fillers else [part.replace("'", "")]


def _plain(word: str) -> str:
    """Lower case, without accents, full-width forms, curly apostrophes and other scripts' digits."""
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKD", word.replace("’", "'").replace("‘", "'")).casefold()
    bare = (sign for sign in folded if not unicodedata.combining(sign))
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in bare)


def _digits(written: str) -> str:
    """Return the digits of a written number, $ before a sum of money; cents and other decimals are dropped."""
    whole = re.sub(r"\.\d{1,2}$", "", written.rstrip(".,:;-/"))
    digits = "".join(sign for sign in whole if sign.isdecimal())
    return "$" + digits if written[0] in "£€$" else digits


def _amount_keys(amount: Amount) -> tuple[str, ...]:
    text, money = amount
    if money:
        return (text, "=" + text, MONEY)
    if len(text) in CODE_DIGITS:
        return (text, "=" + text, NUMBER, CODE)
    return (text, "=" + text, NUMBER)


def bare(text: str) -> str:
    """Letters and digits of `text` in lower case: spellings of one word differ in the rest."""
    return "".join(filter(str.isalnum, text.lower()))
