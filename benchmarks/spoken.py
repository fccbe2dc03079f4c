"""Speaks written calls: `python -m benchmarks.spoken FOLDER MANIFEST… [--calls 40] [--words 170] [--seed 3]`.

Of each manifest, `--calls` texts of at most `--words` words are drawn. Two of the voices that are installed
(flite and festival; espeak-ng where there are no others) say the caller's turns and the other's, 4 dB quieter, with
pauses of 0.2 to 0.6 s, and a telephone line is laid over it: 300 to 3,400 Hz, noise 20, 25 or 30 dB below, G.711.
FOLDER gets the recordings and their manifest, for `livewatch evaluate FOLDER/manifest.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np

from livewatch.audio.telephone import LINE_RATE, at_level, band, encode, room, speech_rms
from livewatch.tuning.corpus.manifest import LabelledCall, read_corpus
from livewatch.tuning.rehearse.voices import Voice, installed, speak

_CALLER_DB, _OTHER_DB = -26.0, -30.0
_NOISE_DB = (20, 25, 30)


def main() -> None:
    """Write the recordings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("manifests", nargs="+", type=Path)
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--words", type=int, default=170)
    parser.add_argument("--seed", type=int, default=3, help="another one: other calls, voices and lines")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(options.seed)
    voices = installed()
    people = [voice for voice in voices if not voice.name.startswith("espeak")] or voices
    with (options.folder / "manifest.jsonl").open("w", encoding="utf-8") as manifest:
        for path in options.manifests:
            calls = [call for call in read_corpus([path]).calls if call.words < options.words]
            chance.shuffle(calls)
            for number, call in enumerate(calls[: options.calls]):
                name = f"{call.id}.wav"
                (options.folder / name).write_bytes(_recording(call, chance.sample(people, 2), chance, number))
                manifest.write(json.dumps({"id": call.id, "label": call.label.value, "audio": name}) + "\n")


def _recording(call: LabelledCall, voices: list[Voice], chance: random.Random, seed: int) -> bytes:
    parts: list[np.ndarray] = []
    for speaker, text in call.turns:
        caller = speaker == "caller"
        said = np.asarray(speak(voices[0 if caller else 1], text, 1.0), np.float64)
        parts.append(at_level(band(said), _CALLER_DB if caller else _OTHER_DB))
        parts.append(np.zeros(int(LINE_RATE * chance.uniform(0.2, 0.6))))
    sound = np.concatenate(parts)
    noise = speech_rms(sound) * 10 ** (-chance.choice(_NOISE_DB) / 20)
    return encode(sound + room(len(sound), noise, seed), "ulaw")


if __name__ == "__main__":
    main()
