"""Decoding through the `ffmpeg` program, where PyAV is not installed: the same formats, in a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from livewatch.audio.decoder import ALLOWED_DEMUXERS, BLOCK_S, UnknownFormatError
from livewatch.audio.pcm import PcmReader
from livewatch.audio.resample import Block
from livewatch.audio.wav import WavError, read_header
from livewatch.errors import AudioError

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Windows would open a console window for ffmpeg; elsewhere the flag does not exist."""


class FfmpegDecoder:
    """A file that ffmpeg turns into a WAV stream of float samples."""

    def __init__(self, path: Path, name: str, ffmpeg: str, ffprobe: str | None = None) -> None:
        """`ffmpeg`, `ffprobe`: the programs. Without ffprobe the length stays unknown. Raises `UnknownFormatError`."""
        self._name = name
        # "file:" and the lists keep a name or a playlist from naming options, devices or network addresses.
        asked = ["-protocol_whitelist", "file", "-format_whitelist", ALLOWED_DEMUXERS, "-i", f"file:{path.absolute()}"]
        given = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-c:a", "pcm_f32le", "-f", "wav", "-bitexact", "pipe:1"]
        command = [ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", *asked, *given]
        # A file, not a pipe: nobody reads it meanwhile, and a full pipe would stop ffmpeg.
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(  # noqa: S603 - no shell; the path cannot be an option behind "file:"
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is for livewatch alone, which then ends ffmpeg
            creationflags=_NO_WINDOW,
        )
        self._sound = cast("IO[bytes]", self._process.stdout)
        try:
            header = read_header(self._sound)
        except WavError:
            self._process.wait()
            cause = self._complaints()
            self.close()
            raise UnknownFormatError(cause) from None
        self.rate = header.rate
        self.channels = header.channels
        self._form = header.sample_format
        self.frames = _frames(path, self.rate, ffprobe)

    def blocks(self) -> Iterator[Block]:
        """See `Decoder`."""
        if self._form is None:
            raise AudioError("damaged", f"{self._name} cannot be read: ffmpeg answered with another format.")
        done = 0
        for block in PcmReader(self._sound, self._form, self.channels, int(self.rate * BLOCK_S)):
            done += len(block)
            yield block
        self._process.wait()
        if self._complaints() or self._process.returncode:
            at = f"{done / self.rate:.1f} s of sound could be read"
            raise AudioError("damaged", f"{self._name} is damaged or cut off; {at}.")

    def close(self) -> None:
        """See `Decoder`."""
        if self._process.poll() is None:
            self._process.kill()
        self._sound.close()
        self._process.wait()
        self._said.close()

    def _complaints(self) -> str:
        self._said.seek(0)
        return self._said.read(4096).decode("utf-8", "replace").strip()


def _frames(path: Path, rate: int, ffprobe: str | None) -> int | None:
    if ffprobe is None:
        return None
    command = [ffprobe, "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", ALLOWED_DEMUXERS]
    command += ["-show_entries", "format=duration", "-of", "csv=p=0", f"file:{path.absolute()}"]
    try:
        answer = subprocess.run(  # noqa: S603 - as above
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False, creationflags=_NO_WINDOW
        )
        return round(float(answer.stdout) * rate)
    except (ValueError, OverflowError, OSError, subprocess.TimeoutExpired):  # "N/A": the length is nice to have
        return None
