"""Campaigns of a corpus: calls with the same sound, or with most of the same words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from livewatch.tuning.corpus.add import Added
from livewatch.tuning.corpus.alike import alike, campaigns
from livewatch.tuning.corpus.gather import text_of
from livewatch.tuning.corpus.rows import Manifest, Row, changing


def group(path: Path, done: Added) -> None:
    """Give calls without a campaign the one of the calls they are like, or a new one. What is given stays."""
    given = {row.id: name for row, name in ungrouped([row for row in Manifest(path).rows if row.id])}
    if not given:
        return
    with changing(path) as manifest:
        for row in manifest.rows:
            if row.id in given and not campaign_of(row):
                row.change(campaign=given[row.id])
                done.grouped += 1


def ungrouped(rows: Sequence[Row]) -> list[tuple[Row, str]]:
    """Return the rows that have no campaign although they are like others, with the campaign they belong to."""
    pairs = [(2.0, one, other) for one, other in same_sound(rows)]  # surer than any text
    pairs += alike([text_of(row.values or {}) for row in rows])
    found = campaigns([campaign_of(row) for row in rows], [row.id for row in rows], pairs)
    return [(row, name) for row, name in zip(rows, found, strict=True) if name and not campaign_of(row)]


def same_sound(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return rows with the same sound, by index: the first of them and each other one."""
    first: dict[str, int] = {}
    digests = [(row.values or {}).get("sound") for row in rows]
    pairs = [(first.setdefault(str(digest), index), index) for index, digest in enumerate(digests) if digest]
    return [(one, other) for one, other in pairs if one != other]


def campaign_of(row: Row) -> str | None:
    """Return the campaign a row names."""
    given = (row.values or {}).get("campaign")
    return None if given in (None, "") else str(given)
