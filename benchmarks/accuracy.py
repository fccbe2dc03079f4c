"""Word error rate against moonshine-voice's own: `python -m benchmarks.accuracy MANIFEST [--write FILE]`.

MANIFEST is JSON Lines with `audio` and `turns` or `text`. Rows: livewatch reading at the ends of utterances only (as
`replay`), livewatch reading while people speak (as live), the wheel's own transcription of whole files, and its
stream. All read the same sound; all texts are normalised alike (case, punctuation, digits one by one) and scored by
jiwer. Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np

from benchmarks.common import InMemory, Sound, load, provenance
from benchmarks.peers import moonshine_stream, moonshine_transcribe
from livewatch.audio.speech import SpeechGate
from livewatch.engines.moonshine import MoonshineEngine, open_engine

_DIGITS = dict(
    zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
)


def normalise(text: str) -> str:
    """Lower case, no punctuation, digits as words one by one."""
    text = re.sub(r"(\d)", lambda digit: f" {_DIGITS[digit[1]]} ", text.lower().replace("’", "'"))
    return " ".join(re.sub(r"[^a-z' ]", " ", text).split())


def reference(row: dict) -> str:
    """What was said."""
    turns = row.get("turns") or [["", row["text"]]]
    return normalise(" ".join(turn["text"] if isinstance(turn, dict) else turn[1] for turn in turns))


def livewatch(engine: MoonshineEngine) -> Callable[[Sound], str]:
    """The final words of the engine behind the speech gate."""

    def read(sound: Sound) -> str:
        session, gate = engine.open(), SpeechGate()
        marked = [m for chunk in InMemory(sound) for m in gate.mark(chunk)] + list(gate.flush())
        found = [h for chunk in marked for h in session.accept(chunk)] + list(session.finish())
        return " ".join(h.text for h in found if h.final)

    return read


def main() -> None:
    """Score all rows and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th row only")
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.manifest.read_text().splitlines()]
    rows = [row for row in rows if "turns" in row or "text" in row][:: options.every]
    sounds = [load([str(options.manifest.parent / row["audio"])]) for row in rows]
    said = [reference(row) for row in rows]
    audio_s = sum(len(sound) for sound in sounds) / 16_000
    readers = {
        "livewatch, at the ends of utterances": livewatch(open_engine(update_every_s=None)),
        "livewatch, live (0.3 s updates)": livewatch(open_engine(update_every_s=0.3)),
        "moonshine-voice transcribe": moonshine_transcribe(),
        "moonshine-voice stream (0.5 s updates)": moonshine_stream(0.5),
    }
    lines = ["# Word error rate", "", provenance(["moonshine-voice", "jiwer"])]
    lines += [f"- sound: {len(rows)} calls, {audio_s / 60:.1f} min, {sum(len(s.split()) for s in said)} words", ""]
    lines += [
        "| reader | word error rate % | substituted | left out | put in | CPU-s per s |",
        "|---|---|---|---|---|---|",
    ]
    for name, read in readers.items():
        began = time.process_time()
        texts = [normalise(read(sound)) for sound in sounds]
        cost = (time.process_time() - began) / audio_s
        score = jiwer.process_words(said, texts)
        counts = f"{score.substitutions} | {score.deletions} | {score.insertions}"
        lines.append(f"| {name} | {100 * score.wer:.2f} | {counts} | {cost:.3f} |")
        print(lines[-1], flush=True)
    table = "\n".join(lines) + "\n"
    print(table)
    if options.write:
        options.write.write_text(table)


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
