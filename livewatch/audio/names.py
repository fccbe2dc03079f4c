"""File names as people may safely see them."""

from __future__ import annotations

from os import PathLike, fspath


def quoted(path: str | PathLike[str]) -> str:
    """`path` in double quotes, with control, direction and undecodable characters written as escapes.

    A file name is untrusted: printed as it is, it could move the cursor, colour the terminal or turn the text around.
    """
    return '"' + "".join(sign if sign.isprintable() else _escaped(sign) for sign in fspath(path)) + '"'


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")
