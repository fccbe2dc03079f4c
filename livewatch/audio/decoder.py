"""The decoder protocol: a file turned into samples, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from livewatch.audio.resample import Block

ALLOWED_DEMUXERS = (
    "aac,ac3,aiff,alaw,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,caf,dts,eac3,flac,flv,g722,g723_1,g726,g726le,g729,gsm,"
    "ilbc,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,mulaw,ogg,qcp,rm,sln,sox,tak,tta,voc,w64,wav,wv,xwma"
)
"""File formats that PyAV and ffmpeg may take a file for. Playlists (hls, concat, sdp, dash) are not among them: they
name other files and network addresses to open."""

BLOCK_S = 0.5
"""Seconds decoded at a time. Blocks of 0.1 s cost more (8 kHz A-law 0.52 against 0.14 ms of CPU per second of sound,
FLAC 1.5 against 0.9), longer ones gain nothing; half a second of 8 channels at 384 kHz is 6 MB."""


class UnknownFormatError(Exception):
    """The decoder does not know the format; another one may. The text is the library's own."""


class Decoder(Protocol):
    """An open file. The constructor reads the header; `blocks` may be used once."""

    rate: int
    """Hertz"""
    channels: int
    """At least 1"""
    frames: int | None
    """Frames at `rate` if known beforehand (an estimate for MP3 without a length), else None"""

    def blocks(self) -> Iterator[Block]:
        """Yield the sound in blocks of about `BLOCK_S`; raise `AudioError` behind the good part when it is damaged."""
        ...

    def close(self) -> None:
        """Free the file, at any time."""
        ...
