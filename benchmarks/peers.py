"""The programs that livewatch is measured against, each as a function of sound in memory."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.common import Sound
from livewatch.events import SAMPLE_RATE

Reader = Callable[[Sound], str]
"""Mono int16 sound at 16 kHz to what was recognised"""

PIECE = SAMPLE_RATE // 25
"""Samples fed at a time where a peer takes a stream: 40 ms"""


def moonshine_transcribe() -> Reader:
    """moonshine-voice over whole files, with its own segmentation (its default options)."""
    from moonshine_voice import ModelArch, Transcriber

    def read(sound: Sound) -> str:
        transcriber = Transcriber(_weights(), ModelArch.TINY)
        try:
            transcript = transcriber.transcribe_without_streaming(_floats(sound), SAMPLE_RATE)
            return " ".join(line.text for line in transcript.lines)
        finally:
            transcriber.close()

    return read


def moonshine_stream(update_s: float) -> Reader:
    """moonshine-voice's stream with an update every `update_s` seconds; keeps no audio, which makes it faster."""
    from moonshine_voice import ModelArch, Transcriber
    from moonshine_voice.transcriber import TranscriptEventListener

    class Lines(TranscriptEventListener):
        def __init__(self) -> None:
            self.texts: list[str] = []

        def on_line_completed(self, event) -> None:
            self.texts.append(event.line.text)

    def read(sound: Sound) -> str:
        transcriber = Transcriber(
            _weights(), ModelArch.TINY, update_interval=update_s, options={"return_audio_data": "false"}
        )
        lines = Lines()
        try:
            stream = transcriber.create_stream(update_interval=update_s)
            stream.add_listener(lines)
            stream.start()
            samples = _floats(sound)
            for start in range(0, len(samples), PIECE):
                stream.add_audio(samples[start : start + PIECE], SAMPLE_RATE)
            stream.stop()
            stream.close()
        finally:
            transcriber.close()
        return " ".join(lines.texts)

    return read


def pocketsphinx_phrases(phrases: Sequence[str], threshold: float = 1e-20) -> Reader:
    """Pocketsphinx in key-phrase mode; the text is the phrases it found."""
    from pocketsphinx import Config, Decoder, get_model_path

    model = Path(get_model_path("en-us"))
    config = Config(
        hmm=str(model / "en-us"), dict=str(model / "cmudict-en-us.dict"), samprate=SAMPLE_RATE, loglevel="FATAL"
    )
    decoder = Decoder(config)
    known = [p for p in phrases if all(decoder.lookup_word(word) for word in p.split())]
    keyphrases = Path("keyphrases.tmp")
    keyphrases.write_text("".join(f"{phrase} /{threshold:g}/\n" for phrase in known))
    try:
        decoder.add_kws("phrases", str(keyphrases))
    finally:
        keyphrases.unlink()
    decoder.activate_search("phrases")

    def read(sound: Sound) -> str:
        found: list[str] = []
        decoder.start_utt()
        for start in range(0, len(sound), PIECE):
            decoder.process_raw(sound[start : start + PIECE].tobytes())
            if decoder.hyp() is not None:
                found.append(decoder.hyp().hypstr)
                decoder.end_utt()
                decoder.start_utt()
        decoder.end_utt()
        return " ".join(found)

    return read


def whisper_loop() -> Reader | None:
    """faster-whisper tiny in a 5 s loop, beam 1; None where its weights are not on this machine."""
    if importlib.util.find_spec("faster_whisper") is None:
        return None
    from faster_whisper import WhisperModel

    try:
        model = WhisperModel("tiny", device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
    except (OSError, ValueError, RuntimeError):
        return None

    def read(sound: Sound) -> str:
        samples = sound.astype(np.float32) / 32768.0
        texts: list[str] = []
        for start in range(0, len(samples), 5 * SAMPLE_RATE):
            segments, _ = model.transcribe(samples[start : start + 5 * SAMPLE_RATE], language="en", beam_size=1)
            texts.extend(segment.text for segment in segments)
        return " ".join(texts)

    return read


def _weights() -> str:
    spec = importlib.util.find_spec("moonshine_voice")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("moonshine-voice is not installed.")
    return str(Path(next(iter(spec.submodule_search_locations))) / "assets" / "tiny-en")


def _floats(sound: Sound) -> list[float]:
    return (sound.astype(np.float32) / 32768.0).tolist()
