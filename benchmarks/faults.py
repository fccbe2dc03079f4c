"""What goes wrong with live sound, done to a real server: `python -m benchmarks.faults [--times 3] [--write FILE]`.

Each fault is made while `livewatch listen --json` listens: when it is told of counts from the moment the fault was
made, and that sound is heard again from the moment its cause ended. Kinds are those of docs/listening.md; the slowest
of `--times` runs counts. Some faults are only faults, or only over, after a while (exact zeros are a fault after five
seconds): the bars count from there, the times from when it was made, or ended.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.common import provenance
from benchmarks.live import Busy
from tests.live.listening import SAMPLES, Came, Listening, kill_child
from tests.live.pipe import Pipe, noise
from tests.live.pulse import Pulse

SEEN_S, HEARD_S = 2.0, 5.0
"""The bars"""
SINKS = (
    "module-null-sink sink_name=call rate=48000 sink_properties=device.description=Telephone",
    "module-null-sink sink_name=other rate=48000 sink_properties=device.description=Other",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault, made once. Seconds; infinite where nothing was told."""

    seen: float
    heard: float | None
    """Until sound is heard again after the cause ended; None where nothing has to be mended"""
    needed: tuple[float, float] = (0.0, 0.0)
    """Until it is a fault, and until it is over, by its definition"""


class Line:
    """A sound server with two sinks, and livewatch listening to one of them."""

    def __init__(self, pulse: Pulse, listening: Listening, folder: Path) -> None:
        self.pulse = pulse
        self.listening = listening
        self.folder = folder

    def told(self, kinds: tuple[str, ...], since: float, within: float = 15) -> float:
        """Seconds from `since` to the first notice of one of the kinds."""
        return self._after(lambda e: e["event"] == "notice" and e["kind"] in kinds, since, within)

    def words(self, since: float, within: float = 15) -> float:
        """Seconds from `since`, when somebody begins to speak, to the first words."""
        self.pulse.play(SAMPLES / "microsoft-short.wav")
        return self._after(lambda e: e["event"] == "words" and bool(e["text"]), since, within)

    def unplug(self, name: str) -> None:
        """Take a sink away, and its monitor with it."""
        sink = next(each for each in self.pulse.listed("sinks") if each["name"] == name)
        self.pulse.pactl("unload-module", str(sink["owner_module"]))

    def plug_in(self) -> float:
        """Bring the sink back as another card would: other rate, one channel; returns when."""
        self.pulse.pactl(
            "load-module", "module-null-sink", "sink_name=call", "rate=8000", "channels=1",
            "sink_properties=device.description=Telephone",
        )  # fmt: skip
        return time.monotonic()

    def _after(self, wanted: Callable[[dict], bool], since: float, within: float) -> float:
        try:
            came: Came = self.listening.wait(wanted, within, since)
        except AssertionError:
            return math.inf
        return came.at - since


def _unplugged(line: Line) -> Outcome:
    line.unplug("other")
    done = time.monotonic()
    line.unplug("call")
    seen = line.told(("dead",), done)
    time.sleep(3)
    return Outcome(seen, line.told(("recovered",), line.plug_in()))


def _replaced(line: Line) -> Outcome:
    done = time.monotonic()
    line.unplug("call")
    seen = line.told(("moved",), done)
    time.sleep(1)
    return Outcome(seen, line.told(("recovered", "listening"), line.plug_in()))


def _server_killed(line: Line) -> Outcome:
    done = time.monotonic()
    line.pulse.kill()
    seen = line.told(("dead",), done)
    time.sleep(2)
    line.pulse.start()
    return Outcome(seen, line.told(("recovered",), time.monotonic()))


def _server_stopped(seconds: float) -> Callable[[Line], Outcome]:
    def stop(line: Line) -> Outcome:
        done = time.monotonic()
        line.pulse.signal(signal.SIGSTOP)
        seen = line.told(("stalled",), done)
        time.sleep(max(0.0, done + seconds - time.monotonic()))
        line.pulse.signal(signal.SIGCONT)
        return Outcome(seen, line.told(("recovered",), time.monotonic()))

    return stop


def _suspended(line: Line) -> Outcome:
    done = time.monotonic()
    line.pulse.pactl("suspend-sink", "call", "1")
    seen = line.told(("suspended", "stalled"), done)
    time.sleep(2)
    line.pulse.pactl("suspend-sink", "call", "0")
    return Outcome(seen, line.told(("recovered",), time.monotonic()))


def _capture_stopped(line: Line) -> Outcome:
    """As a callback that is blocked: the process that holds the device takes nothing."""
    done = kill_child(line.listening, signal.SIGSTOP, "livewatch.audio.capture")
    seen = line.told(("stalled",), done)
    with contextlib.suppress(ValueError):  # it has been replaced
        kill_child(line.listening, signal.SIGCONT, "livewatch.audio.capture")
    return Outcome(seen, line.told(("recovered",), time.monotonic()))


def _capture_crashed(line: Line) -> Outcome:
    done = kill_child(line.listening, signal.SIGSEGV, "livewatch.audio.capture")
    return Outcome(line.told(("dead",), done), line.told(("recovered",), done))


def _recogniser_crashed(line: Line) -> Outcome:
    done = kill_child(line.listening, signal.SIGSEGV)
    return Outcome(line.told(("restarted",), done), line.words(done))


