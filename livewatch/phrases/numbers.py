"""Numbers and sums of money, written or spoken, as one token each: "eight hundred ninety nine dollars" is $899."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from livewatch.phrases.piece import Piece
from livewatch.phrases.speech import Speech

_DIGIT_RUN = 3
"""So many single digits in a row are one number ("four one two"); two may be "press one, one moment"."""
_LARGEST_SCALED = 10**12
"""Where to stop multiplying: nobody says larger numbers, but text may hold "billion billion billion"."""


class Amount(NamedTuple):
    """A number or a sum of money."""

    text: str
    """Digits; $ in front of money"""
    money: bool


def read_number(pieces: Sequence[Piece], start: int, speech: Speech) -> tuple[Amount, int]:
    """Read the number that begins at `pieces[start]`; return it and the index after its last piece.

    `pieces[start]` must be a written number or one of `speech.number_starts`. A comma or a full stop ends a number.
    """
    if pieces[start].text[0] == "$":
        return _with_scale(pieces[start].text[1:], pieces, start + 1, speech, money=True)
    digits, end = _digit_run(pieces, start, speech)
    if end - start >= _DIGIT_RUN:
        return _as_money(digits, pieces, end, speech)
    if pieces[start].text.isdecimal():
        return _with_scale(pieces[start].text, pieces, start + 1, speech, money=False)
    value, end = _spoken(pieces, start, speech)
    return _as_money(str(value), pieces, end, speech)


def _digit_run(pieces: Sequence[Piece], start: int, speech: Speech) -> tuple[str, int]:
    digits, end = "", start
    while end < len(pieces):
        text = pieces[end].text
        value = speech.units.get(text, 10)
        if value < 10:
            digits += str(value)
        elif len(text) == 1 and text.isdecimal():
            digits += text
        else:
            break
        end += 1
        if pieces[end - 1].pause:
            break
    return digits, end


def _with_scale(digits: str, pieces: Sequence[Piece], end: int, speech: Speech, *, money: bool) -> tuple[Amount, int]:
    """Read what multiplies a written number: "5 thousand", "$2 million"."""
    if not pieces[end - 1].pause and end < len(pieces) and pieces[end].text in speech.scales and len(digits) <= 6:
        digits = str(int(digits or 0) * speech.scales[pieces[end].text])
        end += 1
    if money:
        return Amount("$" + digits, money=True), end
    return _as_money(digits, pieces, end, speech)


def _as_money(digits: str, pieces: Sequence[Piece], end: int, speech: Speech) -> tuple[Amount, int]:
    if not pieces[end - 1].pause and end < len(pieces) and pieces[end].text in speech.money:
        return Amount("$" + digits, money=True), end + 1
    return Amount(digits, money=False), end


def _spoken(pieces: Sequence[Piece], start: int, speech: Speech) -> tuple[int, int]:
    """Read a number in words, as far as it can be one number: "forty two fifty" is 42, then 50."""
    total, group, room = 0, 0, 1_000
    end = start
    while end < len(pieces):
        text = pieces[end].text
        if text in speech.units and speech.units[text] < room:
            group, room = group + speech.units[text], 1
        elif text in speech.tens and room > 10:
            group, room = group + speech.tens[text], 10
        elif text == speech.hundred and group < 100:
            group, room = max(group, 1) * 100, 100
        elif text in speech.scales and (group or end == start) and total + group < _LARGEST_SCALED:
            total, group, room = (total + max(group, 1)) * speech.scales[text], 0, 1_000
        elif not (text == speech.number_and and end > start and _goes_on(pieces, end, room, speech)):
            break
        end += 1
        if pieces[end - 1].pause:
            break
    return total + group, end


def _goes_on(pieces: Sequence[Piece], position: int, room: int, speech: Speech) -> bool:
    """Whether the "and" at `position` stands inside a number: "a hundred and five"."""
    following = pieces[position + 1].text if position + 1 < len(pieces) else ""
    return room in (100, 1_000) and (following in speech.units or following in speech.tens)
