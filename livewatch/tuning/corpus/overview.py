"""What a corpus holds: calls, campaigns and hours by set and label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.engines.script import WORDS_PER_SECOND
from livewatch.tuning.corpus.gather import text_of
from livewatch.tuning.corpus.grouping import campaign_of
from livewatch.tuning.corpus.manifest import MANIFEST, MOST_SOURCES, UNSURE, Label
from livewatch.tuning.corpus.rows import Manifest, Row

NO_LABEL = "no label"


@dataclass(frozen=True, slots=True)
class Part:
    """The calls of one set with one label."""

    set: str
    """The manifest's name, with the source where it has several"""
    label: str
    """As written, or `NO_LABEL`"""
    calls: int
    campaigns: int
    """Scripts they follow; a call without a campaign is one by itself"""
    recordings: int
    """Calls that are sound"""
    hours: float
    """Of sound as the manifest says, and of text at its reading speed"""
    lengthless: int
    """Recordings whose length the manifest does not say"""

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {"event": "part"} | values | {"hours": round(self.hours, 4)}


@dataclass(frozen=True, slots=True)
class Campaign:
    """Calls that follow one script."""

    name: str
    labels: tuple[tuple[str, int], ...]
    """Label and number of its calls"""
    calls: tuple[str, ...]
    """Ids"""

    def to_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`."""
        return {"event": "campaign", "name": self.name, "labels": dict(self.labels), "calls": [*self.calls]}


def parts(paths: Iterable[Path]) -> list[Part]:
    """Count the calls of some manifests. Raises `CorpusError`."""
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for path in paths:
        rows = [row for row in Manifest(path).rows if row.values is not None]
        sources = {_source(row) for row in rows}
        for row in rows:
            name = path.resolve().parent.name if path.name == MANIFEST else path.stem
            if 1 < len(sources) <= MOST_SOURCES:
                name = f"{name}: {_source(row)}"
            groups[name, row.label or NO_LABEL].append(row)
    order = [*Label, UNSURE, NO_LABEL]
    ranked = sorted(groups, key=lambda key: (key[0], order.index(key[1]) if key[1] in order else len(order)))
    return [_part(*key, groups[key]) for key in ranked]


def campaigns(paths: Iterable[Path]) -> list[Campaign]:
    """Return the campaigns of several calls, the largest first. Raises `CorpusError`."""
    members: defaultdict[str, list[Row]] = defaultdict(list)
    for path in paths:
        for row in Manifest(path).rows:
            if name := campaign_of(row):
                members[name].append(row)
    found = []
    for name, rows in members.items():
        if len(rows) > 1:
            labels = Counter(row.label or NO_LABEL for row in rows).most_common()
            found.append(Campaign(name, tuple(labels), tuple(row.id for row in rows)))
    return sorted(found, key=lambda one: -len(one.calls))


def _source(row: Row) -> str:
    return str((row.values or {}).get("source") or "no source")


def _part(name: str, label: str, rows: list[Row]) -> Part:
    all_values = [row.values or {} for row in rows]
    named = {campaign for row in rows if (campaign := campaign_of(row))}
    hours, lengthless, recordings = 0.0, 0, 0
    for values in all_values:
        length = values.get("duration_s")
        if not values.get("audio"):
            hours += len(text_of(values).split()) / WORDS_PER_SECOND / 3600
            continue
        recordings += 1
        if isinstance(length, int | float):
            hours += length / 3600
        else:
            lengthless += 1
    alone = sum(campaign_of(row) is None for row in rows)
    return Part(name, label, len(rows), len(named) + alone, recordings, hours, lengthless)
