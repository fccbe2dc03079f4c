"""Part of one written word: what words are taken apart into, and tokens put together from."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """Part of one written word, before numbers, letters and joins are put together."""

    text: str
    stem: str
    stop: bool
    pause: bool
    """Whether a comma, or the like, or a sentence end follows"""
