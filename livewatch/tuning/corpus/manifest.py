"""Labelled calls: manifests in JSON Lines, read row by row so that one bad row costs only itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec


class Label(StrEnum):
    """What a labelled call really was."""

    SCAM = "scam"
    CAUTION = "caution"
    ORDINARY = "ordinary"


UNSURE = "unsure"
"""The label of a call that nobody has decided on yet: it is in no figure, whatever is made of it"""
MANIFEST = "manifest.jsonl"
"""The manifest of a folder that is given in place of one"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it should be: a row, a manifest, a recording, a phrase list."""

    place: str
    """`manifest:line`, or the manifest alone"""
    code: str
    """Stable identifier for programs"""
    message: str
    """One sentence: the thing and the cause"""
    hint: str = ""
    """What to do next; may be empty"""
    minor: bool = False
    """Whether the figures are complete and right all the same: only time was lost"""

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.hint}".strip()


def serious(problems: Sequence[Problem]) -> bool:
    """Whether anything is missing from the figures, or wrong in them."""
    return any(not problem.minor for problem in problems)


@dataclass(frozen=True, slots=True)
class LabelledCall:
    """One call of a manifest, as sound or as text."""

    id: str
    """Never empty; one call only in a run has it"""
    label: Label
    """What the call really was"""
    set: str
    """The set it is counted in: its manifest, or its source within a manifest of several sources"""
    place: str
    """`manifest:line`"""
    audio: Path | None
    """The recording; None for a call given as text"""
    turns: tuple[tuple[str, str], ...]
    """(speaker, what was said) in order, speaker empty when not known. With `audio` it is only a reference"""
    campaign: str | None = None
    """Calls of one campaign follow one script"""
    duration_s: float | None = None
    """Seconds, as the manifest says; only used to start long recordings first"""
    conditions: tuple[tuple[str, str], ...] = ()
    """Whatever else the row says in single words or numbers, by field: channel, codec, level, voice…"""

    @property
    def words(self) -> int:
        """How many words the turns hold."""
        return sum(len(text.split()) for _, text in self.turns)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All the good rows of some manifests, in their order, and what was wrong with the others."""

    calls: tuple[LabelledCall, ...]
    problems: tuple[Problem, ...]
    unsure: int = 0
    """Rows labelled unsure, which are left out"""


class _Turn(msgspec.Struct):
    text: str
    speaker: str | None = None


class _Row(msgspec.Struct):
    """A line as it stands in the file. Fields not listed here are for other programs and are let through."""

    id: str | int | None = None
    label: str | None = None
    audio: str | None = None
    text: str | None = None
    turns: list[tuple[str | None, str] | _Turn] | None = None
    campaign: str | int | None = None
    source: str | None = None
    duration_s: float | None = None


MOST_SOURCES = 20
"""Sources of one manifest that are told apart as sets; with more, `source` names single calls rather than sets"""

_FORM = 'A row looks like {"id": "a1", "label": "scam", "audio": "a1.wav"}; see docs/evaluate.md.'


class _BadRowError(Exception):
    """Ends the reading of one row; carries what `Problem` needs."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)


def manifest_of(corpus: Path) -> Path:
    """Return the manifest that `corpus` is, or that is in it where it is a folder."""
    return corpus / MANIFEST if (corpus / MANIFEST).is_file() else corpus


def read_corpus(manifests: Sequence[Path]) -> Corpus:
    """Read all `manifests`; a folder stands for the manifest in it.

    Never raises for what stands in them: every fault becomes a `Problem` naming its place.
    """
    calls: list[LabelledCall] = []
    problems: list[Problem] = []
    places: dict[str, str] = {}
    seen: set[Path] = set()
    unsure = 0
    manifests = [manifest_of(manifest) for manifest in manifests]
    names = _set_names(manifests)
    for manifest in manifests:
        if manifest.resolve() in seen:
            problems.append(Problem(str(manifest), "manifest-twice", "The manifest is given twice; it is read once."))
            continue
        seen.add(manifest.resolve())
        rows: list[tuple[LabelledCall, str | None]] = []
        good_and_bad = 0
        for item in _rows(manifest, names[manifest]):
            good_and_bad += 1
            if isinstance(item, Problem):
                problems.append(item)
                continue
            call, source, sure = item
            if call.id in places:
                problems.append(
                    Problem(
                        call.place,
                        "duplicate-id",
                        f"The id {call.id!r} was already used at {places[call.id]}; this row is left out.",
                        "Give every call an id of its own.",
                    )
                )
                continue
            places[call.id] = call.place
            unsure += not sure
            if sure:
                rows.append((call, source))
        if not good_and_bad:
            problems.append(Problem(str(manifest), "empty-manifest", "The manifest holds no rows.", _FORM))
        several = 1 < len({source for _, source in rows}) <= MOST_SOURCES
        for call, source in rows:
            calls.append(replace(call, set=f"{call.set}: {source or 'no source'}") if several else call)
    return Corpus(tuple(calls), tuple(problems), unsure)


