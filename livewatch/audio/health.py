"""Whether a track really hears, judged by the frames that came against the wall clock.

Nothing else can be believed: a stream whose server hangs says that it is active and calls nobody (measured: 0 callbacks
in 6 s, no flag), and one whose device was taken away may go on with another one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from livewatch.audio.level import FLOOR_DBFS, FULL_SCALE

START_S = 4.0
"""Seconds from opening to the first frame that are no fault: PulseAudio takes up to 2.0 on an idle sink (measured)"""
STALL_S = 1.5
"""Seconds without a frame: they come every 60 ms, at times 60 ms late (measured), and people must know within 2 s"""
ZEROS_S = 5.0
"""Seconds of exact zeros: no microphone is that quiet"""
_CLIPPED_SHARE = 0.002
"""Of the samples of a second at either end of the range: crackle that anybody hears"""
_CLIPPING_S, _CLEAN_S = 2, 5
"""Seconds in a row that make a fault, and that end it"""
_QUIET_DBFS, _LOUD_DBFS = -42.0, -36.0
"""Peak of speech below which it is too quiet, and above which it is right again"""
_QUIET_SPEECH_S = 3.0
"""Seconds of speech to hear before calling it quiet"""
_OFF_RATE = ((60.0, 0.005), (10.0, 0.02))
"""Seconds watched at least, and how far frames over time may then be off. 60 ms of jitter are 0.6 % of 10 s"""
_SETTLE_S = 2.0
"""Seconds after the first frame, and after a gap, in which frames come in bursts"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a track."""

    kind: str
    """dead, stalled, suspended, muted, silent, moved, off_rate, clipping or quiet"""
    message: str
    """One sentence for people: what is wrong, and how it is being mended"""
    deaf: bool
    """Whether nothing of use is heard"""


