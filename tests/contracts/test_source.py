"""What every source of sound must do (livewatch/audio/source.py), whatever it reads."""

import gc
import io
import sys
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livewatch.audio.file import open_recording
from livewatch.audio.source import Source
from livewatch.audio.stdin import StdinSource
from livewatch.events import SAMPLE_RATE
from tests.audio.recordings import needs_av, needs_ffmpeg, tone, wav_bytes, with_ffmpeg, write_tone
from tests.fakes import SilentSource
from tests.needs import needs

SECONDS = 3


def raw_pipe(folder: Path) -> Source:
    return StdinSource(io.BytesIO(np.rint(tone(1000, SAMPLE_RATE, SECONDS) * 32767).astype("<i2").tobytes()))


def wav_pipe(folder: Path) -> Source:
    data = np.rint(tone(1000, 8000, SECONDS) * 32767).astype("<i2").tobytes()
    return StdinSource(io.BytesIO(wav_bytes(data)))


def telephone_wav(folder: Path) -> Source:
    return open_recording(write_tone(folder / "call.wav", seconds=SECONDS, subtype="ULAW"))


def caller_of_a_stereo_flac(folder: Path) -> Source:
    one = tone(1000, 44100, SECONDS)
    soundfile.write(folder / "call.flac", np.stack([one, one], axis=1), 44100)
    return open_recording(folder / "call.flac", caller="left")


def mp3(folder: Path) -> Source:
    soundfile.write(folder / "call.mp3", tone(1000, 22050, SECONDS), 22050)
    return open_recording(folder / "call.mp3")


def unfinished_wav(folder: Path) -> Source:
    (folder / "call.wav").write_bytes(wav_bytes(b"\x10\x20" * 8000 * SECONDS, size=0))
    return open_recording(folder / "call.wav")


def phone_memo(folder: Path) -> Source:
    return open_recording(with_ffmpeg(write_tone(folder / "a.wav", seconds=SECONDS), folder / "memo.m4a"))


def fake(folder: Path) -> Source:
    return SilentSource("fake", SECONDS * SAMPLE_RATE)


SOURCES = [
    raw_pipe,
    wav_pipe,
    telephone_wav,
    caller_of_a_stereo_flac,
    mp3,
    unfinished_wav,
    pytest.param(phone_memo, id="phone_memo by PyAV", marks=[needs_ffmpeg, needs_av]),
    pytest.param(phone_memo, id="phone_memo by ffmpeg", marks=needs_ffmpeg),
    fake,
]


@pytest.fixture(params=SOURCES)
def source(request, tmp_path, monkeypatch):
    if "by ffmpeg" in request.node.name:
        monkeypatch.setitem(sys.modules, "av", None)
        monkeypatch.delitem(sys.modules, "livewatch.audio.decode_av", raising=False)
    make: Callable[[Path], Source] = request.param
    return make(tmp_path)


def test_the_name_is_text_and_the_length_is_known_or_none(source):
    assert isinstance(source.name, str)
    assert source.name
    assert source.duration is None or source.duration == pytest.approx(SECONDS * SAMPLE_RATE, abs=0.15 * SAMPLE_RATE)


def test_chunks_are_mono_int16_short_and_not_yet_judged(source):
    chunks = list(source)
    assert chunks
    for chunk in chunks:
        assert chunk.samples.dtype == np.int16
        assert chunk.samples.ndim == 1
        assert len(chunk.samples) <= SAMPLE_RATE // 2
        assert chunk.speech is None
        assert chunk.lost >= 0


def test_time_begins_at_zero_rises_and_has_no_hole(source):
    chunks = list(source)
    assert chunks[0].start == chunks[0].lost
    assert all(after.start - after.lost == before.end for before, after in pairwise(chunks))
    assert chunks[-1].end == pytest.approx(SECONDS * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)


def test_one_side_is_heard_from_beginning_to_end(source):
    sides = {chunk.side for chunk in source}
    assert len(sides) == 1
    assert sides <= {"caller", "me", "any"}


def test_chunks_that_were_given_out_do_not_change_afterwards(source):
    chunks, copies = [], []
    for chunk in source:
        chunks.append(chunk)
        copies.append(chunk.samples.copy())
    assert all((chunk.samples == copy).all() for chunk, copy in zip(chunks, copies, strict=True))


@needs(Path("/proc/self/fd").is_dir(), "open files are counted through /proc")
def test_closing_the_iterator_closes_the_file(source):
    def open_files() -> set[str]:
        gc.collect()
        return {str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}

    before = open_files()
    chunks = iter(source)
    assert len(list(islice(chunks, 3))) == 3
    chunks.close()
    del chunks
    assert not {name for name in open_files() - before if "pipe" in name or "call" in name or "memo" in name}


def test_a_source_that_was_left_halfway_can_be_forgotten(source):
    next(iter(source))
    del source
    gc.collect()  # a warning about something left open would fail the test run with -W error
