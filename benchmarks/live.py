"""What the live benchmarks share: when the red window appears, CPU and sockets of a family of processes."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from tests.display import windows

DANGER = "livewatch: danger"


class Mapped:
    """When the warning of danger appeared on the display: told by the X server, not by the program."""

    def __init__(self, display: str) -> None:
        """Listen to the map events of all windows on `display`."""
        self._display = display
        self._process = subprocess.Popen(
            ["stdbuf", "-oL", "xev", "-root", "-event", "substructure"],
            env={**os.environ, "DISPLAY": display},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._came: list[float] = []
        threading.Thread(target=self._read, daemon=True).start()

    def danger(self, since: float) -> float | None:
        """When it was mapped first after `since`; None if it was not."""
        return next((at for at in self._came if at >= since), None)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            at = time.monotonic()
            if line.startswith("MapNotify") and windows(self._display, DANGER):
                self._came.append(at)


def family(process: int) -> set[int]:
    """The process and all under it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def tree_cpu_s(process: int) -> float:
    """CPU seconds of a process and everything under it."""
    spent = 0.0
    for each in family(process):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def sockets(process: int) -> dict[str, int]:
    """Sockets of the family by kind: what is at the other end of Unix sockets, and how many of the internet."""
    inodes = set()
    for each in family(process):
        for descriptor in Path(f"/proc/{each}/fd").iterdir():
            with suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
    internet = 0
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        internet += sum(row.split()[9] in inodes for row in rows)
    counts: dict[str, int] = {"internet": internet}
    peers = _unix_peers()
    for inode in inodes & peers.keys():
        counts[peers[inode]] = counts.get(peers[inode], 0) + 1
    return counts


def _unix_peers() -> dict[str, str]:
    """By inode: the path at the other end of a Unix socket, "own pair" where it is unnamed."""
    said = subprocess.run(["ss", "-xapH"], capture_output=True, text=True, check=True).stdout
    names: dict[str, str] = {}
    ends: dict[str, str] = {}
    for line in said.splitlines():
        fields = line.split()
        name, inode, peer = fields[4], fields[5], fields[7]
        names[inode], ends[inode] = name, peer
    return {inode: names.get(peer, "*").replace("*", "own pair") for inode, peer in ends.items()}


class Busy:
    """How busy the computer is, by whatever runs on it."""

    def __init__(self) -> None:
        self._began, self._idle = time.monotonic(), _idle_s()

    def said(self) -> str:
        """Say it for a result table."""
        passed = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        share = 1 - (_idle_s() - self._idle) / passed
        return f"- processors busy {share:.0%} of the time, everything on the machine counted"


def _idle_s() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
