"""A live track: a device held by a process of its own, opened again whenever it stops giving sound."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import IO, cast

import numpy as np

from livewatch.audio import devices, helper
from livewatch.audio.capture import HEADER, SOUND
from livewatch.audio.clock import TrackClock
from livewatch.audio.devices import Device
from livewatch.audio.health import START_S, Health, Trouble
from livewatch.audio.level import FULL_SCALE
from livewatch.audio.names import quoted
from livewatch.audio.resample import Resampler
from livewatch.audio.speech import SpeechGate
from livewatch.audio.wanted import Wanted
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE, AudioChunk, Samples

_BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)
"""Seconds before each further try to open, the last one for ever: sound is back within 5 s of its cause's end"""
_REOPEN_S = 8.0
"""Seconds without a frame after which the device is opened again. A server that only stood still for 6 s was measured
to deliver everything late, which opening again would throw away"""
_WHY = {
    "open": "{name} cannot be opened.",
    "portaudio": "The sound library PortAudio cannot be loaded (on Debian and Ubuntu: sudo apt install libportaudio2).",
}
"""Why a device gives nothing, by what its process says"""


class Microphone:
    """Satisfies `Source`: iterate in a thread of its own; everything else may be called from any thread.

    Never ends by itself: a device that goes away is looked for by name until it comes back. Sample indices count from
    `epoch` by the wall clock at each opening, and by the samples that come from then on, so that two tracks share one
    clock; what a device did not deliver is counted in `lost`.
    """

    duration: int | None = None

    def __init__(
        self, wanted: Wanted, device: Device, epoch: float, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`device` is what `wanted` means at present; `epoch` is the time of sample 0 on the clock `now`."""
        self.wanted = wanted
        self.name = device.label
        self.device = device
        self._epoch = epoch
        self._now = now
        self._lock = threading.Lock()
        """Of `_health` and `_process`"""
        self._health = self._new_health(device)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        """When it was started"""
        self._willing = False
        """Whether the device was closed only to take another one"""
        self._closed = threading.Event()
        self._again = 0
        """Tries to open since sound last came"""
        self._clock = TrackClock()
        self._gate = SpeechGate()
        self._spoke = 0.0
        self._cpu_before, self._cpu_now = 0.0, 0.0

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield sound until `close`."""
        while not self._closed.is_set():
            yield from self._listen()
            if self._again > 1:
                self._closed.wait(_BACK_OFF_S[min(self._again - 1, len(_BACK_OFF_S)) - 1])
            self._look_again()

    def tend(self) -> Trouble | None:
        """Judge the track, and open it again if it has been silent too long. Called a few times a second."""
        now = self._now()
        with self._lock:
            trouble = self._health.judge(now)
            patience = START_S if not self._health.hears else _REOPEN_S
            idle = trouble is not None and trouble.kind == "silent"
            silent = min(self._health.silent_for(now), now - self._started)
            if self._process is not None and silent > patience and not idle:
                self._process.kill()  # the reading thread then opens it again
            return trouble

    @property
    def process(self) -> int | None:
        """Number of the process that holds the device."""
        with self._lock:
            return None if self._process is None else self._process.pid

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the processes that held the device."""
        return self._cpu_before + self._cpu_now

    def hears(self) -> bool:
        """Whether sound has come since the device was opened."""
        with self._lock:
            return self._health.hears

    def speaks(self) -> bool:
        """Whether somebody spoke in the last half second."""
        return self._now() - self._spoke < 0.5

    def level(self) -> float:
        """Peak of the last 0.1 s in dBFS."""
        with self._lock:
            return self._health.level(self._now())

    def reopen(self, *, willing: bool = False) -> None:
        """Open the device again, or what its name now means; `willing`: though nothing is wrong with it."""
        with self._lock:
            self._willing = willing
            if self._process is not None:
                self._process.kill()

    def located(self, where: str | None, *, suspended: bool) -> None:
        """The sound server says to which source (its name) we listen, None if it does not know, and how it is."""
        with self._lock:
            self._health.suspended(suspended)
            self._health.moved("" if where in (None, self.device.name) else quoted(where or ""))

    def close(self) -> None:
        """End the iteration and free the device."""
        self._closed.set()
        self.reopen()

    def _listen(self) -> Iterator[AudioChunk]:
        """Yield sound until the device ends."""
        with subprocess.Popen(  # noqa: S603 - the words are ours
            helper.command("livewatch.audio.capture", json.dumps(_request(self.device))),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # ALSA tells about every device it does not find
            env=helper.environment(),
            start_new_session=True,
        ) as process:
            with self._lock:
                self._process, self._started = process, self._now()
            self._again += 1
            why = ""
            try:
                why = yield from self._read(cast(IO[bytes], process.stdout))
            finally:
                process.kill()
                with self._lock:
                    self._process = None
                    willing, self._willing = self._willing, False
                    if not (willing or self._closed.is_set()):
                        self._health.gone(why or f"No sound comes from {quoted(self.name)} any more.")
                self._cpu_before, self._cpu_now = self.cpu_s, 0.0

    def _read(self, stream: IO[bytes]) -> Generator[AudioChunk, None, str]:
        """Yield the sound of one opening; return why it ended, if that was said."""
        resampler: Resampler | None = None
        rate = channels = 1
        while len(head := stream.read(HEADER.size)) == HEADER.size and not self._closed.is_set():
            kind, size = HEADER.unpack(head)
            data = stream.read(size)
            if kind == b"f":
                rate, channels = (json.loads(data)[key] for key in ("rate", "channels"))
                resampler = Resampler(rate, channels)
                self._clock.opened()
                with self._lock:
                    self._health.opened(self._now(), rate)
            elif kind == b"s" and resampler is not None:
                dropped, self._cpu_now = SOUND.unpack_from(data)
                block = np.frombuffer(data, np.int16, offset=SOUND.size).reshape(-1, channels)
                samples = resampler.push(block.astype(np.float32) / np.float32(FULL_SCALE))
                yield self._hear(block, samples, dropped * SAMPLE_RATE // rate)
            elif kind == b"e":
                return _WHY.get(json.loads(data)["code"], "").format(name=quoted(self.name))
        return ""

    def _hear(self, block: np.ndarray, samples: Samples, dropped: int) -> AudioChunk:
        now = self._now()
        self._again = 0
        lost = self._clock.lost(now - self._epoch, len(samples)) + dropped
        chunk = AudioChunk(samples, self._clock.place(len(samples), lost), lost=lost, side=self.wanted.side)
        speech = False
        for marked in self._gate.mark(replace(chunk, lost=0)):
            speech = speech or bool(marked.speech)
        if speech:
            self._spoke = now
        with self._lock:
            self._health.frames(now, block, speech=speech)
        return chunk

    def _look_again(self) -> None:
        """Find what the name means now: the device may be back with another rate, or another one be the default."""
        if self._closed.is_set():
            return
        try:
            found = devices.find(self.wanted.name, devices.list_devices(), self.wanted.kind)
        except LivewatchError:
            return
        # While a sound server is down the cards beneath it can be seen; taking one would keep the server from its card.
        if found.system == self.device.system and found != self.device:
            with self._lock:
                if found.name != self.device.name:
                    self._health = self._new_health(found)
                self.device, self.name = found, found.label

    def _new_health(self, device: Device) -> Health:
        idles = device.kind == "loopback" and device.system != devices.PULSE  # WASAPI: no sound, no frames
        return Health(quoted(device.label), self._now(), loopback=device.kind == "loopback", idles=idles)


def open_microphone(wanted: Wanted, epoch: float, known: Sequence[Device] | None = None) -> Microphone:
    """Find the device among `known`, or those there are. Raises `UsageError` and `AudioError`."""
    return Microphone(wanted, devices.find(wanted.name, known or devices.list_devices(), wanted.kind), epoch)


def _request(device: Device) -> dict[str, object]:
    if device.system == devices.PULSE:
        return {"device": "pulse", "system": "ALSA", "source": device.name, "rate": device.rate, "channels": 1}
    return {"device": device.name, "system": device.system, "rate": None, "channels": 2}
