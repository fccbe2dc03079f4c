"""A sound server of the tests' own, with sinks that play into nothing and whose monitors livewatch listens to."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pytest

from tests.needs import needs

needs_pulse = needs(
    all(shutil.which(tool) for tool in ("pulseaudio", "pactl", "paplay")) and find_library("portaudio") is not None,
    "needs a sound server: apt install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2",
)

_ALSA = """
pcm.pulse { type pulse }
ctl.pulse { type pulse }
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


class Pulse:
    """One private server. Programs reach it with `environ`."""

    def __init__(self, folder: Path, *modules: str) -> None:
        """Start it with `modules`, such as "module-null-sink sink_name=call"."""
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "asound.conf").write_text(_ALSA)
        self._folder = folder
        self._modules = modules
        self.environ = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{folder}/native",
            "PULSE_COOKIE": str(folder / "cookie"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "HOME": str(folder),
        }
        self._players: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        """Start it, also again after `kill`."""
        modules = [f"module-native-protocol-unix auth-anonymous=1 socket={self._folder}/native", *self._modules]
        self._server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit"]
            + [f"--load={module}" for module in modules],
            env={**os.environ, **self.environ},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            if subprocess.run(["pactl", "info"], env=self._env(), capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.05)
        pytest.fail("the private sound server does not answer")

    def signal(self, number: int) -> None:
        """Send a signal to the server."""
        self._server.send_signal(number)

    def kill(self) -> None:
        """Kill it as a crash would."""
        self._server.kill()
        self._server.wait()

    def pactl(self, *command: str) -> str:
        """Run one command of pactl."""
        return subprocess.run(
            ["pactl", *command], env=self._env(), capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()

    def listed(self, what: str) -> list[dict[str, Any]]:
        """What pactl lists, such as "source-outputs"."""
        return json.loads(self.pactl("-f", "json", "list", what))

    def play(self, path: Path, sink: str = "call") -> subprocess.Popen[bytes]:
        """Play a file into a sink; returns at once."""
        player = subprocess.Popen(["paplay", f"--device={sink}", str(path)], env=self._env())
        self._players.append(player)
        return player

    def close(self) -> None:
        """End everything."""
        for player in self._players:
            player.kill()
            player.wait()
        self._server.send_signal(signal.SIGCONT)
        self.kill()

    def _env(self) -> dict[str, str]:
        return {**os.environ, **self.environ, "LC_ALL": "C"}


@pytest.fixture
def pulse(tmp_path: Path) -> Iterator[Pulse]:
    """A server with the sinks "call" (the default) and "other"; the default source is the monitor of "call"."""
    # A Unix socket's path must be short, which pytest's folders are not.
    folder = Path(f"/tmp/livewatch-{os.getpid()}-{time.monotonic_ns() % 1_000_000_000}")
    server = Pulse(
        folder,
        "module-null-sink sink_name=call rate=48000 sink_properties=device.description=Telephone",
        "module-null-sink sink_name=other rate=48000 sink_properties=device.description=Other",
    )
    yield server
    server.close()
    shutil.rmtree(folder)
