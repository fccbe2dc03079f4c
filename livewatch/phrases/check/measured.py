"""How often the shipped wordings were heard in ordinary calls: counts, no text (`data/ordinary-<language>.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from importlib.resources import files

from livewatch.phrases.phrase import Phrase


@dataclass(frozen=True, slots=True)
class Measured:
    """Hits of single wordings in some hours of ordinary calls."""

    hours: float
    """Of calls, at the pace at which texts are watched"""
    calls: int
    hits: Mapping[str, int]
    """By `digest`; what is not in it was not measured"""


def digest(phrase: Phrase, wording: str) -> str:
    """Identify a wording as it stands, with what cancels it: a changed one has no count until it is measured anew."""
    parts = [wording, *sorted(phrase.unless), "\0", *sorted(phrase.not_before), str(phrase.inflected), phrase.who]
    if phrase.within is not None:
        parts.append(str(phrase.within))
    return blake2s("\n".join(parts).encode(), digest_size=5).hexdigest()


def shipped(languages: Sequence[str]) -> Measured:
    """Return the counts that come with livewatch. Languages that have none are left out."""
    hours, calls, hits = 0.0, 0, {}
    for language in languages:
        file = files("livewatch.phrases") / "data" / f"ordinary-{language}.toml"
        if file.is_file():
            table = tomllib.loads(file.read_text("utf-8"))
            hours, calls = (
                hours + sum(one["hours"] for one in table["set"]),
                calls + sum(one["calls"] for one in table["set"]),
            )
            hits |= {name: count for counts in table["hits"].values() for name, count in counts.items()}
    return Measured(hours, calls, hits)
