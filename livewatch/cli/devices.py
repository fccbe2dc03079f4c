"""`livewatch devices`: what can be listened to."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict

from livewatch.audio.devices import DEFAULT, Device, list_devices
from livewatch.audio.level import FLOOR_DBFS
from livewatch.audio.microphone import Microphone
from livewatch.audio.wanted import Wanted
from livewatch.errors import ExitCode
from livewatch.sinks.plain import plain
from livewatch.sinks.wording import meter

_PATIENCE_S = 5.0
"""Seconds until a device must have given its first sound"""
_LISTEN_S = 2.0
"""Seconds each is listened to"""


def show(options: argparse.Namespace) -> int:
    """List all devices, with `--meter` how loud each is."""
    found = list_devices()
    levels = measure(found) if options.meter else [None] * len(found)
    if options.json:
        rows = [
            {**asdict(device), **({"level_dbfs": level} if options.meter else {})}
            for device, level in zip(found, levels, strict=True)
        ]
        _print(json.dumps(rows))
        return ExitCode.OK
    for kind, title in (("input", "Microphones (--device)"), ("loopback", "What the computer plays (--loopback)")):
        _print(f"{title}:")
        rows = [(device, level) for device, level in zip(found, levels, strict=True) if device.kind == kind]
        for device, level in rows:
            _print(f"  {_mark(device)} {device.name}{_details(device)}")
            if options.meter:
                _print(f"      {'no sound came' if level is None else f'{meter(level)} {level:.0f} dB'}")
        if not rows:
            _print("    none")
    _print(f'* is what "{DEFAULT}" means. Any part of a name is enough.')
    return ExitCode.OK


def measure(found: Sequence[Device]) -> list[float | None]:
    """Listen to all devices at once for two seconds: the highest peak of each in dBFS, None where nothing came."""
    epoch = time.monotonic()
    opened = [Microphone(Wanted(device.name, device.kind, "any"), device, epoch) for device in found]
    peaks: list[float | None] = [None] * len(opened)

    def listen(number: int, microphone: Microphone) -> None:
        first: float | None = None
        for _ in microphone:
            first = first or time.monotonic()
            peaks[number] = max(peaks[number] or FLOOR_DBFS, microphone.level())
            if time.monotonic() - first > _LISTEN_S:
                return

    threads = [threading.Thread(target=listen, args=pair, daemon=True) for pair in enumerate(opened)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, epoch + _PATIENCE_S + _LISTEN_S - time.monotonic()))
    for microphone in opened:
        microphone.close()
    for thread in threads:
        thread.join(1)
    return peaks


def _mark(device: Device) -> str:
    return "*" if (device.audible if device.kind == "loopback" else device.default) else " "


def _details(device: Device) -> str:
    label = "" if device.label == device.name else f"{device.label}, "
    default = ", the default input" if device.default and device.kind == "loopback" else ""
    return f"  ({label}{device.system}, {device.channels} ch, {device.rate} Hz{default})"


def _print(line: str) -> None:
    sys.stdout.write(plain(line) + "\n")