def _set_names(manifests: Sequence[Path]) -> dict[Path, str]:
    """Name each manifest's set: its stem, with the folder or the whole path where two would be called the same."""
    names: dict[Path, str] = {}
    ways: list[Callable[[Path], str]] = [
        lambda path: path.stem,
        lambda path: f"{path.resolve().parent.name}/{path.stem}",
        str,
    ]
    for name in ways:
        taken = [name(manifest) for manifest in {*manifests}]
        for manifest in manifests:
            if manifest not in names and taken.count(name(manifest)) == 1:
                names[manifest] = name(manifest)
    return names


def _rows(manifest: Path, set_name: str) -> Iterator[tuple[LabelledCall, str | None, bool] | Problem]:
    """Yield each row's call, its source and whether its label is certain, or what is wrong with it."""
    decoder = msgspec.json.Decoder(_Row)
    try:
        with manifest.open("rb") as file:
            for number, line in enumerate(file, 1):
                place = f"{manifest}:{number}"
                if b"\0" in line:
                    message = "This is not a text file, so it is not a manifest."
                    yield Problem(place, "not-a-manifest", message, _FORM)
                    return
                text = line.removeprefix(b"\xef\xbb\xbf").strip()
                if not text:
                    continue
                try:
                    row = _decode(decoder, text)
                    sure = row.label != UNSURE
                    label = _label(row.label) if sure else Label.ORDINARY
                    call = _call(row, manifest, set_name, place, label)
                    yield replace(call, conditions=_conditions(text)), row.source, sure
                except _BadRowError as error:
                    yield Problem(place, *error.args)
    except OSError as error:
        cause = error.strerror or str(error)
        yield Problem(str(manifest), "manifest-unreadable", f"The manifest cannot be read: {cause}.", "Check the path.")


def _decode(decoder: msgspec.json.Decoder[_Row], line: bytes) -> _Row:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        raise _BadRowError("bad-row", f"The row has a wrong field: {error}.", _FORM) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _BadRowError("bad-json", f"The line is not one JSON object in UTF-8: {error}.", _FORM) from None


def _conditions(line: bytes) -> tuple[tuple[str, str], ...]:
    """Return the fields of a row that are not ours and hold one word, number or truth."""
    others = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    single = {
        name: msgspec.json.decode(value)
        for name, value in others.items()
        if name not in _Row.__struct_fields__ and memoryview(value)[0] not in b"{[n"
    }
    return tuple((name, value if isinstance(value, str) else f"{value}") for name, value in single.items())


def call_of(values: Mapping[str, object], manifest: Path, place: str) -> LabelledCall | Problem:
    """Read one decoded row of `manifest` whatever its label: without a good one the call is given as ordinary."""
    try:
        row = msgspec.convert(values, _Row)
        label = Label(row.label) if row.label in {*Label} else Label.ORDINARY
        return _call(row, manifest, manifest.stem, place, label)
    except msgspec.ValidationError as error:
        return Problem(place, "bad-row", f"The row has a wrong field: {error}.", _FORM)
    except _BadRowError as error:
        return Problem(place, *error.args)


def _call(row: _Row, manifest: Path, set_name: str, place: str, label: Label) -> LabelledCall:
    if row.id is None or not str(row.id).strip():
        raise _BadRowError("missing-id", "The row has no id.", _FORM)
    turns = tuple((turn[0] or "", turn[1]) if isinstance(turn, tuple) else _pair(turn) for turn in row.turns or ())
    if not turns and row.text is not None:
        turns = (("", row.text),)
    audio = None
    if row.audio is not None:
        audio = _recording(manifest.parent / row.audio, row.audio)
    elif not any(text.strip() for _, text in turns):
        given = "its text is empty" if row.text is not None or row.turns is not None else "it has no text"
        message = f"The row {str(row.id)!r} has no audio, and {given}."
        raise _BadRowError("nothing-to-hear", message, "Give the row an audio file, a text or turns.")
    campaign = None if row.campaign is None else str(row.campaign)
    return LabelledCall(str(row.id), label, set_name, place, audio, turns, campaign, row.duration_s)


def _pair(turn: _Turn) -> tuple[str, str]:
    return turn.speaker or "", turn.text


def _label(given: str | None) -> Label:
    allowed = ", ".join([*Label, UNSURE])
    if given is None:
        raise _BadRowError("missing-label", "The row has no label.", f"Give it one of: {allowed}.")
    try:
        return Label(given)
    except ValueError:
        near = difflib.get_close_matches(given.lower(), [*(label.value for label in Label), UNSURE], 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"It can be one of: {allowed}."
        raise _BadRowError("unknown-label", f"The label {given!r} is not known.", hint) from None


def _recording(path: Path, written: str) -> Path:
    try:
        missing = not path.is_file()
    except (OSError, ValueError):  # a name too long, or with a NUL in it
        missing = True
    if missing:
        hint = "Paths are relative to the manifest's folder."
        raise _BadRowError("missing-audio", f"The recording {written!r} is not there.", hint)
    return path
