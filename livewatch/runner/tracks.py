"""The live tracks of a run: a microphone, or a microphone and what the computer plays, each read by its own thread."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from livewatch.audio import devices, pulse
from livewatch.audio.health import Trouble
from livewatch.audio.level import FLOOR_DBFS
from livewatch.audio.microphone import Microphone, open_microphone
from livewatch.audio.wanted import Wanted
from livewatch.events import AudioChunk, Hearing, HearingState, Notice, Side

_SETTLE_S = 0.15
"""Seconds to wait after a change on the sound server: changes come in bursts"""


class Tracks:
    """All tracks of a run. `tend` and `close` are called from one thread."""

    def __init__(self, wanted: Sequence[Wanted], heard: Callable[[AudioChunk], None]) -> None:
        """Open nothing yet; `heard` is called from the threads of the tracks. Raises `UsageError` and `AudioError`."""
        epoch = time.monotonic()
        known = devices.list_devices()
        self.microphones = [open_microphone(each, epoch, known) for each in wanted]
        self._heard = heard
        self._threads = [
            threading.Thread(target=self._listen, args=(each,), name=f"track {each.wanted.side}", daemon=True)
            for each in self.microphones
        ]
        self._watch: _ServerWatch | None = None
        self._troubles: dict[Side, Trouble] = {}
        self._told: dict[Side, str] = {}
        """By side: the device last named as the one that is heard"""

    @property
    def name(self) -> str:
        """What is listened to, for people."""
        return " and ".join(each.name for each in self.microphones)

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the processes that hold the devices."""
        return sum(each.cpu_s for each in self.microphones)

    def start(self) -> None:
        """Open the devices."""
        for thread in self._threads:
            thread.start()
        if any(each.device.system == devices.PULSE for each in self.microphones):
            with contextlib.suppress(OSError):
                self._watch = _ServerWatch(self.microphones)

    def close(self) -> None:
        """Free the devices."""
        if self._watch is not None:
            self._watch.close()
        for each in self.microphones:
            each.close()
        for thread in self._threads:
            thread.join(2)

    def hear(self) -> bool:
        """Whether sound has come from every track."""
        return all(each.hears() for each in self.microphones)

    def tend(self, at: int) -> Iterator[Notice]:
        """Judge every track, open again what is silent, and tell what has changed."""
        for each in self.microphones:
            side = each.wanted.side
            trouble, before = each.tend(), self._troubles.get(side)
            if trouble is not None:
                if before is not None and before.deaf and not trouble.deaf:
                    yield self._recovered(each, at)
                if self._matters(trouble) and (before is None or before.kind != trouble.kind):
                    yield Notice(at, trouble.kind, trouble.message)
                self._troubles[side] = trouble
            elif each.hears():
                yield from self._well(each, before, at)

    def hearing(self, at: int) -> Hearing:
        """Sum up how well is heard."""
        level = max((each.level() for each in self.microphones), default=FLOOR_DBFS)
        side: Side = "any"
        worst: Trouble | None = None
        for on, trouble in self._troubles.items():
            if self._matters(trouble) and (worst is None or trouble.deaf > worst.deaf):
                side, worst = on, trouble
        if any(each.hears() and each.speaks() for each in self.microphones):
            state = HearingState.SPEECH
        elif worst is not None and worst.deaf:
            state = HearingState.NOT_HEARING
        else:
            state = HearingState.LISTENING if self.hear() else HearingState.STARTING
        return Hearing(at, state, level, worst.message if worst else "", side)

    def _matters(self, trouble: Trouble) -> bool:
        """That nothing plays is no fault while the other track is heard: there is no call on the computer."""
        return trouble.kind != "silent" or len(self.microphones) == 1

    def _well(self, each: Microphone, before: Trouble | None, at: int) -> Iterator[Notice]:
        side = each.wanted.side
        self._troubles.pop(side, None)
        named = self._told.get(side)
        self._told[side] = each.name
        if named is None:
            yield Notice(at, "listening", f"Livewatch listens to {each.name}.")
        elif named != each.name:
            yield Notice(at, "moved", f"Livewatch now listens to {each.name}, no longer to {named}.")
        elif before is not None and before.kind != "silent":
            yield self._recovered(each, at)

    @staticmethod
    def _recovered(each: Microphone, at: int) -> Notice:
        return Notice(at, "recovered", f"{each.name} is heard again.")

    def _listen(self, microphone: Microphone) -> None:
        for chunk in microphone:
            self._heard(chunk)


class _ServerWatch:
    """Keeps track, on PulseAudio and PipeWire, of which source we really hear: they move streams without a word."""

    def __init__(self, microphones: Sequence[Microphone]) -> None:
        """Start watching. Raises `OSError` where the server cannot be asked."""
        self._microphones = [each for each in microphones if each.device.system == devices.PULSE]
        self._changed = threading.Event()
        self._closed = False
        self._found: set[int] = set()
        """Processes whose stream has been found on the server: not all can be, a sandbox hides their numbers"""
        self._watcher = pulse.Watcher()
        for target in (self._wait, self._look):
            threading.Thread(target=target, daemon=True).start()

    def close(self) -> None:
        """Stop watching."""
        self._closed = True
        self._changed.set()
        self._watcher.close()

    def _wait(self) -> None:
        while not self._closed:
            for _ in self._watcher:
                self._changed.set()
            self._changed.set()
            time.sleep(1)  # the server has gone; it may come back
            if not self._closed:
                self._watcher.close()
                self._watcher = pulse.Watcher()

    def _look(self) -> None:
        there: dict[str, pulse.PulseSource] = {}
        while not self._closed:
            self._changed.wait()
            time.sleep(_SETTLE_S)
            self._changed.clear()
            before, there = there, {each.name: each for each in pulse.sources() or []}
            for each in self._microphones:
                if not self._follows(each, before, there):
                    self._locate(each, there)

    def _locate(self, each: Microphone, there: dict[str, pulse.PulseSource]) -> None:
        process = each.process or 0
        where = pulse.heard_by(process)
        source = there.get(where or each.device.name)
        each.located(where or None, suspended=source is not None and source.suspended)
        if where:
            self._found.add(process)
        elif where == "" and process in self._found:  # its source is gone; PortAudio has not noticed
            each.reopen()

    def _follows(
        self, each: Microphone, before: dict[str, pulse.PulseSource], there: dict[str, pulse.PulseSource]
    ) -> bool:
        """Open another source where that is wanted: the new default, or the one that was gone and is back."""
        back = bool(before) and each.device.name in there and each.device.name not in before
        default = next((name for name, source in there.items() if source.default), None)
        had = next((name for name, source in before.items() if source.default), None)
        asked = each.wanted.name.casefold() == devices.DEFAULT and each.wanted.kind == "input"
        moved = asked and None not in (default, had) and default not in (had, each.device.name)
        if back or moved:
            each.reopen(willing=True)
        return back or moved
