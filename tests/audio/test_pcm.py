import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from livewatch.audio.pcm import SAMPLE_FORMATS, PcmReader, to_block

VALUES = np.array([0, 0.25, -0.25, 0.5, -1.0])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("u8", bytes([128, 160, 96, 192, 0])),
        ("s16le", np.array([0, 8192, -8192, 16384, -32768], "<i2").tobytes()),
        ("s16be", np.array([0, 8192, -8192, 16384, -32768], ">i2").tobytes()),
        ("s24le", b"\0\0\0\0\0\x20\0\0\xe0\0\0\x40\0\0\x80"),
        ("s32le", np.array([0, 1 << 29, -(1 << 29), 1 << 30, -(1 << 31)], "<i4").tobytes()),
        ("f32le", VALUES.astype("<f4").tobytes()),
        ("f64le", VALUES.astype("<f8").tobytes()),
    ],
)
def test_each_format_has_its_full_scale_and_its_sign(name, data):
    assert to_block(data, SAMPLE_FORMATS[name], 1)[:, 0].tolist() == VALUES.tolist()


@pytest.mark.parametrize(("name", "subtype"), [("mulaw", "ULAW"), ("alaw", "ALAW")])
def test_all_256_codes_of_g711_are_as_libsndfile_has_them(name, subtype):
    codes = bytes(range(256))
    theirs, _ = soundfile.read(
        io.BytesIO(codes), dtype="float32", format="RAW", subtype=subtype, samplerate=8000, channels=1
    )
    assert to_block(codes, SAMPLE_FORMATS[name], 1)[:, 0].tolist() == theirs.tolist()


class Trickle:
    """A pipe that gives as many bytes at a time as it likes."""

    def __init__(self, data, sizes):
        self.data = data
        self.sizes = [*sizes, len(data) + 1]

    def read(self, size, /):
        give = min(size, self.sizes.pop(0) if len(self.sizes) > 1 else self.sizes[0])
        data, self.data = self.data[:give], self.data[give:]
        return data


@given(
    name=st.sampled_from(sorted(SAMPLE_FORMATS)),
    channels=st.integers(1, 3),
    length=st.integers(0, 300),
    sizes=st.lists(st.integers(1, 40), max_size=20),
    head=st.integers(0, 20),
)
def test_short_reads_at_any_boundary_lose_nothing(name, channels, length, sizes, head):
    form = SAMPLE_FORMATS[name]
    data = np.random.default_rng(length).integers(0, 64, length, dtype=np.uint8).tobytes()
    reader = PcmReader(Trickle(data[head:], sizes), form, channels, 7, head=data[:head])
    blocks = list(reader)
    frame = form.width * channels
    whole = length // frame * frame
    got = np.concatenate([np.zeros((0, channels), np.float32), *blocks])
    assert (got == to_block(data[:whole], form, channels)).all()
    assert reader.odd_bytes == length - whole


def test_a_limit_ends_the_sound_before_what_follows_it():
    reader = PcmReader(io.BytesIO(b"\1\0" * 10 + b"LIST"), SAMPLE_FORMATS["s16le"], 1, 4, limit=20)
    assert sum(len(block) for block in reader) == 10
    assert (reader.odd_bytes, reader.missing_bytes) == (0, 0)


def test_missing_bytes_are_counted():
    reader = PcmReader(io.BytesIO(b"\1\0" * 10), SAMPLE_FORMATS["s16le"], 1, 4, head=b"\1\0", limit=100)
    assert sum(len(block) for block in reader) == 11
    assert reader.missing_bytes == 78
