"""Writes what was fitted: the files that livewatch is shipped with (`phrases/data`, `engines/moonshine/data`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from livewatch.engines.moonshine.language_model import Counted, packed
from livewatch.errors import CorpusError
from livewatch.sinks.files import write_whole
from livewatch.tuning.corpus.manifest import Corpus
from livewatch.tuning.fit.fit import Fitted

_ABOUT_POINTS = """\
# What the points of phrases rest on; see phrases/counted.py. Written by `livewatch tune fit`; not for editing. In
# decibans: `estimate` stands in the list, `low` and `high` are the 95 % interval of the counts, `points` is the
# estimate moved into it. `campaigns`: scam campaigns in which it was heard; `calls`: ordinary calls."""


def write(folder: Path, fitted: Fitted) -> tuple[Path, Path]:
    """Write what was fitted into `folder`, with where it comes from; return the files. Raises `CorpusError`."""
    gist, points = folder / "gist-en.tsv", folder / "points-en.toml"
    _put(gist, _gist(fitted).encode())
    _put(points, _points(fitted).encode())
    return gist, points


def write_language_model(folder: Path, counted: Counted, corpus: Corpus, day: str) -> Path:
    """Write `counted` of `corpus` into `folder`, with where it comes from; return the file. Raises `CorpusError`.

    `day` is today, ISO 8601.
    """
    path = folder / "talk-en.npz"
    lines = [f"# Counted by `livewatch tune language-model` on {day}", *_provenance(corpus)]
    _put(path, packed(counted, "\n".join(lines)))
    return path


def _put(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        cause = error.strerror or str(error)
        raise CorpusError(
            "fit-unwritable", f"{path.parent} cannot be written to: {cause}.", "Name another folder."
        ) from None


def _gist(fitted: Fitted) -> str:
    lines = [
        "# What words, neighbours, and pairs with one word between (~) weigh in the gist of a call, in decibans;",
        "# see phrases/gist.py.",
        f"# Written by `livewatch tune fit` on {fitted.points.day}; not for editing. Words are stems. The first line is"
        " the offset.",
        *_provenance(fitted.corpus),
        "# Numbers and what fewer than 4 calls have are left out.",
        f"\t{fitted.gist.offset}",
        *(f"{gram}\t{weight}" for gram, weight in sorted(fitted.gist.weights.items())),
    ]
    return "\n".join(lines) + "\n"


def _points(fitted: Fitted) -> str:
    counts = fitted.points
    lines = [
        _ABOUT_POINTS,
        *_provenance(fitted.corpus),
        f'day = "{counts.day}"',
        f"campaigns = {counts.campaigns}",
        f"calls = {counts.calls}",
        "",
        "[phrase]",
    ]
    for phrase, counted in sorted(counts.phrase.items()):
        values = {key: getattr(counted, key) for key in counted.__struct_fields__}
        given = ", ".join(f"{key} = {value}" for key, value in values.items() if value is not None)
        lines.append(f'"{phrase}" = {{ {given} }}')
    return "\n".join(lines) + "\n"


def _provenance(corpus: Corpus) -> Iterator[str]:
    counts = Counter((call.set, call.label.value) for call in corpus.calls)
    for (name, label), count in sorted(counts.items()):
        yield f"# from {count} {label} calls of {name}"
    campaigns = len({call.campaign for call in corpus.calls if call.campaign})
    yield f"# {campaigns} campaigns"
