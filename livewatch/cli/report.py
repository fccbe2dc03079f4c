"""What went wrong with single calls, said at once; the run goes on."""

from __future__ import annotations

import traceback

from rich.text import Text

from livewatch.errors import LivewatchError
from livewatch.sinks.plain import plain
from livewatch.sinks.terminal import PeopleConsole


class Report:
    """Prints errors on standard error, above whatever is being drawn there, and counts them."""

    def __init__(self, console: PeopleConsole, *, debug: bool) -> None:
        """`debug` adds the traceback."""
        self._console = console
        self._debug = debug
        self.count = 0

    def __call__(self, name: str, error: Exception) -> None:
        """Say what is wrong with the call `name`."""
        self.count += 1
        if self._debug:
            self.say("".join(traceback.format_exception(error)))
        if not isinstance(error, LivewatchError):
            self.say(f"livewatch: {name}: something unexpected went wrong ({type(error).__name__}: {error}).")
            self.say("  hint: Add --debug and report what it prints.")
            return
        where = "" if name == "-" or name in error.message else f"{name}: "
        self.say(f"livewatch: {where}{error.message}")
        if error.hint:
            self.say(f"  hint: {error.hint}")

    def say(self, text: str) -> None:
        """Print lines for people, unchanged but for control characters."""
        for line in text.splitlines():
            self._console.print(Text(plain(line)), soft_wrap=True)
