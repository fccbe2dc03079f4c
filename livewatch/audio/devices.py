"""Which sound can be listened to: inputs, and loopbacks, which carry what the computer plays (a call's other side)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from livewatch.audio import helper, pulse
from livewatch.audio.names import quoted
from livewatch.errors import AudioError, UsageError

Kind: TypeAlias = Literal["input", "loopback"]

PULSE = "PulseAudio"
"""`Device.system` of everything that a PulseAudio or PipeWire server offers"""
DEFAULT = "default"
"""The name that asks for what the system itself would take"""

_PLUGINS = (
    "pulse",
    "pipewire",
    "default",
    "sysdefault",
    "samplerate",
    "speex",
    "upmix",
    "vdownmix",
    "a52",
    "oss",
    "jack",
    "lavrate",
)
"""ALSA's ways to other systems, which are no devices"""
_LOOPBACKS = (
    "loopback",
    "stereo mix",
    "what u hear",
    "cable output",
    "blackhole",
    "soundflower",
    "voicemeeter",
    "monitor",
)
"""Parts of the names that virtual cables and sound cards give to what is being played"""


@dataclass(frozen=True, slots=True)
class Device:
    """Something to listen to. Known by its name, never by a number, which changes when something is plugged in."""

    name: str
    """As the system knows it; what is stored"""
    label: str
    """For people; often the same"""
    kind: Kind
    """An input (a microphone), or a loopback (what the computer plays)"""
    system: str
    """PulseAudio, ALSA, Core Audio, Windows WASAPI…"""
    channels: int
    rate: int
    """Hertz"""
    default: bool = False
    """The system's default input, which may be a loopback"""
    audible: bool = False
    """The loopback that carries what people hear"""


def list_devices() -> list[Device]:
    """List what there is now, the defaults first. Takes 0.2 s. Raises `AudioError` when no sound can be reached."""
    served = pulse.sources()
    # A card that the server holds could be opened a second time only by throwing the server off it.
    devices = [_plain(each) for each in _portaudio()] if served is None else [_served(each) for each in served]
    return sorted(devices, key=lambda each: (each.kind != "input", not (each.default or each.audible)))


def find(name: str, devices: Sequence[Device], kind: Kind) -> Device:
    """Choose the device that `name` is a part of, in any case; "default" is the system's own choice.

    `kind` decides only where the name fits both kinds. Raises `UsageError` with the candidates where it fits several,
    or with what there is where it fits none.
    """
    option = "--device" if kind == "input" else "--loopback"
    if name.casefold() == DEFAULT:
        return _default(devices, kind)
    wanted = name.casefold()
    exact = [each for each in devices if wanted in (each.name.casefold(), each.label.casefold())]
    fitting = exact or [each for each in devices if wanted in each.name.casefold() or wanted in each.label.casefold()]
    if len(fitting) > 1:
        fitting = [each for each in fitting if each.kind == kind] or fitting
    if len(fitting) == 1:
        return fitting[0]
    listed = "".join(f"\n  {_described(each)}" for each in fitting or devices)
    if fitting:
        raise UsageError(
            "ambiguous-device", f"{option} {quoted(name)} fits several devices:{listed}", "Type more of one."
        )
    raise UsageError("no-device", f"{option} {quoted(name)} fits no device. There are:{listed or ' none.'}", _NONE)


def _default(devices: Sequence[Device], kind: Kind) -> Device:
    if kind == "input":
        fitting = [each for each in devices if each.default]
    else:
        loopbacks = [each for each in devices if each.kind == "loopback"]
        fitting = [each for each in loopbacks if each.audible] or (loopbacks if len(loopbacks) == 1 else [])
    if fitting:
        return fitting[0]
    what = "default input" if kind == "input" else "loopback that is the one to take"
    raise UsageError("no-device", f"This computer has no {what}.", "To see what there is: livewatch devices")


_NONE = "To see them with their levels: livewatch devices --meter"


def _described(device: Device) -> str:
    return f"{device.name}  ({device.label})" if device.label != device.name else device.name


def _served(source: pulse.PulseSource) -> Device:
    return Device(
        name=source.name,
        label=source.label,
        kind="loopback" if source.monitor else "input",
        system=PULSE,
        channels=source.channels,
        rate=source.rate,
        default=source.default,
        audible=source.default_sink,
    )


def _plain(found: dict[str, Any]) -> Device:
    name = found["name"]
    loopback = any(part in name.casefold() for part in _LOOPBACKS)
    return Device(
        name=name,
        label=name,
        kind="loopback" if loopback else "input",
        system=found["system"],
        channels=found["channels"],
        rate=found["rate"],
        default=found["default"],
    )


def _portaudio() -> list[dict[str, Any]]:
    """Ask PortAudio in a process of its own: it would not see what is plugged in later."""
    command = helper.command("livewatch.audio.capture", json.dumps({"list": True}))
    try:
        said = subprocess.run(  # noqa: S603 - the words are ours
            command, capture_output=True, timeout=10, check=False, env=helper.environment(), start_new_session=True
        ).stdout
        return [each for each in json.loads(said) if each["name"] not in _PLUGINS or each["default"]]
    except subprocess.TimeoutExpired:
        raise AudioError(
            "sound-hangs", "The sound system does not answer.", "Restart it, or the computer, and try again."
        ) from None
    except ValueError:
        raise AudioError(
            "portaudio",
            "The sound library PortAudio cannot be loaded, so no device can be opened.",
            "On Debian and Ubuntu: sudo apt install libportaudio2",
        ) from None
