"""Machines with fewer decoders than this one."""

import sys

import pytest

from tests.audio.recordings import needs_av, needs_ffmpeg


@pytest.fixture(params=[pytest.param("PyAV", marks=needs_av), pytest.param("ffmpeg", marks=needs_ffmpeg)])
def either_decoder(request, monkeypatch):
    """What libsndfile does not know: once through PyAV, once through the program ffmpeg as if PyAV were not there."""
    if request.param == "ffmpeg":
        _forget_av(monkeypatch)


@pytest.fixture
def no_decoders(monkeypatch, tmp_path):
    """As on a machine with neither PyAV nor ffmpeg."""
    _forget_av(monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))


def _forget_av(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)  # importing it now fails as if it were not installed
    monkeypatch.delitem(sys.modules, "livewatch.audio.decode_av", raising=False)
