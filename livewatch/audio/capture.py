"""The process that holds the sound device; started with REQUEST as its argument.

Every opening of a device is a process of its own. PortAudio lists devices once, at its start; a sound server that hangs
takes whoever calls it along; and drivers have crashed while closing. What was opened here can be killed. Nothing is
imported but sounddevice, not even NumPy: sound flows 0.15 s after the start.

REQUEST is JSON: {"list": true} prints the devices; {"device": NAME, "system": HOST API, "source": PULSEAUDIO SOURCE,
"rate": HZ or null, "channels": N} captures to standard output, in frames of a kind (one byte), a length (four bytes,
little endian) and that many bytes:

    f  JSON: {"rate", "channels"} of the sound that follows; the device is open, nothing has been heard
    s  `SOUND`: frames dropped before these since nobody took them, CPU seconds so far; then int16, interleaved
    e  JSON: {"code", "message"}: why it ended

It ends when its standard input does, which happens also when its parent is killed.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
import threading
import time
from collections import deque
from typing import Any

HEADER = struct.Struct("<cI")
SOUND = struct.Struct("<If")
BLOCK_S = 0.06
"""Seconds in a callback. Each wakes six threads in three processes: 40 ms costs a quarter more while nobody speaks"""
_MOST = 167
"""Blocks that wait for the pipe: 10 s"""


def main(request: dict[str, Any]) -> int:
    """Do what is asked; the exit code says nothing, the last frame does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes our input
    if request.get("source"):
        os.environ["PULSE_SOURCE"] = request["source"]  # ALSA's pulse plugin asks nobody else which source to take
    try:
        import sounddevice  # noqa: PLC0415 - fails where the PortAudio library is missing, which must be told
    except (OSError, ImportError) as error:
        _write(b"e", _json({"code": "portaudio", "message": str(error)}))
        return 1
    if request.get("list"):
        sys.stdout.write(json.dumps(_devices(sounddevice)))
        return 0
    try:
        _Capture(sounddevice, request).run()
    except (sounddevice.PortAudioError, ValueError) as error:
        _write(b"e", _json({"code": "open", "message": str(error)}))
        return 1
    return 0


class _Capture:
    """One open device."""

    def __init__(self, sounddevice: Any, request: dict[str, Any]) -> None:
        self._blocks: deque[bytes] = deque()
        self._dropped = 0
        self._ready = threading.Semaphore(0)
        self._ended = ""
        index = _index(sounddevice, request["device"], request["system"])
        info = sounddevice.query_devices(index, "input")
        self._rate = int(request.get("rate") or info["default_samplerate"])
        self._channels = min(int(request.get("channels") or 2), info["max_input_channels"])
        self._stream = sounddevice.RawInputStream(
            device=index,
            samplerate=self._rate,
            channels=self._channels,
            dtype="int16",
            blocksize=int(self._rate * BLOCK_S),
            latency=0.1,
            callback=self._heard,
            finished_callback=self._finished,
        )

    def _heard(self, data: Any, frames: int, timing: Any, status: Any) -> None:
        """Copy, count, enqueue. Runs in PortAudio's thread."""
        if len(self._blocks) >= _MOST:
            self._blocks.popleft()
            self._dropped += frames
        self._blocks.append(bytes(data))
        self._ready.release()

    def _finished(self) -> None:
        self._ended = "The device has gone."
        self._ready.release()

    def run(self) -> None:
        """Hand on what is heard until the device or the parent goes away."""
        threading.Thread(target=_end_with_parent, daemon=True).start()
        with self._stream:
            _write(b"f", _json({"rate": self._rate, "channels": self._channels}))
            while True:
                self._ready.acquire()
                while self._blocks:
                    block = self._blocks.popleft()
                    dropped, self._dropped = self._dropped, 0
                    _write(b"s", SOUND.pack(dropped, time.process_time()) + block)
                if self._ended:
                    _write(b"e", _json({"code": "gone", "message": self._ended}))
                    os._exit(0)  # closing a stream whose server was killed has been seen to hang


def _index(sounddevice: Any, name: str, system: str) -> int | None:
    """Find a device by its name and system; "" is the default. Raises `ValueError`."""
    if not name:
        return None
    systems = sounddevice.query_hostapis()
    for index, device in enumerate(sounddevice.query_devices()):
        if device["name"] == name and device["max_input_channels"] and systems[device["hostapi"]]["name"] == system:
            return index
    raise ValueError(f"There is no input {name!r} any more.")


def _devices(sounddevice: Any) -> list[dict[str, Any]]:
    systems = sounddevice.query_hostapis()
    default = sounddevice.default.device[0]
    return [
        {
            "name": device["name"],
            "system": systems[device["hostapi"]]["name"],
            "channels": device["max_input_channels"],
            "rate": int(device["default_samplerate"]),
            "default": index == default,
        }
        for index, device in enumerate(sounddevice.query_devices())
        if device["max_input_channels"]
    ]


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def _write(kind: bytes, data: bytes) -> None:
    left = memoryview(HEADER.pack(kind, len(data)) + data)
    try:
        while left:
            left = left[os.write(1, left) :]
    except OSError:
        os._exit(0)  # nobody listens


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
