"""The ten-second test: a phrase from the speakers has to come back through the microphone as words."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from livewatch.assembly import open_engine
from livewatch.audio.microphone import Microphone, open_microphone
from livewatch.audio.speaker import play
from livewatch.audio.speech import SpeechGate
from livewatch.audio.wanted import Wanted
from livewatch.events import AudioChunk
from livewatch.settings import Settings

FIRST_SOUND_S = 4.0
"""An idle PulseAudio gives its first sound after up to 2 s"""
LAST_SOUND_S = 1.5
"""Until all that was played has come back"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is played."""

    path: Path
    start_s: float
    end_s: float
    words: tuple[str, ...]
    """Lower case; what has to be heard of it"""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of it."""

    level: float | None
    """Highest peak in dBFS; None when no sound came at all"""
    text: str
    """All that was recognised"""
    found: int
    """How many of the phrase's words"""

    @property
    def well(self) -> bool:
        """Whether that is enough: a room and two loudspeakers cost a word now and then."""
        return self.found >= 3


def try_hearing(wanted: Wanted, phrase: Phrase, settings: Settings) -> Heard:
    """Play the phrase and listen; takes about ten seconds. Raises `AudioError`, `UsageError` and `EngineError`."""
    engine, _ = open_engine(settings.engine, live=False)
    chunks: list[AudioChunk] = []
    peaks: list[float] = []
    microphone = open_microphone(wanted, time.monotonic())
    thread = threading.Thread(target=_listen, args=(microphone, chunks, peaks), daemon=True)
    thread.start()
    try:
        until = time.monotonic() + FIRST_SOUND_S
        while not chunks and time.monotonic() < until:
            time.sleep(0.05)
        if chunks:
            play(phrase.path, phrase.start_s, phrase.end_s)
            time.sleep(LAST_SOUND_S)
    finally:
        microphone.close()
        thread.join(2)
    gate, session = SpeechGate(settings.speech.aggressiveness), engine.open()
    marked = [each for chunk in chunks for each in gate.mark(chunk)]
    hypotheses = [said for each in [*marked, *gate.flush()] for said in session.accept(each)]
    text = " ".join(said.text for said in [*hypotheses, *session.finish()] if said.final)
    engine.close()
    spoken = set(re.findall(r"[a-z]+", text.lower()))
    return Heard(max(peaks, default=None), text, sum(word in spoken for word in phrase.words))


def _listen(microphone: Microphone, chunks: list[AudioChunk], peaks: list[float]) -> None:
    for chunk in microphone:
        chunks.append(chunk)
        peaks.append(microphone.level())
