"""Free synthetic voices that say when they said each word. Needs the Debian packages named in README.md."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import soundfile
import soxr

from livewatch.audio.telephone import Sound
from livewatch.events import SAMPLE_RATE

RATE = SAMPLE_RATE
"""Hertz of everything this module returns."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic speaker."""

    program: str
    """flite or festival"""
    speaker: str
    """The name this program gives the voice"""
    stretch: float = 1.0
    """Length of every sound, 1.0 = as built; festival's HTS voice ignores it"""
    size: float = 1.0
    """Length of the speaker's throat: 1.1 plays the voice 10 % slower, so deeper and larger"""


VOICES = {
    "anna": Voice("festival", "cmu_us_slt_arctic_hts"),
    "ruth": Voice("festival", "cmu_us_slt_arctic_hts", size=1.14),
    "lucy": Voice("flite", "slt", stretch=1.12),
    "mark": Voice("flite", "rms"),
    "carl": Voice("flite", "rms", stretch=0.95, size=1.08),
    "ewan": Voice("flite", "awb", stretch=1.1),
    "kent": Voice("festival", "ked_diphone", stretch=1.1),
}
"""By the names used in the scripts. Three women's and four men's voices, of four real speakers."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a voice said."""

    sound: Sound
    """At `RATE`, with the pauses the voice puts before and after"""
    ends: tuple[float, ...]
    """Seconds at which each word of the text ends"""
    starts: tuple[float, ...]
    """Seconds at which each word of the text starts"""


@cache
def speak(voice: Voice, text: str) -> Utterance:
    """Say `text`, plain words with commas and full stops; figures and abbreviations must be spelt out.

    Times come from the synthesiser's own plan, not from listening. Raises `ValueError` when its words cannot be
    matched with those of `text`.
    """
    say = _flite if voice.program == "flite" else _festival
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        spans = say(voice, text, path)
        sound, rate = soundfile.read(path)
    sound = soxr.resample(sound, rate, RATE * voice.size)
    return Utterance(
        sound,
        ends=tuple(end * voice.size for _, end in spans),
        starts=tuple(start * voice.size for start, _ in spans),
    )


def _festival(voice: Voice, text: str, path: Path) -> list[tuple[float, float]]:
    program = f"""
        (voice_{voice.speaker})
        (Parameter.set 'Duration_Stretch {voice.stretch})
        (set! said (utt.synth (Utterance Text "{text}")))
        (utt.save.wave said "{path}" 'riff)
        (mapcar
          (lambda (word)
            (format t "%s %s %s\\n" (item.name word) (item.feat word "word_start") (item.feat word "word_end")))
          (utt.relation.items said 'Word))
    """
    told = _run(["festival", "--pipe"], program).splitlines()
    rows = [line.split() for line in told if line.count(" ") == 2]
    words = _words(text)
    if [name.lower() for name, _, _ in rows] != words:
        raise ValueError(f"festival says {[row[0] for row in rows]}, the text has {words}")
    return [(float(start), float(end)) for _, start, end in rows]


def _flite(voice: Voice, text: str, path: Path) -> list[tuple[float, float]]:
    """Flite tells the end of every sound but not of words: how many sounds the text up to a word has gives its end."""
    options = ["flite", "-voice", voice.speaker, "--setf", f"duration_stretch={voice.stretch}"]
    told = _run([*options, "-psdur", "-t", text, "-o", str(path)])
    sounds = [(name, float(end)) for name, _, end in (field.partition(":") for field in told.split())]
    starts = [0.0, *(end for _, end in sounds)]
    spoken = [(name, start, end) for (name, end), start in zip(sounds, starts, strict=False) if name != "pau"]
    spans, done = [], 0
    words = text.split()
    for count in range(1, len(words) + 1):
        alone = _run([*options, "-ps", "-t", " ".join(words[:count]), "-o", "none"]).split()
        until = len(alone) - alone.count("pau")
        if not done < until <= len(spoken):
            raise ValueError(f"flite says {words[count - 1]!r} of {text!r} differently within the sentence")
        spans.append((spoken[done][1], spoken[until - 1][2]))
        done = until
    if done != len(spoken):
        raise ValueError(f"flite has {len(spoken)} sounds for {text!r}, its words have {done}")
    return spans


def _words(text: str) -> list[str]:
    return [word.strip(".,?!").lower() for word in text.split()]


def _run(command: list[str], typed: str = "") -> str:
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=True).stdout
