"""The known-answer test, in a process of its own: `python -m livewatch.doctor.answer` prints one JSON object."""

from __future__ import annotations

import json
import re
import sys
import time
import tomllib
from pathlib import Path

import livewatch
from livewatch.assembly import open_engine
from livewatch.audio.file import open_recording
from livewatch.audio.speech import SpeechGate
from livewatch.engines.engine import Engine
from livewatch.engines.trial import forbid_core_files
from livewatch.errors import LivewatchError
from livewatch.settings import Settings, load


def answer() -> dict[str, object]:
    """Recognise the demo sample as if it were live, as fast as it goes. Raises `LivewatchError`."""
    settings = load().settings
    began = time.monotonic()
    engine, _ = open_engine(settings.engine, live=True)
    ready_s = time.monotonic() - began
    path, expected = _sample()
    cpu, began = time.process_time(), time.monotonic()
    text, audio = _recognised(engine, path, settings)
    found = [phrase for phrase in expected if re.sub(r"[^a-z]", "", phrase.lower()) in text]
    return {
        "engine": engine.name,
        "model": engine.model,
        "expected": expected,
        "heard": found,
        "ready_s": round(ready_s, 2),
        "audio_s": round(audio, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.monotonic() - began, 2),
    }


def _recognised(engine: Engine, path: Path, settings: Settings) -> tuple[str, float]:
    """Return the letters of what was heard, and the length in seconds."""
    source = open_recording(path)
    gate, session = SpeechGate(settings.speech.aggressiveness), engine.open()
    finals: list[str] = []
    end = 0
    for chunk in source:
        end = chunk.end
        for marked in gate.mark(chunk):
            finals += [each.text for each in session.accept(marked) if each.final]
    for marked in gate.flush():
        finals += [each.text for each in session.accept(marked) if each.final]
    finals += [each.text for each in session.finish() if each.final]
    return re.sub(r"[^a-z]", "", " ".join(finals).lower()), end / 16_000


def _sample() -> tuple[Path, list[str]]:
    """Find the demo sample and the phrases said in it. Raises `LivewatchError`."""
    package = Path(livewatch.__file__).parent
    for folder in (package / "samples", package.parent / "samples"):  # installed, or in a source checkout
        try:
            samples = tomllib.loads((folder / "samples.toml").read_text("utf-8"))["sample"]
        except FileNotFoundError:
            continue
        demo = next(sample for sample in samples if sample.get("demo"))
        return folder / demo["file"], [phrase["says"] for phrase in demo["phrases"]]
    raise LivewatchError(
        "samples-missing", "The samples that come with livewatch are not there.", "Reinstall livewatch."
    )


if __name__ == "__main__":
    forbid_core_files()
    try:
        result = answer()
    except LivewatchError as error:
        result = {"error": error.message, "hint": error.hint}
    sys.stdout.write(json.dumps(result))
