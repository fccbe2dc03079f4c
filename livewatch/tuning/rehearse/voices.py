"""The synthetic voices that are installed: espeak-ng, flite, festival and piper. Nothing is written to the disk."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import platformdirs
import soxr

from livewatch.audio.telephone import Sound
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE

INSTALL = "To get some on Debian and Ubuntu: sudo apt install flite espeak-ng"
_ESPEAK = ("en-us", "en-us+f3", "en-gb")
_ESPEAK_PACE = 175
"""Words a minute"""
_FLITE = ("slt", "rms", "awb", "kal16")
"""Others are the same speakers at 8 kHz, or tell only the time"""
_FESTIVAL = re.compile(r"(?:cmu_us|ked|en1|us\d|rab)_\w+")
"""English voices; `kal` is flite's"""
_PIPER_FOLDERS = ("piper", "piper-voices")
_MOST_PIPER = 3
_PATIENCE_S = 30
"""For one sentence; piper loads its model for each of them"""


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic speaker."""

    program: str
    """espeak-ng, flite, festival or piper"""
    speaker: str
    """The name this program gives the voice; piper: path of the model"""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.program} {Path(self.speaker).stem if self.program == 'piper' else self.speaker}"


def installed() -> list[Voice]:
    """Return the English voices of this computer, programs in turn, so that the first few are different."""
    found = [
        [Voice("piper", str(model)) for model in _piper_models()],
        [Voice("flite", name) for name in _FLITE if name in _told("flite", "-lv").split()],
        [Voice("festival", name) for name in _FESTIVAL.findall(_told("festival", "--batch", "(print (voice.list))"))],
        [Voice("espeak-ng", name) for name in _ESPEAK if name.partition("+")[0] in _told("espeak-ng", "--voices=en")],
    ]
    most = max(map(len, found))
    return [voices[place] for place in range(most) for voices in found if place < len(voices)]


def speak(voice: Voice, text: str, pace: float) -> Sound:
    """Say `text` at `pace` (1.0: as built; 1.2: faster); 16 kHz, with the voice's own pauses around it.

    Raises `LivewatchError` when the program fails.
    """
    match voice.program:
        case "espeak-ng":
            speed = str(round(_ESPEAK_PACE * pace))
            sound = _wave(_run(voice, ["espeak-ng", "-v", voice.speaker, "-s", speed, "--stdin", "--stdout"], text))
        case "flite":
            stretch = f"duration_stretch={1 / pace:.3f}"
            sound = _wave(
                _run(voice, ["flite", "-voice", voice.speaker, "--setf", stretch, "-t", text, "-o", "/dev/stdout"])
            )
        case "festival":
            # Not text2wave, which writes into the folder for temporary files.
            said = text.replace("\\", "").replace('"', "")
            asked = f"(voice_{voice.speaker}) (Parameter.set 'Duration_Stretch {1 / pace:.3f})"
            saved = f'(utt.save.wave (utt.synth (Utterance Text "{said}")) "-" \'riff)'
            sound = _wave(_run(voice, ["festival", "--pipe"], f"{asked} {saved}"))
        case _:
            command = ["piper", "--model", voice.speaker, "--length_scale", f"{1 / pace:.3f}", "--output_raw"]
            sound = _samples(_run(voice, command, text), _piper_rate(Path(voice.speaker)))
    if not len(sound):
        raise LivewatchError("rehearse-voice", f"The voice {voice.name} said nothing.")
    return sound


def _wave(data: bytes) -> Sound:
    """Read a WAV file that was written into a pipe: the lengths in its header are not filled in."""
    place = data.find(b"data")
    rate = int.from_bytes(data[24:28], "little")
    return _samples(data[place + 8 :], rate) if place > 0 and rate else np.zeros(0)


def _samples(data: bytes, rate: int) -> Sound:
    whole = np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32_768
    return soxr.resample(whole, rate, SAMPLE_RATE) if len(whole) else whole


def _run(voice: Voice, command: list[str], typed: str = "") -> bytes:
    try:
        return subprocess.run(  # noqa: S603 - no shell; the text is one argument or comes through a pipe
            command, input=typed.encode(), capture_output=True, check=True, timeout=_PATIENCE_S
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        cause = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it gave no reason"]
        raise LivewatchError("rehearse-voice", f"The voice {voice.name} failed: {cause[0]}.") from error


@cache
def _told(program: str, *arguments: str) -> str:
    """Return what a program prints; nothing where it is not installed or fails."""
    if shutil.which(program) is None:
        return ""
    try:
        return subprocess.run(  # noqa: S603
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _piper_models() -> list[Path]:
    if shutil.which("piper") is None:
        return []
    places = [platformdirs.user_data_path(name, appauthor=False) for name in _PIPER_FOLDERS]
    places += [Path(base, "share", name) for base in ("/usr", "/usr/local") for name in _PIPER_FOLDERS]
    models = [path for place in places if place.is_dir() for path in sorted(place.rglob("en_*.onnx"))]
    return [path for path in models if path.with_name(path.name + ".json").is_file()][:_MOST_PIPER]


def _piper_rate(model: Path) -> int:
    return int(json.loads(model.with_name(model.name + ".json").read_text("utf-8"))["audio"]["sample_rate"])