def _recogniser_slow(line: Line) -> Outcome:
    done = kill_child(line.listening, signal.SIGSTOP)
    seen = line.told(("behind",), done)
    (process,) = line.listening.children("livewatch.runner.child")
    time.sleep(2)
    os.kill(process, signal.SIGCONT)
    return Outcome(seen, line.told(("caught_up",), time.monotonic()), needed=(2, 0))


def _moved(line: Line) -> Outcome:
    (output,) = line.pulse.listed("source-outputs")
    done = time.monotonic()
    line.pulse.pactl("move-source-output", str(output["index"]), "other.monitor")
    seen = line.told(("moved",), done)
    (output,) = line.pulse.listed("source-outputs")
    back = time.monotonic()
    line.pulse.pactl("move-source-output", str(output["index"]), "call.monitor")
    return Outcome(seen, line.told(("recovered",), back))


def _muted(line: Line, pipe: Pipe) -> Outcome:
    done = time.monotonic()
    pipe.sound = lambda count: np.zeros(count, np.int16)
    seen = line.told(("muted",), done)
    pipe.sound = noise(1)
    return Outcome(seen, line.told(("recovered",), time.monotonic()), needed=(5, 0))


def _clipping(line: Line, pipe: Pipe) -> Outcome:
    wave = np.sin(np.arange(320) * 2 * np.pi * 5 / 320) * 60_000
    done = time.monotonic()
    pipe.sound = lambda count: np.clip(wave, -32_768, 32_767).astype(np.int16)
    seen = line.told(("clipping",), done)
    pipe.sound = noise(200)
    return Outcome(seen, line.told(("recovered",), time.monotonic()), needed=(2, 5))


def _off_rate(line: Line, pipe: Pipe) -> Outcome:
    done = time.monotonic()
    pipe.pace = 0.95
    return Outcome(line.told(("off_rate",), done, within=90), None, needed=(10, 0))


FAULTS: tuple[tuple[str, str, Callable[[Line], Outcome]], ...] = (
    ("dead", "device unplugged, no other there; back with 8 kHz, one channel", _unplugged),
    ("dead", "sound server killed, started again after 2 s", _server_killed),
    ("moved", "device unplugged, the server takes another one; back with 8 kHz, one channel", _replaced),
    ("stalled", "sound server stands still for 6 s", _server_stopped(6)),
    ("stalled", "sound server stands still for 15 s", _server_stopped(15)),
    ("suspended", "sink suspended", _suspended),
    ("stalled", "the process that holds the device stands still", _capture_stopped),
    ("behind", "recogniser stands still: 2 s behind are the fault", _recogniser_slow),
    ("moved", "stream moved to another source, and back", _moved),
    ("dead", "the process that holds the device crashes (SIGSEGV)", _capture_crashed),
    ("restarted", "the recogniser's process crashes (SIGSEGV); heard again: words", _recogniser_crashed),
)
PIPED: tuple[tuple[str, str, Callable[[Line, Pipe], Outcome]], ...] = (
    ("muted", "exact zeros: 5 s of them are the fault", _muted),
    ("clipping", "clipping: 2 bad seconds in a row make it, 5 good ones end it", _clipping),
    ("off_rate", "5 % too slow: 10 s are needed to be sure", _off_rate),
)


@contextmanager
def _line() -> Iterator[tuple[Pulse, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="lw"))
    pulse = Pulse(folder, *SINKS)
    try:
        yield pulse, folder
    finally:
        pulse.close()
        shutil.rmtree(folder, ignore_errors=True)


def once(fault: Callable[[Line], Outcome]) -> Outcome:
    """Make a fault once, on a server of its own."""
    with _line() as (pulse, folder), Listening(pulse.environ, "--device", "telephone") as listening:
        listening.listens()
        time.sleep(1)
        outcome = fault(Line(pulse, listening, folder))
        listening.stop()
        return outcome


def once_piped(fault: Callable[[Line, Pipe], Outcome]) -> Outcome:
    """Make a fault of the sound itself once."""
    with _line() as (pulse, folder):
        pipe = Pipe(pulse, folder)
        pipe.sound = noise(200)
        try:
            with Listening(pulse.environ, "--device", "fifo") as listening:
                listening.listens()
                time.sleep(3)
                outcome = fault(Line(pulse, listening, folder), pipe)
                listening.stop()
                return outcome
        finally:
            pipe.close()


def _shown(seconds: float, bar: float, needed: float) -> str:
    return f"{seconds:.1f}" + ("" if seconds - needed <= bar else " **missed**")


def main() -> None:
    """Make all faults and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    head, busy = provenance(["sounddevice"]), Busy()
    rows = [
        f"| told as | fault | seen s (bar {SEEN_S:g}) | heard again s (bar {HEARD_S:g}) | runs |",
        "|---|---|---|---|---|",
    ]
    made = [(row, name, lambda fault=fault: once(fault)) for row, name, fault in FAULTS]
    made += [(row, name, lambda fault=fault: once_piped(fault)) for row, name, fault in PIPED]
    for row, name, make in made:
        outcomes = [make() for _ in range(options.times)]
        seen = max(outcome.seen for outcome in outcomes)
        heard = [outcome.heard for outcome in outcomes if outcome.heard is not None]
        made_s, over_s = outcomes[0].needed
        again = _shown(max(heard), HEARD_S, over_s) if heard else "-"
        rows.append(f"| {row} | {name} | {_shown(seen, SEEN_S, made_s)} | {again} | {options.times} |")
        print(rows[-1], flush=True)
    lines = ["## Faults of live sound", "", head, busy.said(), "- the slowest of the runs; PulseAudio", "", *rows]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
