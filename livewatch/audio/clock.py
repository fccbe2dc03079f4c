"""Where the sound of a track belongs in time: by the wall clock where it begins, by its samples from then on."""

from __future__ import annotations

from livewatch.events import SAMPLE_RATE

_GAP_S = 0.5
"""Seconds between two blocks after which something may be missing"""
_LATE_S = 3.0
"""Seconds after a gap until late sound has come: what is missing then is lost"""
_SURE_S = 1.0
"""Seconds watched from then on: a computer that is busy hands sound on late, and that is no loss"""
_LEAST_LOST = SAMPLE_RATE // 4
"""Samples; less is jitter"""


class TrackClock:
    """The samples of one track on the clock that its call's tracks share, and which of them are missing."""

    def __init__(self) -> None:
        self._next: int | None = None
        """Sample index of the next sample; None before the first"""
        self._fresh = True
        self._last = 0.0
        self._usual = 0.0
        """Samples by which sound usually trails the wall clock"""
        self._late: float | None = None
        """When sound that is late should have come; None while nothing is missing"""
        self._least = 0
        """Samples it has trailed at least since then"""

    def opened(self) -> None:
        """The device has been opened: its next samples are placed by the wall clock."""
        self._fresh = True

    def lost(self, now: float, count: int) -> int:
        """Samples that are missing before the `count` which came at `now`, in seconds since sample 0."""
        elapsed = round(now * SAMPLE_RATE)
        gap, self._last = now - self._last, now
        if self._next is None:
            self._next = max(0, elapsed - count)
        if self._fresh:
            self._fresh, self._late = False, None
            lost = max(0, elapsed - count - self._next)
            self._usual = elapsed - count - self._next - lost
            return lost
        behind = elapsed - count - self._next
        if gap > _GAP_S:
            self._late = now + _LATE_S
        if self._late is None:
            self._usual += (behind - self._usual) / 50
        elif now < self._late:
            self._least = behind
        else:
            self._least = min(self._least, behind)
            missing = round(self._least - self._usual)
            if now >= self._late + _SURE_S:
                self._late = None
                return missing if missing > _LEAST_LOST else 0
        return 0

    def place(self, count: int, lost: int) -> int:
        """Return the sample index of the next `count` samples, which come after `lost`."""
        start = (self._next or 0) + lost
        self._next = start + count
        return start
