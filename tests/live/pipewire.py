"""PipeWire in place of PulseAudio, as most desktops have it by now: a session of its own, without systemd."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.pulse import Pulse
from tests.needs import needs

PARTS = ("pipewire", "wireplumber", "pipewire-pulse")

needs_pipewire = needs(
    all(shutil.which(tool) for tool in (*PARTS, "dbus-run-session", "pactl", "paplay")),
    "needs PipeWire: apt install dbus pipewire wireplumber pipewire-pulse pulseaudio-utils libasound2-plugins",
)


class PipeWire(Pulse):
    """The same for programs; `signal` and `kill` reach the part that PulseAudio's programs speak to."""

    def start(self) -> None:
        """Start the three parts, and load the modules, which this server does not take from the command line."""
        self._folder.joinpath("pulse").mkdir(mode=0o700, exist_ok=True)
        self.environ["PULSE_SERVER"] = f"unix:{self._folder}/pulse/native"
        script = "pipewire & wireplumber & exec sleep infinity"
        self._session = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", script],
            env=self._env(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 10
        while not self._folder.joinpath("pipewire-0").exists() and time.monotonic() < until:
            time.sleep(0.05)
        self.start_server()
        for module in self._modules:
            self.pactl("load-module", *module.split())

    def start_server(self) -> None:
        """Start the part that PulseAudio's programs speak to, also again after `kill`: the devices are still there."""
        self._server = subprocess.Popen(
            ["pipewire-pulse"], env=self._env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait()

    def close(self) -> None:
        """End everything."""
        super().close()
        os.killpg(self._session.pid, 9)
        self._session.wait()


@pytest.fixture
def pipewire() -> Iterator[PipeWire]:
    """A server with the sinks "call" and "other", of which "call" is the default."""
    folder = Path(f"/tmp/livewatch-{os.getpid()}-{time.monotonic_ns() % 1_000_000_000}")
    server = PipeWire(
        folder,
        "module-null-sink sink_name=call sink_properties=device.description=Telephone",
        "module-null-sink sink_name=other sink_properties=device.description=Other",
    )
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)
