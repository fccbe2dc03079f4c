"""What to listen to, as the user named it: one track that may carry anybody, or one for each side of the call."""

from __future__ import annotations

from dataclasses import dataclass

from livewatch.audio.devices import Kind
from livewatch.errors import UsageError
from livewatch.events import Side

NONE = "none"
"""The device name that asks for no microphone"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One track."""

    name: str
    """Part of a name; `devices.DEFAULT` for the system's own choice"""
    kind: Kind
    side: Side
    """Whose voice it carries"""


def wanted_tracks(device: str, loopback: str) -> list[Wanted]:
    """Return what to listen to for the settings of those names; "" is no loopback. Of two, the loopback is the caller.

    Raises `UsageError` when nothing is left.
    """
    wanted: list[Wanted] = []
    if loopback:
        wanted.append(Wanted(loopback, "loopback", "caller"))
    if device.casefold() != NONE:
        wanted.append(Wanted(device, "input", "me" if wanted else "any"))
    if not wanted:
        raise UsageError(
            "nothing-to-hear", "There is nothing to listen to: no device and no loopback.", "Add --loopback default"
        )
    return wanted
