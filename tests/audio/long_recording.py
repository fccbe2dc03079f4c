"""Read ten hours; print memory after the first and the last hour, in kB. Run in a process of its own."""

import sys
from pathlib import Path

from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE
from tests.audio.memory import peak_kb

source = open_recording(Path(sys.argv[1]))
first = 0
end = 0
for chunk in source:
    end = chunk.end
    if not first and end >= 3600 * SAMPLE_RATE:
        first = peak_kb()
sys.stdout.write(f"{end} {first} {peak_kb()}\n")
