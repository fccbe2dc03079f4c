"""Read ten hours; print memory after the first and the last hour, in kB. Run in a process of its own."""

import sys
from pathlib import Path

from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE


def peak_kb() -> int:
    """Most memory this program has held. Not `ru_maxrss`: that is inherited from the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0])


source = open_recording(Path(sys.argv[1]))
first = 0
end = 0
for chunk in source:
    end = chunk.end
    if not first and end >= 3600 * SAMPLE_RATE:
        first = peak_kb()
sys.stdout.write(f"{end} {first} {peak_kb()}\n")
