"""The window on a real display, as the tests use it. Qt is imported late: not every test needs it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livewatch.errors import LivewatchError
from livewatch.events import Event
from livewatch.risk.aftermath import load_guidance
from livewatch.settings import load
from livewatch.sinks.record import CallRecord
from tests.sinks.events import STAMP


class Pressed:
    """Notes what is done to the run. Satisfies `Controls`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def pause(self, on: bool) -> None:
        self.calls.append(("pause", on))

    def known_caller(self) -> None:
        self.calls.append(("known_caller", None))

    def answered(self, answer: str) -> None:
        self.calls.append(("answered", answer))

    def new_call(self) -> None:
        self.calls.append(("new_call", None))

    def mute_for(self, seconds: float) -> None:
        self.calls.append(("mute_for", seconds))

    def stop(self) -> None:
        self.calls.append(("stop", None))


class Screen:
    """A desk with its windows, and a clock that only the test moves."""

    def __init__(self, display: str, folder: Path, *, live: bool = True, **spoken: object) -> None:
        from livewatch.sinks.window.bridge import WindowSink
        from livewatch.sinks.window.desk import Desk
        from livewatch.sinks.window.surroundings import Surroundings

        self.display = display
        self.now = 1000.0
        self.pressed = Pressed()
        self.saved: list[tuple[str, object]] = []
        self.kept: list[CallRecord] = []
        self.full = False
        """Whether no report can be written"""
        self.sink = WindowSink()
        self.finished: list[bool] = []
        spoken = {"alert.tone": False, "window.theme": "light", **spoken}
        spoken = {name.replace("__", "."): value for name, value in spoken.items()}
        self._folder = folder
        around = Surroundings(
            "livewatch: test",
            load_guidance(),
            "US",
            lambda name, value: self.saved.append((name, value)),
            self._keep,
            folder / "config.toml",
            live=live,
        )
        self.desk = Desk(around, load(spoken, {"LIVEWATCH_CONFIG": os.devnull}).settings, self.sink, lambda: self.now)
        self.desk.finished.connect(lambda: self.finished.append(True))
        self.desk.control(self.pressed)
        self.desk.show()
        self.pump()

    @property
    def quiet(self) -> Any:
        return self.desk.quiet

    @property
    def alert(self) -> Any:
        return self.desk.alert

    def _keep(self, record: CallRecord) -> Path:
        if self.full:
            raise LivewatchError("output", "The report cannot be written: the disk is full.", "Make room.")
        self.kept.append(record)
        return self._folder / f"report-{len(self.kept)}.html"

    @property
    def after(self) -> Any:
        return self.desk.afterwards.window

    def send(self, *events: Event) -> None:
        """Give events to the sink and let the window draw."""
        for event in events:
            self.sink.handle(event, STAMP)
        self.pump()

    def pump(self, seconds: float = 0.1) -> None:
        """Let Qt work."""
        from PySide6.QtWidgets import QApplication

        until = time.monotonic() + seconds
        while time.monotonic() < until:
            QApplication.processEvents()
            time.sleep(0.005)

    def until(self, condition: Callable[[], bool], seconds: float = 15.0) -> None:
        """Let Qt work until `condition`; fail if it does not come."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            self.pump(0.02)

    def shot(self, name: str, widget: Any = None) -> Any:
        """Take a picture of a window; LIVEWATCH_SHOTS names a folder to keep it in."""
        folder = Path(os.environ.get("LIVEWATCH_SHOTS", self._folder))
        picture = (widget or self.quiet).grab()
        picture.save(str(folder / f"{name}.png"))
        return picture

    def tool(self, *arguments: object) -> str:
        """Run xdotool or another X program on the display."""
        done = subprocess.run(
            [*map(str, arguments)],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return done.stdout.strip()

    def active(self) -> str:
        """Return the number of the window that has the focus."""
        return self.tool("xdotool", "getactivewindow")

    def topmost(self) -> int:
        """Return the number of the window above all others."""
        stack = self.tool("xprop", "-root", "_NET_CLIENT_LIST_STACKING").split("#")[1]
        return int(stack.split(",")[-1], 16)

    def close(self) -> None:
        """Take everything away."""
        from PySide6.QtWidgets import QDialog

        for dialog in self.quiet.findChildren(QDialog):
            dialog.close()
        self.desk._finish()
        self.pump(0.05)
        for window in (self.alert, self.quiet, self.after):
            window.deleteLater()
        self.desk.deleteLater()
        self.pump(0.05)
