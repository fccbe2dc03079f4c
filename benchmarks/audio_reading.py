"""What it costs to read recordings: CPU seconds per second of sound, decoding, resampling and speech gate included.

Usage: python benchmarks/audio_reading.py [RECORDING...]
Without arguments ten minutes of speech-like noise are written as 8 kHz WAV, 44.1 kHz MP3 and so on, and read.
"""

from __future__ import annotations

import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile

from livewatch.audio.file import open_recording
from livewatch.audio.speech import SpeechGate
from livewatch.events import SAMPLE_RATE, AudioChunk

MADE = (
    ("8 kHz mono PCM", "call8k.wav", 8000, 1, "PCM_16"),
    ("8 kHz mono mu-law", "mulaw8k.wav", 8000, 1, "ULAW"),
    ("8 kHz mono GSM 6.10", "gsm8k.wav", 8000, 1, "GSM610"),
    ("16 kHz mono PCM", "call16k.wav", 16000, 1, "PCM_16"),
    ("48 kHz stereo PCM", "studio48k.wav", 48000, 2, "PCM_16"),
    ("44.1 kHz mono MP3", "mono44k.mp3", 44100, 1, "MPEG_LAYER_III"),
    ("44.1 kHz stereo MP3", "stereo44k.mp3", 44100, 2, "MPEG_LAYER_III"),
    ("44.1 kHz mono FLAC", "mono44k.flac", 44100, 1, "PCM_16"),
    ("16 kHz mono Opus", "voice16k.opus", 16000, 1, "OPUS"),
)
SECONDS = 600


def main() -> None:
    """Print one row per recording."""
    print(f"# {platform.platform()}, Python {platform.python_version()}, one process, CPU = user + system")
    print(f"{'recording':24} {'read':>9} {'read+gate':>10}  CPU-s per s of sound   {'peak RSS':>9}")
    given = [Path(argument) for argument in sys.argv[1:]]
    for path in given:
        show(path.name, path)
    if given:
        return
    with tempfile.TemporaryDirectory() as folder:
        for title, name, rate, channels, subtype in MADE:
            path = Path(folder, name)
            write_speech_like(path, rate, channels, subtype)
            show(title, path)


def show(title: str, path: Path) -> None:
    """Read once without and once with the gate."""
    alone = cost(open_recording(path))
    gate = SpeechGate()
    gated = cost(marked for chunk in open_recording(path) for marked in gate.mark(chunk))
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{title:24} {alone:9.5f} {gated:10.5f}  {'':22} {rss:6.0f} MB")


def cost(chunks: Iterable[AudioChunk]) -> float:
    """CPU seconds per second of sound."""
    begun, end = time.process_time(), 0
    for chunk in chunks:
        end = chunk.end
    return (time.process_time() - begun) * SAMPLE_RATE / end


def write_speech_like(path: Path, rate: int, channels: int, subtype: str) -> None:
    """Low-passed noise in syllables with pauses: compresses like speech, unlike a tone."""
    random = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", rate, channels, subtype, format=_container(path)) as file:
        for second in range(SECONDS):
            noise = np.convolve(random.standard_normal(rate), np.hanning(max(3, rate // 3000)), "same")
            syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(rate) / rate), 0, 1) * (second % 5 < 3)
            sound = 0.1 * noise / np.abs(noise).std() * syllables
            file.write(np.repeat(np.clip(sound, -1, 1)[:, None], channels, axis=1))


def _container(path: Path) -> str | None:
    return "OGG" if path.suffix == ".opus" else None


if __name__ == "__main__":
    main()
