"""Speech with known words and times for tests: the shipped samples."""

from pathlib import Path

import numpy as np

from livewatch.audio.file import open_recording
from livewatch.audio.speech import SpeechGate
from livewatch.engines.engine import Engine, Session
from livewatch.events import AudioChunk, Hypothesis, Samples

SAMPLES = Path(__file__).parents[2] / "samples"


def sample(name: str, caller: str = "mix") -> Samples:
    """The sound of a shipped sample: mono int16 at 16 kHz."""
    source = open_recording(SAMPLES / f"{name}.wav", caller=caller)  # type: ignore[arg-type] - a plain string is enough
    return np.concatenate([chunk.samples for chunk in source])


def noisy(sound: Samples, decibels: float) -> Samples:
    """`sound` with white noise `decibels` below its speech."""
    noise = np.random.default_rng(1).normal(size=len(sound))
    level = np.sqrt(np.mean(sound[np.abs(sound) > 300].astype(np.float64) ** 2)) * 10 ** (-decibels / 20)
    return np.clip(sound + noise * level, -32_768, 32_767).astype(np.int16)


def hear(engine: Engine, sound: Samples, size: int = 1600) -> tuple[list[Hypothesis], Session]:
    """All hypotheses of a fresh session over `sound`, in chunks of `size`, and the finished session."""
    session, gate = engine.open(), SpeechGate()
    marked = [
        m for start in range(0, len(sound), size) for m in gate.mark(AudioChunk(sound[start : start + size], start))
    ]
    hypotheses = [h for chunk in [*marked, *gate.flush()] for h in session.accept(chunk)]
    return [*hypotheses, *session.finish()], session


def final_text(hypotheses: list[Hypothesis]) -> str:
    """The words of the final hypotheses, without case and punctuation."""
    text = " ".join(h.text for h in hypotheses if h.final).lower()
    return " ".join("".join(c if c.isalnum() or c == "'" else " " for c in text).split())
