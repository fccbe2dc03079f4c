"""Qt itself: the application, its loop, and Ctrl-C in it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QStyleFactory

from livewatch.errors import ExitCode
from livewatch.settings import Settings
from livewatch.sinks.sink import Controls, Sink
from livewatch.sinks.window.alert import AlertWindow
from livewatch.sinks.window.bridge import WindowSink
from livewatch.sinks.window.desk import Desk
from livewatch.sinks.window.surroundings import Surroundings

_interfaces: list[QAccessibleWidget] = []
"""Qt frees them with their window; Python must not do it before"""


def run(start: Callable[[Sink], Controls], settings: Settings, surroundings: Surroundings) -> int:
    """Open the window on this, the main thread, start the run, and return when both are over.

    The exit code is 130 after Ctrl-C or SIGTERM, else 0. Raises what `start` raises.
    """
    app = make_application()
    sink = WindowSink()
    desk = Desk(surroundings, settings, sink)
    desk.finished.connect(app.quit)
    desk.show()
    app.commitDataRequest.connect(desk.leave)  # somebody logs out
    with _interrupts(desk) as code:
        desk.control(start(sink))
        app.exec()
    sink.deaf = True
    return code[0]


def make_application() -> QApplication:
    """Return the one application of this process."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication(sys.argv[:1])
    app.setApplicationName("livewatch")
    app.setDesktopFileName("livewatch")
    app.setStyle(
        QStyleFactory.create("Fusion")
    )  # the same on every system, so that what was looked at is what is shown
    app.setQuitOnLastWindowClosed(False)
    QAccessible.installFactory(_accessible)
    return app


def _accessible(class_name: str, shown: object) -> QAccessibleWidget | None:
    """Tell screen readers that the warning is one."""
    if not isinstance(shown, AlertWindow):
        return None
    _interfaces.append(QAccessibleWidget(shown, QAccessible.Role.AlertMessage))
    return _interfaces[-1]


@contextmanager
def _interrupts(desk: Desk) -> Iterator[list[int]]:
    """Let Ctrl-C and SIGTERM end the run: Python only looks at them when Qt's loop gives it something to do."""
    code = [int(ExitCode.OK)]
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)

    def asked() -> None:
        received = reader.recv(64)
        if not {signal.SIGINT, signal.SIGTERM}.intersection(received):
            return
        if code[0] == ExitCode.INTERRUPTED:
            os._exit(ExitCode.INTERRUPTED)  # asked twice: whatever hangs, hangs
        code[0] = int(ExitCode.INTERRUPTED)
        desk.leave()

    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(asked)
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    wakeup = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield code
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        notifier.setEnabled(False)
        reader.close()
        writer.close()
