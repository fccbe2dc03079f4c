"""What a live run holds open, and what a crash of it would leave behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.live.listening import Listening
from tests.live.pulse import Pulse, needs_pulse
from tests.needs import needs

pytestmark = [needs_pulse, needs(Path("/proc/self/net/tcp").exists(), "needs /proc as on Linux")]

TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")


@pytest.fixture
def processes(pulse: Pulse):
    """A run that listens, and all processes it has started."""
    with Listening(pulse.environ, "--device", "call.monitor") as run:
        run.listens()
        parent = re.compile(r"^PPid:\t(\d+)$", re.MULTILINE)
        family = {run.process.pid}
        for _ in range(3):
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    found = parent.search((folder / "status").read_text())
                except OSError:
                    continue
                if found and int(found[1]) in family:
                    family.add(int(folder.name))
        yield family


def test_no_process_of_a_live_run_has_a_socket_of_the_internet(processes):
    assert len(processes) >= 3  # itself, the recogniser, the microphone
    internet = {line.split()[9] for table in TABLES for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}
    held = set()
    for number in processes:
        for descriptor in Path(f"/proc/{number}/fd").iterdir():
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                held.add(found[1])
    assert held
    assert not held & internet


def test_no_process_of_a_live_run_would_write_its_memory_to_the_disk(processes):
    for number in processes:
        limits = Path(f"/proc/{number}/limits").read_text()
        assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE), number
