"""What is wrong with a corpus, by place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewatch.errors import AudioError, CorpusError
from livewatch.tuning.corpus.grouping import campaign_of, same_sound, ungrouped
from livewatch.tuning.corpus.manifest import UNSURE, Label, LabelledCall, Problem, call_of, read_corpus
from livewatch.tuning.corpus.rows import Manifest, Row
from livewatch.tuning.corpus.sound import read_sound

WARNINGS = frozenset({"damaged-recording", "mixed-suspicion", "no-campaign", "unsure"})
"""Codes of what does not keep a corpus from being used; all others are errors"""


@dataclass(frozen=True, slots=True)
class Checked:
    """All that can be said of some manifests."""

    problems: tuple[Problem, ...]
    rows: int
    errors: int
    """How many of the problems are no mere warnings"""


def check(paths: Sequence[Path], progress: Callable[[int, int], None]) -> Checked:
    """Check manifests together: ids and labels must hold over all of them. Recordings are read to their end."""
    problems = [*read_corpus(paths).problems]
    rows: list[tuple[Row, str]] = []
    calls: list[LabelledCall] = []
    for path in {path.resolve(): path for path in paths}.values():
        try:
            manifest = Manifest(path)
        except CorpusError:  # told above
            continue
        for line, row in enumerate(manifest.rows, 1):
            if row.values is not None:
                place = f"{path}:{line}"
                rows.append((row, place))
                call = call_of(row.values, path, place)
                if isinstance(call, LabelledCall):
                    calls.append(call)
    expected = {place: (row.values or {}).get("sound") for row, place in rows}
    for number, call in enumerate(calls):
        progress(number, len(calls))
        if call.audio is not None:
            problems += _of_recording(call, call.audio, expected[call.place])
    problems += _mixed(rows)
    problems += _groups(rows)
    order = {str(path): number for number, path in enumerate(paths)}
    problems.sort(key=lambda one: _order(one.place, order))
    return Checked(tuple(problems), len(rows), sum(one.code not in WARNINGS for one in problems))


def _of_recording(call: LabelledCall, audio: Path, expected: object) -> Iterator[Problem]:
    try:
        sound = read_sound(audio)
    except AudioError as error:
        yield Problem(call.place, error.code, error.message, error.hint)
        return
    for message in sound.damage:
        yield Problem(call.place, "damaged-recording", message, "It is used as far as it can be read.")
    if expected is not None and expected != sound.digest:
        message = f"The recording of {call.id!r} is not the one that was added: its sound has changed."
        yield Problem(call.place, "changed-recording", message, 'Hear whether its label still fits; take "sound" out.')


def _mixed(rows: Sequence[tuple[Row, str]]) -> Iterator[Problem]:
    """Find calls that are the same, or of one campaign, and do not have the same label."""
    for one, other in same_sound([row for row, _ in rows]):
        (first, place), (row, here) = rows[one], rows[other]
        if first.label != row.label:
            message = f"{row.id!r} has the same sound as {first.id!r} ({place}), and another label: "
            message += f"{row.label or 'none'}, not {first.label or 'none'}."
            yield Problem(here, "mixed-labels", message, "Give both the same label, or leave one out.")
    members: defaultdict[str, list[tuple[Row, str]]] = defaultdict(list)
    for row, place in rows:
        if (name := campaign_of(row)) and row.label in {*Label}:
            members[name].append((row, place))
    for name, group in members.items():
        counts = Counter(row.label for row, _ in group)
        if len(counts) < 2:
            continue
        rarest = min(counts, key=counts.__getitem__)
        row, place = next(one for one in group if one[0].label == rarest)
        held = ", ".join(f"{count} {label}" for label, count in counts.most_common())
        message = f"{row.id!r} is labelled {row.label}; its campaign {name!r} has {held}."
        code = "mixed-labels" if Label.ORDINARY in counts else "mixed-suspicion"
        yield Problem(place, code, message, "Calls of one script are mostly of one kind: hear them again.")


def _groups(rows: Sequence[tuple[Row, str]]) -> Iterator[Problem]:
    places = {id(row): place for row, place in rows}
    for row, name in ungrouped([row for row, _ in rows if row.id]):
        message = f"{row.id!r} has no campaign, and is like the calls of {name!r}."
        hint = "To group calls that are alike: livewatch corpus add MANIFEST"
        yield Problem(places[id(row)], "no-campaign", message, hint)
    unsure = [place for row, place in rows if row.label == UNSURE]
    if unsure:
        calls = "1 call is" if len(unsure) == 1 else f"{len(unsure):,} calls are"
        hint = "They are in no figure. To decide: livewatch corpus label MANIFEST"
        yield Problem(unsure[0], "unsure", f"{calls} labelled unsure.", hint)


def _order(place: str, order: dict[str, int]) -> tuple[int, int]:
    path, _, line = place.rpartition(":")
    return (order.get(path, len(order)), int(line)) if line.isdigit() else (order.get(place, len(order)), 0)
