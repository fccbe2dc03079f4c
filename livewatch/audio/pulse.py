"""PulseAudio and PipeWire, asked through `pactl`: sources with their monitors, and which of them a process hears."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PATIENCE_S = 1.0
"""A server that does not answer for so long hangs"""


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A source of the sound server."""

    name: str
    """Stable over restarts"""
    label: str
    """For people"""
    index: int
    """Changes at every start of the server"""
    monitor: bool
    """Whether it carries what a sink plays"""
    rate: int
    """Hertz"""
    channels: int
    default: bool
    """Whether it is the default source"""
    default_sink: bool
    """Whether it is the monitor of the default sink: what people hear"""
    suspended: bool


def sources() -> list[PulseSource] | None:
    """List the server's sources; None where there is no server, or none that answers."""
    info, found = _ask("info"), _ask("list", "sources")
    if not isinstance(info, dict) or not isinstance(found, list):
        return None
    sink = info.get("default_sink_name")
    return [_source(each, info.get("default_source_name"), sink) for each in found]


def heard_by(process: int) -> str | None:
    """Name of the source that `process` captures from; "" when it captures nothing, None when nobody can say."""
    outputs, found = _ask("list", "source-outputs"), _ask("list", "sources")
    if not isinstance(outputs, list) or not isinstance(found, list):
        return None
    names = {each["index"]: each["name"] for each in found}
    for output in outputs:
        if output.get("properties", {}).get("application.process.id") == str(process):
            return names.get(output.get("source"))
    return ""


class Watcher:
    """Tells when something about the server's sources changes. Costs nothing while nothing does."""

    def __init__(self) -> None:
        """Start listening. Raises `OSError` where there is no `pactl`."""
        self._process = subprocess.Popen(
            ["pactl", "subscribe"],  # noqa: S607 - found by PATH like every tool of the desktop
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_english(),
            start_new_session=True,
        )

    def __iter__(self) -> Iterator[None]:
        """Come back at each change of a source or of who hears which, until the server or `close` ends it."""
        for line in self._process.stdout or ():
            if "source" in line or "on server" in line:
                yield

    def close(self) -> None:
        """Stop listening."""
        self._process.kill()
        self._process.wait()


def available() -> bool:
    """Whether the server can be asked at all."""
    return shutil.which("pactl") is not None


def _source(found: dict[str, Any], default: str | None, default_sink: str | None) -> PulseSource:
    _, channels, rate = found["sample_specification"].split()
    monitored = found.get("monitor_source") or ""
    return PulseSource(
        name=found["name"],
        label=found.get("description") or found["name"],
        index=found["index"],
        monitor=bool(monitored),
        rate=int(rate.removesuffix("Hz")),
        channels=int(channels.removesuffix("ch")),
        default=found["name"] == default,
        default_sink=bool(monitored) and monitored == default_sink,
        suspended=found.get("state") == "SUSPENDED",
    )


def _ask(*command: str) -> Any:
    """Ask for JSON; None when there is no answer, also from a `pactl` older than 16, which knows no JSON."""
    if not available():
        return None
    try:
        said = subprocess.run(  # noqa: S603 - the words are ours
            ["pactl", "-f", "json", *command],  # noqa: S607 - found by PATH like every tool of the desktop
            capture_output=True,
            timeout=_PATIENCE_S,
            check=True,
            env=_english(),
            start_new_session=True,
        )
        return json.loads(said.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _english() -> dict[str, str]:
    """Numbers in JSON with a decimal point, and events in the words that are looked for."""
    return {**os.environ, "LC_ALL": "C"}
