"""What goes wrong with live sound, done to a real server: `python -m benchmarks.faults [--times 3] [--write FILE]`.

Each fault is made while `livewatch listen --json` listens: when it is told of counts from the moment the fault was
made, and that sound is heard again from the moment its cause ended. The rows are those of docs/listening.md; the
slowest of `--times` runs counts. Some faults are only faults after a while, which is taken off and named.
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
    """Behind by two seconds is the fault: those are taken off."""
    done = kill_child(line.listening, signal.SIGSTOP)
    seen = line.told(("behind",), done) - 2
    (process,) = line.listening.children("livewatch.runner.child")
    time.sleep(2)
    os.kill(process, signal.SIGCONT)
    return Outcome(seen, line.told(("caught_up",), time.monotonic()))


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
    seen = line.told(("muted",), done) - 5
    pipe.sound = noise(1)
    return Outcome(seen, line.told(("recovered",), time.monotonic()))


def _clipping(line: Line, pipe: Pipe) -> Outcome:
    wave = np.sin(np.arange(320) * 2 * np.pi * 5 / 320) * 60_000
    done = time.monotonic()
    pipe.sound = lambda count: np.clip(wave, -32_768, 32_767).astype(np.int16)
    seen = line.told(("clipping",), done) - 2
    pipe.sound = noise(200)
    return Outcome(seen, line.told(("recovered",), time.monotonic()) - 5)


def _off_rate(line: Line, pipe: Pipe) -> Outcome:
    done = time.monotonic()
    pipe.pace = 0.95
    return Outcome(line.told(("off_rate",), done, within=90) - 12, None)


FAULTS: tuple[tuple[str, str, Callable[[Line], Outcome]], ...] = (
    ("1", "device unplugged, no other there; back with 8 kHz, one channel", _unplugged),
    ("1", "sound server killed, started again after 2 s", _server_killed),
    ("1, 7, 10", "device unplugged, the server takes another one; back with 8 kHz, one channel", _replaced),
    ("2", "sound server stands still for 6 s", _server_stopped(6)),
    ("2", "sound server stands still for 15 s", _server_stopped(15)),
    ("2", "sink suspended", _suspended),
    ("4", "the process that holds the device stands still", _capture_stopped),
    ("5", "recogniser stands still until 2 s are missing (the 2 s are taken off)", _recogniser_slow),
    ("7", "stream moved to another source, and back", _moved),
    ("9", "the process that holds the device crashes (SIGSEGV)", _capture_crashed),
    ("16", "the recogniser's process crashes (SIGSEGV); heard again: words", _recogniser_crashed),
)
PIPED: tuple[tuple[str, str, Callable[[Line, Pipe], Outcome]], ...] = (
    ("11", "exact zeros (the first 5 s of them are none, and taken off)", _muted),
    ("12", "clipping (2 bad seconds in a row make it, 5 good ones end it; both taken off)", _clipping),
    ("6", "5 % too slow (10 s are needed to be sure of 2 %, and 2 s to settle; taken off)", _off_rate),
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


def _shown(seconds: float, bar: float) -> str:
    return f"{seconds:.1f}" + ("" if seconds <= bar else " **missed**")


def main() -> None:
    """Make all faults and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", type=Path, help="also write the table here")
    options = parser.parse_args()
    head, busy = provenance(["sounddevice"]), Busy()
    rows = [
        f"| row | fault | seen s (bar {SEEN_S:g}) | heard again s (bar {HEARD_S:g}) | runs |",
        "|---|---|---|---|---|",
    ]
    made = [(row, name, lambda fault=fault: once(fault)) for row, name, fault in FAULTS]
    made += [(row, name, lambda fault=fault: once_piped(fault)) for row, name, fault in PIPED]
    for row, name, make in made:
        outcomes = [make() for _ in range(options.times)]
        seen = max(outcome.seen for outcome in outcomes)
        heard = [outcome.heard for outcome in outcomes if outcome.heard is not None]
        again = _shown(max(heard), HEARD_S) if heard else "-"
        rows.append(f"| {row} | {name} | {_shown(seen, SEEN_S)} | {again} | {options.times} |")
        print(rows[-1], flush=True)
    lines = ["## Faults of live sound", "", head, busy.said(), "- the slowest of the runs; PulseAudio", "", *rows]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
