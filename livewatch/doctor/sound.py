"""Every device, opened for a moment, and whether what the settings name is there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence

from livewatch.audio.devices import Device, Kind, find, list_devices
from livewatch.doctor.finding import Finding, State
from livewatch.errors import LivewatchError
from livewatch.settings import Settings

LOUD_DBFS = -1.0
"""Above it the peaks are cut off"""
ZERO_DBFS = -115.0
"""Below it there is nothing but zeros: the quietest microphone makes more noise than that"""

LOOPBACK = {
    "linux": "PulseAudio and PipeWire have one for every output: sudo apt install pulseaudio-utils pipewire-pulse",
    "win32": "Switch on Stereo Mix (Sound settings, Recording), or install VB-Cable from https://vb-audio.com/Cable/",
    "darwin": "brew install blackhole-2ch, then make a multi-output device in Audio MIDI Setup",
}
"""How to hear the other side of a call on the computer"""


def check(settings: Settings, measure: Callable[[Sequence[Device]], list[float | None]]) -> Iterator[Finding]:
    """Look at all devices."""
    try:
        devices = list_devices()
    except LivewatchError as error:
        yield Finding("sound", State.BAD, error.message, error.hint)
        return
    if not any(device.kind == "input" for device in devices):
        state = State.NOTE if devices else State.BAD
        yield Finding("sound", state, "There is no microphone.", "Plug one in, then: livewatch devices --meter")
    for device, level in zip(devices, measure(devices), strict=True):
        yield _judged(device, level)
    if not any(device.kind == "loopback" for device in devices):
        yield Finding(
            "sound",
            State.NOTE,
            "What the computer itself plays cannot be heard: only calls on speaker can be watched, not calls on the "
            "computer with headphones.",
            LOOPBACK.get(sys.platform, LOOPBACK["linux"]),
        )
    named: tuple[tuple[str, str, Kind], ...] = (
        ("listen.device", settings.listen.device, "input"),
        ("listen.loopback", settings.listen.loopback, "loopback"),
    )
    for key, name, kind in named:
        if devices and name and name.casefold() != "none":
            try:
                find(name, devices, kind)
            except LivewatchError as error:
                text = f"{key} = {name!r} in the settings: {error.message.splitlines()[0]}"
                yield Finding("sound", State.BAD, text, f"livewatch devices, then livewatch config set {key} NAME")


def _judged(device: Device, level: float | None) -> Finding:
    name = f"{device.label} ({device.system}, {device.kind})"
    if level is None and device.kind == "loopback":
        return Finding("sound", State.NOTE, f"{name}: no sound came; perhaps nothing is playing.")
    if level is None:
        todo = "Close other programs that use it, or allow livewatch to use the microphone in the system's settings."
        return Finding("sound", State.BAD, f"{name}: it opens, but no sound comes.", todo)
    if level < ZERO_DBFS:
        state = State.NOTE if device.kind == "loopback" else State.BAD
        todo = "" if device.kind == "loopback" else "Unmute it, or allow livewatch to use it in the system's settings."
        return Finding("sound", state, f"{name}: digital silence; it is muted, not allowed, or nothing plays.", todo)
    if level > LOUD_DBFS:
        return Finding("sound", State.NOTE, f"{name}: too loud ({level:.0f} dB).", "Turn its recording level down.")
    return Finding("sound", State.GOOD, f"{name}: heard, peak {level:.0f} dB.")
