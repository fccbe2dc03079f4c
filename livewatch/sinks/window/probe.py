"""Whether a window can be opened, found out before Qt is asked: Qt ends the whole process when it cannot."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from livewatch.errors import WindowError

TERMINAL = "To warn in the terminal instead: --no-window"


def check(environ: Mapping[str, str] | None = None) -> str | None:
    """Raise `WindowError` when there is no display or a library is missing.

    Returns the value for QT_QPA_PLATFORM, None to leave it alone: where X11 and Wayland are both there it is X11, since
    Wayland lets no window stay on top.
    """
    environ = os.environ if environ is None else environ
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        raise WindowError(
            "window-library", "The window needs PySide6, which is not installed.", "pip install PySide6-Essentials"
        )
    if sys.platform in ("win32", "darwin"):
        return None
    plugins = Path(spec.origin).parent / "Qt" / "plugins" / "platforms"
    chosen = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if chosen and chosen not in ("xcb", "wayland"):
        return None
    reasons: list[str] = []
    if environ.get("DISPLAY") and chosen in ("", "xcb"):
        reason = _missing(plugins / "libqxcb.so") or _no_x11(environ["DISPLAY"])
        if reason is None:
            return "xcb" if not chosen else None
        reasons.append(reason)
    if environ.get("WAYLAND_DISPLAY") and chosen in ("", "wayland"):
        reason = _missing(plugins / "libqwayland.so") or _no_wayland(environ)
        if reason is None:
            return "wayland" if not chosen else None
        reasons.append(reason)
    if not reasons:
        raise WindowError("no-display", "The window cannot be opened: there is no display.", TERMINAL)
    raise WindowError("window", f"The window cannot be opened: {reasons[0]}.", TERMINAL)


def check_bindings() -> None:
    """Raise `WindowError` for PySide6 6.12.0 under Python 3.11: it loses a reference to None at every call.

    Python would end itself within minutes ("deallocating None"), and a shown warning with it.
    """
    from PySide6.QtCore import QPoint  # noqa: PLC0415 - Qt only when a window is wanted

    point = QPoint()
    before = sys.getrefcount(None)
    for _ in range(100):
        point.setX(0)
    if before - sys.getrefcount(None) >= 50:  # other threads may hold a few more or fewer
        raise WindowError(
            "window-library",
            "The window cannot be opened: this version of PySide6 ends Python 3.11.",
            "pip install 'PySide6-Essentials<6.12'",
        )


def _missing(plugin: Path) -> str | None:
    """Say which library Qt's part for this kind of display lacks."""
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        library = str(error).partition(":")[0]
        package = " (package libxcb-cursor0)" if "xcb-cursor" in library else ""
        return f"{library} is missing{package}"
    return None


def _no_x11(display: str) -> str | None:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return "libxcb.so.1 is missing"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(display.encode(), None)
    refused = xcb.xcb_connection_has_error(connection) != 0
    xcb.xcb_disconnect(connection)
    return f"the display {display} does not answer" if refused else None


def _no_wayland(environ: Mapping[str, str]) -> str | None:
    path = Path(environ.get("XDG_RUNTIME_DIR", "/")) / environ["WAYLAND_DISPLAY"]
    with socket.socket(socket.AF_UNIX) as tried:
        try:
            tried.connect(str(path))
        except OSError:
            return f"the display {path} does not answer"
    return None
