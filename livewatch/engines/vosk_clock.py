"""From the time line of what a recogniser was fed to that of the call."""

from __future__ import annotations

from bisect import bisect_left, bisect_right


class Clock:
    """Where in the call each fed sample was: what is not fed is a jump."""

    def __init__(self) -> None:
        self.fed = 0
        """Samples fed so far"""
        self._fed: list[int] = []
        self._call: list[int] = []

    def feed(self, start: int, length: int) -> None:
        """Note `length` samples fed that begin at `start` in the call."""
        if not self._fed or start != self._call[-1] + self.fed - self._fed[-1]:
            self._fed.append(self.fed)
            self._call.append(start)
        self.fed += length

    def start(self, fed: int) -> int:
        """Return where the fed sample `fed` was in the call."""
        return self._at(bisect_right(self._fed, fed) - 1, fed)

    def end(self, fed: int) -> int:
        """Return the same for an end: just past the last sample before a jump, not the first one after it."""
        return self._at(bisect_left(self._fed, fed) - 1, fed)

    def forget(self) -> None:
        """Only what comes from now on will be asked for."""
        del self._fed[:-1], self._call[:-1]

    def _at(self, piece: int, fed: int) -> int:
        piece = max(0, piece)
        return self._call[piece] + fed - self._fed[piece]
