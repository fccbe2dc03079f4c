"""Light stemming: the forms of one English word compare equal, different words hardly ever do.

Deliberately weaker than Porter's: only plurals, -ed and -ing, the -e and -y they hide, and doubled consonants. Endings
that change what a word means (-er, -ation, -ful) stay.
"""

from __future__ import annotations

from functools import lru_cache

_VOWELS = frozenset("aeiouy")
_KEEP_S = ("ss", "us", "is", "ous")
_MIN_ROOT = 3
"""Letters that must be left: 'thing' and 'red' are words, not forms of 'th' and 'r'"""


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a lower-case word: infected, infects, infecting -> infect. Words with digits stay."""
    if len(word) <= _MIN_ROOT or not word.isalpha():
        return word
    return _close(_without_ending(_without_plural(word)))


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(_KEEP_S):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    for ending in ("ing", "ied", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= _MIN_ROOT and not _VOWELS.isdisjoint(root):
            if ending == "ied":
                return root + "y"
            return word if word.endswith("eed") else _undoubled(root)
    return word


def _undoubled(root: str) -> str:
    """Stopp -> stop, but call, press and buzz stay."""
    return root[:-1] if root[-1] == root[-2] and root[-1] not in "aeiolsz" else root


def _close(word: str) -> str:
    """Charge, charg(ed) and charg(ing) meet without the -e; verify, verif(ied) and verify(ing) meet in -i."""
    if word.endswith("e") and len(word) > _MIN_ROOT:
        return word[:-1]
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "i"
    return word
