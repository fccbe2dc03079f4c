"""Make the sample calls: `python -m samples.make [NAME...]` from the project's root.

Reads scripts.toml; writes NAME.wav, NAME.labels.txt (Audacity) and, when all are made, samples.toml with the times.
The same voices give the same bytes.
"""

from __future__ import annotations

import sys
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomlkit
from tomlkit.items import Table

from livewatch.audio.telephone import LINE_RATE, at_level, band, edges, encode, room
from samples.voices import RATE, VOICES, Sound, speak

FOLDER = Path(__file__).parent
LEVELS_DBFS = {"caller": -20.0, "callee": -23.0}
"""RMS of the speech of each side; the callee is nearer to silence, as on most recordings of a far party."""
CHANNELS = {"caller": 0, "callee": 1}
ABOUT = """\
Made by make.py from scripts.toml: what each sample is and the level it must reach.
level_by_s: end of the words by which that level is due; phrases: what phrase lists must know.
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A line of a script with its marks taken out."""

    text: str
    phrases: tuple[tuple[int, int, bool], ...]
    """(first word, last word, whether the level due must be shown by its end) of each marked phrase"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A marked phrase in the call."""

    says: str
    speaker: str
    start: float
    """Seconds"""
    end: float
    """Seconds: end of the last word"""
    decides: bool
    """The level due must be shown by its end"""


@dataclass(frozen=True, slots=True)
class Label:
    """A line of the script in the call."""

    start: float
    """Seconds: first sound"""
    end: float
    """Seconds: last sound"""
    text: str


def read(line: str) -> Marked:
    """Take the marks out of a line: `I need {!remote access}.` has the deciding phrase of words 2 to 3."""
    words, phrases, first, decides = [], [], 0, False
    for raw in line.split():
        word = raw
        if word.startswith("{"):
            first, decides = len(words), word.startswith("{!")
            word = word.removeprefix("{").removeprefix("!")
        if "}" in word:
            word = word.replace("}", "")
            phrases.append((first, len(words), decides))
        words.append(word)
    return Marked(" ".join(words), tuple(phrases))


def make(call: dict[str, Any]) -> tuple[bytes, list[Label], list[Phrase]]:
    """Speak a call: its WAV file, its labels and its marked phrases."""
    chance = np.random.default_rng(zlib.crc32(call["name"].encode()))
    turns: list[tuple[str, int, Sound]] = []
    labels: list[Label] = []
    phrases: list[Phrase] = []
    at = LINE_RATE // 2
    for speaker, line in call["lines"]:
        marked = read(line)
        said = speak(VOICES[call["voices"][speaker]], marked.text)
        first, last = edges(said.sound)
        sound = band(said.sound[first:last])
        turns.append((speaker, at, sound))
        offset = at / LINE_RATE - first / RATE
        labels.append(Label(at / LINE_RATE, (at + len(sound)) / LINE_RATE, f"{speaker}: {marked.text}"))
        words = marked.text.split()
        for a, b, decides in marked.phrases:
            says = " ".join(words[a : b + 1]).strip(".,?!")
            phrases.append(Phrase(says, speaker, said.starts[a] + offset, said.ends[b] + offset, decides))
        at += len(sound) + int(chance.uniform(0.3, 0.6) * LINE_RATE)
    return _record(call, turns, at), labels, phrases


def _record(call: dict[str, Any], turns: list[tuple[str, int, Sound]], length: int) -> bytes:
    channels = call.get("channels", 1)
    line = np.zeros((length, channels))
    for side, dbfs in LEVELS_DBFS.items():
        track = np.zeros(length)
        for speaker, at, sound in turns:
            if speaker == side:
                track[at : at + len(sound)] += sound
        if np.any(track):
            line[:, CHANNELS[side] % channels] += at_level(track, dbfs)
    noise_rms = 10 ** ((LEVELS_DBFS["caller"] - call["snr_db"]) / 20)
    for channel in range(channels):
        line[:, channel] += room(length, noise_rms, seed=zlib.crc32(f"{call['name']} {channel}".encode()))
    return encode(line, call["coding"])


def write_labels(path: Path, labels: list[Label]) -> None:
    """Audacity's label track: start, end and text between tabs, seconds."""
    path.write_text(
        "".join(f"{label.start:.3f}\t{label.end:.3f}\t{label.text}\n" for label in labels), encoding="utf-8"
    )


def describe(call: dict[str, Any], phrases: list[Phrase]) -> Table:
    """Return the row of samples.toml."""
    row = tomlkit.table()
    row.update({"name": call["name"], "title": call["title"], "file": f"{call['name']}.wav", "level": call["level"]})
    row["demo"] = call.get("demo", False)
    row["shows"] = call["shows"]
    deciding = [phrase.end for phrase in phrases if phrase.decides]
    if deciding:
        row["level_by_s"] = round(deciding[0], 3)
    listed = tomlkit.array().multiline(multiline=True)
    for phrase in phrases:
        item = tomlkit.inline_table()
        item.update({"says": phrase.says, "speaker": phrase.speaker})
        item.update({"start_s": round(phrase.start, 3), "end_s": round(phrase.end, 3)})
        listed.append(item)
    row["phrases"] = listed
    return row


def main(names: list[str]) -> int:
    """Make the calls named, or all of them and samples.toml."""
    calls = tomllib.loads((FOLDER / "scripts.toml").read_text(encoding="utf-8"))["call"]
    unknown = set(names) - {call["name"] for call in calls}
    if unknown:
        print(f"No script is called {', '.join(sorted(unknown))}; see {FOLDER / 'scripts.toml'}.", file=sys.stderr)
        return 2
    rows = tomlkit.aot()
    for call in calls:
        if names and call["name"] not in names:
            continue
        recording, labels, phrases = make(call)
        (FOLDER / f"{call['name']}.wav").write_bytes(recording)
        write_labels(FOLDER / f"{call['name']}.labels.txt", labels)
        rows.append(describe(call, phrases))
        print(f"{call['name']}.wav  {labels[-1].end:.1f} s  {len(recording) / 1000:.0f} kB")
    if not names:
        document = tomlkit.document()
        for line in ABOUT.splitlines():
            document.add(tomlkit.comment(line))
        document["sample"] = rows
        (FOLDER / "samples.toml").write_text(tomlkit.dumps(document), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
