"""The speech gate: marks which sound is speech, so that recognisers spend nothing on silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import webrtcvad

from livewatch.events import SAMPLE_RATE, AudioChunk

FRAME = SAMPLE_RATE // 50
"""Samples per decision: exactly 20 ms. webrtcvad takes other lengths without complaint and answers nonsense."""


class SpeechGate:
    """Marks sound as speech or not, in frames of 20 ms counted from the call's first sample.

    The same stream cut into other chunks gives the same frames and the same marks. WebRTC's detector adapts to what it
    has heard, so one gate belongs to one track of one call. No hang-over and no pre-roll: recognisers, which keep the
    last seconds of sound anyway, decide themselves when a pause ends an utterance.
    """

    def __init__(self, aggressiveness: int = 1) -> None:
        """`aggressiveness` 0..3: how readily a frame is called silence (WebRTC's modes)."""
        self._vad = webrtcvad.Vad(aggressiveness)
        self._rest: AudioChunk | None = None

    def mark(self, chunk: AudioChunk) -> Iterator[AudioChunk]:
        """Yield the whole frames that are now complete, neighbours of one kind joined; keeps what is left over.

        Sound that is marked already passes through. `lost` is handed on with the first frame after the gap; a frame
        never spans a gap.
        """
        if chunk.speech is not None:
            yield chunk
            return
        if self._rest is not None and chunk.lost:
            yield from self.flush()
        samples, start, lost = chunk.samples, chunk.start, chunk.lost
        if self._rest is not None:
            samples = np.concatenate([self._rest.samples, samples])
            start, lost = self._rest.start, self._rest.lost
        whole = len(samples) // FRAME * FRAME
        runs = self._runs(samples[:whole])
        for first, last, speech in runs:
            yield replace(chunk, samples=samples[first:last], start=start + first, lost=lost, speech=speech)
            lost = 0
        rest = samples[whole:]
        self._rest = replace(chunk, samples=rest, start=start + whole, lost=lost) if len(rest) or lost else None

    def flush(self) -> Iterator[AudioChunk]:
        """End of the call or a gap: yield the incomplete last frame, padded with silence only for the decision."""
        if self._rest is not None:
            padded = np.zeros(FRAME, np.int16)
            padded[: len(self._rest.samples)] = self._rest.samples
            yield replace(self._rest, speech=self._vad.is_speech(padded.tobytes(), SAMPLE_RATE))
            self._rest = None

    def _runs(self, samples: np.ndarray) -> Iterator[tuple[int, int, bool]]:
        first, speech = 0, None
        for position in range(0, len(samples), FRAME):
            now = self._vad.is_speech(samples[position : position + FRAME].tobytes(), SAMPLE_RATE)
            if speech is not None and now != speech:
                yield first, position, speech
                first = position
            speech = now
        if speech is not None:
            yield first, len(samples), speech
