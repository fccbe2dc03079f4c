"""Audacity's label files, as livewatch writes them and as Audacity exports them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewatch.audio.find import SUFFIXES
from livewatch.tuning.corpus.manifest import UNSURE, Label

MOST_BYTES = 4_000_000
"""Labels of a day-long recording have a tenth of that"""

_NUMBER = r"-?\d+(?:[.,]\d+)?"
_LINE = re.compile(rf"({_NUMBER})\t({_NUMBER})(?:\t(.*))?")
_VERDICT = re.compile(rf"({'|'.join([*Label, UNSURE])})\b\W*(.*)", re.IGNORECASE | re.DOTALL)
_OWN = re.compile(r"(match [a-z0-9.-]+|alert (?:caution|danger)): ")
_SPEAKER = re.compile(r"(caller|callee|me|user|receiver): ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Labels:
    """What a label file says of a recording."""

    label: str | None
    """The gravest of the labels in it; None where it has none"""
    marks: tuple[dict[str, Any], ...]
    """Each label with its place: start_s, end_s, label, text"""
    turns: tuple[dict[str, Any], ...]
    """What somebody wrote down of the call: speaker, start, end (seconds), text"""
    heard: str
    """What livewatch recognised, where it wrote the file"""


def read_labels(path: Path) -> Labels | None:
    """Read a label file; None for a file that is none. Raises `OSError`.

    A label that begins with scam, caution, ordinary or unsure is a verdict, on the whole call or on a part of it: the
    call gets the gravest of them. Livewatch's own matches and alerts are no verdicts. All else is what was said.
    """
    with path.open("rb") as file:
        text = file.read(MOST_BYTES).decode("utf-8-sig", "replace")
    spoken: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    own = False
    for line in text.splitlines():
        if not line.strip() or line.startswith("\\"):  # the frequencies of a spectral selection
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        start, end = (round(float(found[number].replace(",", ".")), 3) for number in (1, 2))
        said = (found[3] or "").strip()
        if verdict := _VERDICT.fullmatch(said):
            marks.append({"start_s": start, "end_s": end, "label": verdict[1].lower(), "text": verdict[2]})
        elif _OWN.match(said):
            own = True
        elif said:
            speaker = _SPEAKER.match(said)
            words = said[speaker.end() :] if speaker else said
            spoken.append({"speaker": speaker[1].lower() if speaker else "", "start": start, "end": end, "text": words})
    if not (own or marks or spoken):
        return None
    order = [*Label, UNSURE]
    label = min((mark["label"] for mark in marks), key=order.index, default=None)
    heard = " ".join(turn["text"] for turn in spoken) if own else ""
    return Labels(label, tuple(marks), () if own else tuple(spoken), heard)


def labels_beside(recording: Path) -> Path | None:
    """Find the label file of a recording: NAME.labels.txt (livewatch's) or NAME.txt (Audacity's)."""
    for ending in (".labels.txt", ".txt"):
        for path in (recording.with_suffix(ending), recording.with_name(recording.name + ending)):
            if path.is_file():
                return path
    return None


def recording_beside(labels: Path) -> Path | None:
    """Find the recording of a label file."""
    stem = labels.name.removesuffix(".txt").removesuffix(".labels")
    beside = sorted(path for path in labels.parent.iterdir() if path.suffix.lower() in SUFFIXES)
    return next((path for path in beside if stem in (path.stem, path.name)), None)
