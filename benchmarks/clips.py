"""Make the clips of the latency benchmark: `python -m benchmarks.clips FOLDER` from the project's root.

Each clip says a phrase that must alert and goes on speaking at once, so that nothing can wait for a pause; the
sample at which the phrase ends is known. Writes WAV files and manifest.jsonl. The same voices give the same bytes.
"""

from __future__ import annotations

import json
import sys
import tomllib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from livewatch.audio.telephone import LINE_RATE, at_level, band, edges, encode, room
from samples.make import read
from samples.voices import RATE, VOICES, Sound, Voice, speak

LEVEL_DBFS = -20.0
LEAD_PAUSE_S = 0.35
"""Seconds between the lead-in and the sentence; a person breathes here too."""
LONGEST_GAP_S = 0.12
"""Seconds at most between a phrase and what follows where the two were spoken apart."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with the phrase in it, beginning at its first sound."""

    sound: Sound
    """At `RATE`"""
    start: float
    """Seconds: the phrase's first word begins"""
    end: float
    """Seconds: the phrase's last word ends"""
    gap: float
    """Seconds from there to the next word"""
    timing: str
    """plan: one sentence, times from the synthesiser; joined: spoken apart, times from the sound"""


def in_one_breath(voice: Voice, says: str, goes_on: str) -> Said:
    """Phrase and continuation as one sentence; the synthesiser tells when the phrase ends."""
    marked = read(f"{says} {goes_on}")
    first, last, _ = marked.phrases[0]
    said = speak(voice, marked.text)
    begin, until = edges(said.sound)
    end, following = said.ends[last], said.starts[last + 1]
    gap = min(following - end, LONGEST_GAP_S)
    # Some voices breathe here after all: the middle of what is too long comes out, it holds no sound.
    cut_from, cut_to = round((end + gap / 2) * RATE), round((following - gap / 2) * RATE)
    return Said(
        np.concatenate([said.sound[begin:cut_from], said.sound[cut_to:until]]),
        start=said.starts[first] - begin / RATE,
        end=end - begin / RATE,
        gap=gap,
        timing="plan",
    )


def joined(voice: Voice, says: str, goes_on: str, gap: float) -> Said:
    """Phrase and continuation spoken apart and joined `gap` seconds after the phrase's last sound."""
    marked = read(says)
    said = speak(voice, f"{marked.text}.")
    begin, until = edges(said.sound)
    after = speak(voice, goes_on)
    after_begin, after_until = edges(after.sound)
    silence = np.zeros(round(gap * RATE))
    return Said(
        np.concatenate([said.sound[begin:until], silence, after.sound[after_begin:after_until]]),
        start=said.starts[marked.phrases[0][0]] - begin / RATE,
        end=(until - begin) / RATE,
        gap=gap,
        timing="joined",
    )


def clips(plan: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Every clip of the plan: its row of the manifest and its WAV file.

    First every row in each of its voices over the channels in turn, then some again in loud noise, so that the
    same words are there with and without it.
    """
    turn = 0
    again = []
    for row in plan["row"]:
        for name in row["voices"]:
            lead = plan["leads"][row["lead"]][turn % len(plan["leads"][row["lead"]])]
            channel = plan["channel"][turn % len(plan["channel"])]
            yield _clip(row, name, lead, plan["tail"], channel, apart=turn % 2 == 1)
            if name == row.get("again"):
                again.append((row, name, lead, turn % 2 == 1))
            turn += 1
    for row, name, lead, apart in again:
        yield _clip(row, name, lead, plan["tail"], plan["noise"], apart=apart, suffix="-noise")


def _clip(
    row: dict[str, Any], name: str, lead: str, tail: str, channel: dict[str, Any], *, apart: bool, suffix: str = ""
) -> tuple[dict[str, Any], bytes]:
    voice, ident = VOICES[name], f"{row['id']}-{name}"
    gap = float(np.random.default_rng(zlib.crc32(ident.encode())).uniform(0, LONGEST_GAP_S))
    says, goes_on = row["says"], row["goes_on"]
    said = joined(voice, says, goes_on, gap) if apart else in_one_breath(voice, says, goes_on)
    sound, start = _assemble(voice, lead, said.sound, tail)
    marked = read(says)
    first, last, _ = marked.phrases[0]
    about = {
        "id": ident + suffix,
        "label": "scam",
        "audio": f"{ident}{suffix}.wav",
        "duration_s": round(len(sound) / LINE_RATE, 3),
        "voice": name,
        "kind": row["kind"],
        "lead": row["lead"],
        "phrase": " ".join(marked.text.split()[first : last + 1]),
        "phrase_start_s": round(start + said.start, 4),
        "phrase_end_s": round(start + said.end, 4),
        "gap_s": round(said.gap, 3),
        "timing": said.timing,
        "channel": channel["coding"],
        "snr_db": channel["snr_db"],
        "text": f"{lead} {marked.text} {goes_on} {tail}",
    }
    return about, _send(sound, channel, seed=zlib.crc32(about["id"].encode()))


def _assemble(voice: Voice, lead: str, sentence: Sound, tail: str) -> tuple[Sound, float]:
    """Return the whole clip at `LINE_RATE`, and the second at which the sentence begins."""
    parts: list[Sound] = [np.zeros(RATE // 2)]
    spoken = [_trimmed(voice, lead), sentence, _trimmed(voice, tail)]
    for sound, pause in zip(spoken, (LEAD_PAUSE_S, LEAD_PAUSE_S, 1.0), strict=True):
        parts += [sound, np.zeros(round(pause * RATE))]
    return band(np.concatenate(parts)), (len(parts[0]) + len(parts[1]) + len(parts[2])) / RATE


def _trimmed(voice: Voice, text: str) -> Sound:
    sound = speak(voice, text).sound
    first, last = edges(sound)
    return sound[first:last]


def _send(sound: Sound, channel: dict[str, Any], seed: int) -> bytes:
    noise_rms = 10 ** ((LEVEL_DBFS - channel["snr_db"]) / 20)
    return encode(at_level(sound, LEVEL_DBFS) + room(len(sound), noise_rms, seed), channel["coding"])


def main(arguments: list[str]) -> int:
    """Write all clips into the folder named."""
    if len(arguments) != 1:
        print("Name the folder to write to: python -m benchmarks.clips FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    plan = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    rows = []
    for row, recording in clips(plan):
        (folder / row["audio"]).write_bytes(recording)
        rows.append(row)
        print(f"{row['audio']}  {row['duration_s']:.1f} s  {row['channel']} {row['snr_db']} dB", file=sys.stderr)
    manifest = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "manifest.jsonl").write_text(manifest, encoding="utf-8")
    print(f"{len(rows)} clips, {folder / 'manifest.jsonl'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
