from itertools import pairwise

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.audio.speech import FRAME, SpeechGate
from livewatch.events import SAMPLE_RATE, AudioChunk
from tests.audio.recordings import needs_flite, read, run

PAUSE = 2 * SAMPLE_RATE


def noise_in_bursts(length, seed=1):
    """Something that the gate marks now as speech, now as silence."""
    random = np.random.default_rng(seed)
    envelope = np.repeat(random.choice([0.0, 0.02, 0.3], length // 4000 + 1), 4000)[:length]
    hum = np.sin(2 * np.pi * 150 * np.arange(length) / SAMPLE_RATE) + 0.5 * random.standard_normal(length)
    return np.clip(hum * envelope * 12_000, -32768, 32767).astype(np.int16)


def marks(chunks):
    """The decision for each sample, with what the chunks carry."""
    return np.concatenate([np.zeros(0, bool), *(np.full(len(chunk.samples), chunk.speech) for chunk in chunks)])


def sound(chunks):
    return np.concatenate([np.zeros(0, np.int16), *(chunk.samples for chunk in chunks)])


def gate(chunks):
    speech_gate = SpeechGate()
    return [*(marked for chunk in chunks for marked in speech_gate.mark(chunk)), *speech_gate.flush()]


def cut(samples, positions):
    """The same sound in chunks that begin at `positions`."""
    edges = [0, *sorted(positions), len(samples)]
    return [AudioChunk(samples[a:b], a) for a, b in pairwise(edges)]


@settings(max_examples=80, deadline=None)
@given(length=st.integers(0, 20_000), data=st.data())
def test_the_marks_do_not_depend_on_the_chunk_sizes(length, data):
    samples = noise_in_bursts(length)
    positions = data.draw(st.lists(st.integers(0, length), max_size=12))
    whole, parts = gate(cut(samples, [])), gate(cut(samples, positions))
    assert (sound(parts) == samples).all()
    assert (marks(parts) == marks(whole)).all()
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert all(chunk.speech is not None for chunk in parts)


@settings(max_examples=80, deadline=None)
@given(
    parts=st.lists(st.tuples(st.integers(0, 1500), st.sampled_from([0, 0, 0, 7, 320, 5000])), max_size=10),
)
def test_no_sample_is_lost_at_a_gap_and_each_loss_is_told_once(parts):
    """`parts`: length of each chunk, and the samples lost before it."""
    chunks, at = [], 0
    for length, lost in parts:
        at += lost
        chunks.append(AudioChunk(noise_in_bursts(length), at, lost=lost))
        at += length
    marked = gate(chunks)
    assert (sound(marked) == sound(chunks)).all()
    assert sum(chunk.lost for chunk in marked) == sum(lost for _, lost in parts)
    position = 0
    for chunk in marked:
        assert chunk.start - chunk.lost == position
        position = chunk.end
    assert position == at


def test_a_frame_never_spans_a_gap():
    chunks = [AudioChunk(noise_in_bursts(FRAME + 100), 0), AudioChunk(noise_in_bursts(FRAME), 5000, lost=4580)]
    marked = gate(chunks)
    assert [chunk.end for chunk in marked if chunk.end <= 420][-1] == FRAME + 100
    assert next(chunk.lost for chunk in marked if chunk.start == 5000) == 4580


@pytest.mark.parametrize("aggressiveness", [0, 1, 2, 3])
def test_silence_and_the_hiss_of_an_empty_line_are_not_speech(aggressiveness):
    hiss = np.random.default_rng(1).normal(0, 8, 10 * SAMPLE_RATE).astype(np.int16)  # about -72 dBFS
    for quiet in (np.zeros(10 * SAMPLE_RATE, np.int16), hiss):
        speech_gate = SpeechGate(aggressiveness)
        marked = [*speech_gate.mark(AudioChunk(quiet, 0)), *speech_gate.flush()]
        assert marks(marked)[SAMPLE_RATE:].mean() < 0.01  # the detector needs a moment to learn the noise


@needs_flite
@pytest.mark.parametrize("voice", ["slt", "rms", "kal"])
def test_speech_is_marked_and_the_pauses_around_it_are_not(tmp_path, voice):
    text = "Hello, this is Microsoft support. Your computer is infected with a dangerous virus."
    run("flite", "-voice", voice, "-t", text, tmp_path / "said.wav")
    said, _ = read(tmp_path / "said.wav")
    quiet = np.random.default_rng(1).normal(0, 8, PAUSE).astype(np.int16)
    samples = np.concatenate([quiet, said, quiet])
    soundfile.write(tmp_path / "telephone.wav", samples[::2], 8000)  # a rough telephone band
    for call in (samples, read(tmp_path / "telephone.wav")[0]):
        voiced = marks(gate(cut(call, range(1600, len(call), 1600))))
        speech = voiced[PAUSE + 2000 : PAUSE + len(said) - 4000]
        assert speech.mean() > 0.85
        assert voiced[SAMPLE_RATE : PAUSE - 1600].mean() < 0.02
        assert voiced[-PAUSE + SAMPLE_RATE :].mean() < 0.02  # WebRTC holds on for less than a second
