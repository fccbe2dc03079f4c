"""Peak memory of a process of its own."""

from pathlib import Path


def peak_kb() -> int:
    """Most memory this program has held. Not `ru_maxrss`: that is inherited from the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0])
