"""How alike two sounds are: costs of taking one phone for another, of losing one, of hearing one too many.

Phones are the 39 of the CMU dictionary (ARPAbet without stress). Costs follow from how a sound is made (place, manner,
voice; height and backness of vowels: the International Phonetic Association's charts), since what is made alike is
confused: Miller and Nicely 1955. They are steps of a hundredth: 100 is a consonant for one of another kind.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_CONSONANTS: Final = {
    # phone: (place, manner, voiced); places from the lips (0) to the throat (7)
    "P": (0, "stop", 0),
    "B": (0, "stop", 1),
    "T": (3, "stop", 0),
    "D": (3, "stop", 1),
    "K": (6, "stop", 0),
    "G": (6, "stop", 1),
    "CH": (4, "affricate", 0),
    "JH": (4, "affricate", 1),
    "F": (1, "fricative", 0),
    "V": (1, "fricative", 1),
    "TH": (2, "fricative", 0),
    "DH": (2, "fricative", 1),
    "S": (3, "fricative", 0),
    "Z": (3, "fricative", 1),
    "SH": (4, "fricative", 0),
    "ZH": (4, "fricative", 1),
    "HH": (7, "fricative", 0),
    "M": (0, "nasal", 1),
    "N": (3, "nasal", 1),
    "NG": (6, "nasal", 1),
    "L": (3, "liquid", 1),
    "R": (4, "liquid", 1),
    "W": (0, "glide", 1),
    "Y": (5, "glide", 1),
}
_VOWELS: Final = {
    # phone: (height 0..3, backness 0..2, whether it glides)
    "IY": (3, 0, 0),
    "IH": (2.5, 0.5, 0),
    "EH": (1.5, 0.5, 0),
    "AE": (0.5, 0.5, 0),
    "AA": (0, 1.5, 0),
    "AO": (1, 2, 0),
    "AH": (1.5, 1, 0),
    "ER": (1.5, 1, 0.5),
    "UH": (2.5, 1.5, 0),
    "UW": (3, 2, 0),
    "EY": (2, 0, 0.5),
    "AY": (0.5, 1, 1),
    "OY": (1, 2, 1),
    "AW": (0.5, 1, 1),
    "OW": (2, 2, 0.5),
}
PHONES: Final = (*_CONSONANTS, *_VOWELS)
"""In the order of their codes"""
CODE: Final = {phone: code for code, phone in enumerate(PHONES)}

_NEAR_MANNERS: Final = {
    frozenset({"stop", "affricate"}): 25,
    frozenset({"affricate", "fricative"}): 25,
    frozenset({"stop", "fricative"}): 45,
    frozenset({"liquid", "glide"}): 30,
    frozenset({"nasal", "liquid"}): 50,
    frozenset({"nasal", "stop"}): 55,
    frozenset({"fricative", "glide"}): 70,
}
_MOST: Final = 100


def _substitution(one: str, other: str) -> int:
    if one == other:
        return 0
    if one in _VOWELS and other in _VOWELS:
        height, back, glide = (abs(a - b) for a, b in zip(_VOWELS[one], _VOWELS[other], strict=True))
        return min(60, int(10 + 10 * height + 10 * back + 10 * glide))
    if one in _CONSONANTS and other in _CONSONANTS:
        place, manner, voice = _CONSONANTS[one]
        place_2, manner_2, voice_2 = _CONSONANTS[other]
        kind = 0 if manner == manner_2 else _NEAR_MANNERS.get(frozenset({manner, manner_2}), 90)
        return min(_MOST, kind + 12 * min(4, abs(place - place_2)) + 15 * (voice != voice_2))
    if {one, other} & {"R", "L"} and {one, other} & {"ER", "AO", "UH"}:
        return 45  # "r" and dark "l" melt into the vowel
    if {one, other} <= {"Y", "IY", "IH", "W", "UW", "UH"}:
        return 35
    return _MOST


def _length(phone: str) -> int:
    """What losing the phone costs, or hearing it where there is none."""
    if phone in ("AH", "HH", "IH", "ER"):
        return 35  # unstressed and breathed sounds come and go
    if phone in _VOWELS:
        return 55
    if phone in ("T", "D", "R", "L", "Y", "W", "N"):
        return 55  # swallowed at the ends of words and between other consonants
    return 80


SUBSTITUTION: Final[npt.NDArray[np.int32]] = np.array(
    [[_substitution(one, other) for other in PHONES] for one in PHONES], np.int32
)
"""Cost of hearing the column where the row was said, shape (39, 39)"""
LENGTH: Final[npt.NDArray[np.int32]] = np.array([_length(phone) for phone in PHONES], np.int32)
"""Cost of one phone too few or too many, shape (39,)"""