class Health:
    """One track. Has no clock: every call gets `now`, seconds that never go back. Not for two threads at once."""

    def __init__(self, label: str, now: float, *, loopback: bool, idles: bool = False) -> None:
        """`label` names the device to people; `idles`: a loopback that gives no frames at all while nothing plays."""
        self.label = label
        self._loopback = loopback
        self._idles = idles
        self._gone: Trouble | None = None
        self._suspended = False
        self._elsewhere = ""
        self.opened(now, 0)

    def opened(self, now: float, rate: int) -> None:
        """The device is open with `rate` hertz; nothing has been heard of it yet."""
        self._gone = None
        self._rate = rate
        self._opened = now
        self._last: float | None = None
        self._sounded = now
        self._level: deque[tuple[float, float]] = deque()
        self._second = _Second(now)
        self._clipping = _Streak(_CLIPPING_S, _CLEAN_S)
        self._quiet = False
        self._spoken = 0.0
        self._spoken_peak = FLOOR_DBFS
        self._begin_clock(now)

    def gone(self, why: str) -> None:
        """The device cannot be opened, or has ended; `why` is one sentence."""
        self._gone = Trouble("dead", f"{why} Livewatch keeps trying to open it again.", deaf=True)

    def suspended(self, on: bool) -> None:
        """The sound server says that it holds the device back."""
        self._suspended = on

    def moved(self, label: str) -> None:
        """The sound server has moved us to the device `label`; "" when we are where we should be."""
        self._elsewhere = label

    def frames(self, now: float, block: np.ndarray, *, speech: bool) -> None:
        """Take the next frames, shape (n, channels) int16."""
        count = len(block)
        if not count:
            return
        if self._last is None or now - self._last > STALL_S / 3:
            self._begin_clock(now)
        self._last = now
        self._received += count
        self._watch_clock(now)
        top, bottom = int(block.max()), int(block.min())
        if top or bottom:
            self._sounded = now
        peak = _dbfs(max(top, -bottom))
        self._level.append((now, peak))
        while self._level[0][0] < now - 0.1:
            self._level.popleft()
        clipped = 0
        if top >= 32_767 or bottom <= -32_768:
            clipped = int(np.count_nonzero((block == 32_767) | (block == -32_768)))
        if self._second.add(now, clipped, block.size):
            self._clipping.note(self._second.share >= _CLIPPED_SHARE)
            self._second = _Second(now)
        if speech and self._rate:
            self._speech(count / self._rate, peak)

    @property
    def hears(self) -> bool:
        """Whether any frame has come since the device was opened."""
        return self._last is not None and self._gone is None

    def level(self, now: float) -> float:
        """Peak of the last 0.1 s in dBFS, or of the last block where they are longer; -120 when nothing comes."""
        if not self._level or self._level[-1][0] < now - 0.3:
            return FLOOR_DBFS
        return max(peak for _, peak in self._level)

    def silent_for(self, now: float) -> float:
        """Seconds without any frame, since the device was opened."""
        return now - (self._opened if self._last is None else self._last)

    def judge(self, now: float) -> Trouble | None:
        """Name the worst that is wrong now."""
        if self._gone is not None:
            return self._gone
        silent = self._silent(now)
        if silent is not None or self._last is None:
            return silent
        zeros = now - self._sounded >= ZEROS_S
        if zeros and not self._loopback:
            message = f"{self.label} gives digital silence: is it muted, or may livewatch not use the microphone?"
            return Trouble("muted", message, deaf=True)
        if self._elsewhere:
            message = f"The sound system has moved livewatch from {self.label} to {self._elsewhere}."
            return Trouble("moved", message, deaf=False)
        return self._nothing_playing() if zeros else self._flawed()

    def _silent(self, now: float) -> Trouble | None:
        """Judge how long nothing has come."""
        if self._suspended and self.silent_for(now) > STALL_S / 3:
            message = f"The sound system holds {self.label} back; it is heard as soon as that ends."
            return Trouble("suspended", message, deaf=True)
        if self.silent_for(now) <= (START_S if self._last is None else STALL_S):
            return None
        if self._idles:
            return self._nothing_playing()
        return Trouble("stalled", f"No sound comes from {self.label}; livewatch will open it again.", deaf=True)

    def _flawed(self) -> Trouble | None:
        if self._clipping.on:
            return Trouble("clipping", f"{self.label} is too loud and crackles: turn it down a little.", deaf=False)
        if self._quiet:
            message = f"{self.label} is very quiet: move it closer to the telephone, or turn it up."
            return Trouble("quiet", message, deaf=False)
        if self._off_rate:
            message = f"{self.label} runs {abs(self._off_rate):.1%} too {'fast' if self._off_rate > 0 else 'slow'}."
            return Trouble("off_rate", f"{message} Another input would be understood better.", deaf=False)
        return None

    def _nothing_playing(self) -> Trouble:
        return Trouble("silent", f"Nothing is playing on {self.label}.", deaf=False)

    def _speech(self, seconds: float, peak: float) -> None:
        """Judge how loud speech is, every few seconds of it."""
        self._spoken += seconds
        self._spoken_peak = max(self._spoken_peak, peak)
        if self._spoken_peak >= _LOUD_DBFS:
            self._quiet = False
        if self._spoken >= _QUIET_SPEECH_S:
            self._quiet = self._spoken_peak < (_LOUD_DBFS if self._quiet else _QUIET_DBFS)
            self._spoken, self._spoken_peak = 0.0, FLOOR_DBFS

    def _begin_clock(self, now: float) -> None:
        self._received = 0
        self._settled = now + _SETTLE_S
        self._clock: deque[tuple[float, int]] = deque()
        self._off_rate = 0.0

    def _watch_clock(self, now: float) -> None:
        """Compare frames and time, once a second, over up to a minute."""
        if now < self._settled or (self._clock and now - self._clock[-1][0] < 1):
            return
        self._clock.append((now, self._received))
        while now - self._clock[0][0] > _OFF_RATE[0][0] + 1:
            self._clock.popleft()
        began, before = self._clock[0]
        for watched, most in _OFF_RATE:
            if now - began >= watched:
                off = (self._received - before) / (self._rate * (now - began)) - 1
                self._off_rate = off if abs(off) > most else 0.0
                return


class _Second:
    """Clipped samples of one second."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._clipped = 0
        self._samples = 0

    def add(self, now: float, clipped: int, samples: int) -> bool:
        """Count; True when the second is over."""
        self._clipped += clipped
        self._samples += samples
        return now - self._began >= 1

    @property
    def share(self) -> float:
        return self._clipped / self._samples


class _Streak:
    """On after so many bad seconds in a row, off after so many good ones."""

    def __init__(self, bad: int, good: int) -> None:
        self._needed = {True: bad, False: good}
        self._run = 0
        self.on = False

    def note(self, bad: bool) -> None:
        self._run = self._run + 1 if bad != self.on else 0
        if self._run >= self._needed[bad]:
            self.on, self._run = bad, 0


def _dbfs(peak: int) -> float:
    return max(FLOOR_DBFS, 20 * float(np.log10(peak / FULL_SCALE))) if peak else FLOOR_DBFS
