"""Whether a value is lawful for a setting, and what people have to know if it is not."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_origin, get_type_hints

import msgspec

from livewatch.settings.structs import Settings

PREFIX = "LIVEWATCH_"
"""Of every environment variable: LIVEWATCH_<SECTION>_<KEY>"""

_WORDS = {"int": "a whole number", "float": "a number", "str": "text", "bool": "true or false", "array": "a list"}
"""msgspec's names of types, for people"""


def _types() -> dict[str, Any]:
    """Name every setting with its type: {"engine.name": Literal[…], …}."""
    return {
        f"{section}.{key}": hint
        for section, struct in get_type_hints(Settings).items()
        for key, hint in get_type_hints(struct, include_extras=True).items()
    }


TYPES: Mapping[str, Any] = _types()
"""Every setting there is, by its dotted name"""


def convert(name: str, value: object, *, as_text: bool = False) -> Any:
    """Check the value of the setting `name`; `as_text` reads it from text first (the environment, `config set`).

    Raises `ValueError` with a sentence for people: the setting, what is wrong, what is allowed.
    """
    if name not in TYPES:
        raise ValueError(f"{name}: there is no such setting.{_did_you_mean(name, TYPES)}")
    kind = TYPES[name]
    if as_text and isinstance(value, str) and _is_list(kind):
        value = _list_from_text(name, value)
    try:
        checked = msgspec.convert(value, kind, strict=not as_text)
    except msgspec.ValidationError as error:
        suggestion = _did_you_mean(str(value), _choices(kind))
        raise ValueError(f"{name} = {value!r}: {_cause(error, kind)}.{suggestion}") from None
    if isinstance(checked, float) and not math.isfinite(checked):
        raise ValueError(f"{name} = {value!r}: expected a number.")
    return checked


def _is_list(kind: Any) -> bool:
    return get_origin(kind.__origin__ if get_origin(kind) is Annotated else kind) is tuple


def _list_from_text(name: str, text: str) -> list[object]:
    """`a,b` or a TOML list (needed where an item holds a comma)."""
    if not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return tomllib.loads(f"list = {text}")["list"]
    except tomllib.TOMLDecodeError:
        raise ValueError(f'{name} = {text!r}: expected a list such as en,de or ["en", "de"].') from None


def _choices(kind: Any) -> tuple[str, ...]:
    return kind.__args__ if get_origin(kind) is Literal else ()


def _cause(error: msgspec.ValidationError, kind: Any) -> str:
    """Say msgspec's "Expected `float` <= 2.0, got `str` - at `$`" in words for people."""
    if choices := _choices(kind):
        return f"expected one of {', '.join(choices)}"
    said = str(error).partition(" - at ")[0].partition(", got ")[0].lower()
    for theirs, ours in _WORDS.items():
        said = said.replace(f"`{theirs}`", ours)
    return said


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name, also for a key in the wrong section or written as a variable."""
    known = [*known, *Settings.__struct_fields__] if "." not in word else list(known)
    spoken = word.removeprefix(PREFIX).lower()
    by_shape = {name.replace(".", "_"): name for name in known}
    close = difflib.get_close_matches(spoken.replace(".", "_"), by_shape, n=1, cutoff=0.6)
    if not close:
        last = {name.rpartition(".")[2]: name for name in known}
        by_shape, close = last, difflib.get_close_matches(spoken.rpartition(".")[2], last, n=1, cutoff=0.75)
    if not close:
        return ""
    meant = by_shape[close[0]]
    return f" Did you mean {PREFIX + meant.replace('.', '_').upper() if word.startswith(PREFIX) else meant}?"
