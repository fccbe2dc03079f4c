"""Versions, settings, phrase lists, screen, notifications, history: all that can be looked at without sound."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import platformdirs

from livewatch.doctor.finding import Finding, State
from livewatch.errors import WindowError
from livewatch.phrases.book import Book
from livewatch.settings import Settings, config_path
from livewatch.sinks.window import probe

NO_FILE = os.devnull
"""A settings file that changes nothing"""
_PACKAGES = ("livewatch", "moonshine-voice", "vosk", "onnxruntime", "sounddevice", "PySide6-Essentials", "numpy")


def versions() -> Iterator[Finding]:
    """Name what a report of a fault has to name."""
    named: list[str] = []
    for package in _PACKAGES:
        try:
            named.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            named.append(f"{package} (not installed as a package)")
    where = f"Python {platform.python_version()}, {platform.platform()}, {platform.machine()}"
    yield Finding("versions", State.GOOD, f"{'; '.join(named)}; {where}.")


def settings_file() -> Iterator[Finding]:
    """Say where the settings are; they have been read before without a mistake."""
    path = config_path()
    if path.is_file():
        yield Finding("settings", State.GOOD, f"{path} is right.")
    else:
        yield Finding("settings", State.NOTE, f"There is no {path}: everything is at its default.", "livewatch setup")


def phrases(settings: Settings) -> Iterator[Finding]:
    """Read the phrase lists. Raises `PhraseError`."""
    loaded = Book.load([Path(file) for file in settings.phrases.files], languages=settings.phrases.languages)
    for problem in loaded.problems:
        yield Finding("phrases", State.BAD, f"{problem.file}:{problem.line}: {problem.message}", problem.suggestion)
    if not loaded.problems:
        languages = ", ".join(settings.phrases.languages)
        own = f" and {len(settings.phrases.files)} files of your own" if settings.phrases.files else ""
        yield Finding("phrases", State.GOOD, f"The phrase lists for {languages}{own} are right.")


def screen() -> Iterator[Finding]:
    """Find out whether the window can be opened."""
    try:
        probe.check()
    except WindowError as error:
        where = f"DISPLAY={os.environ.get('DISPLAY', '')} WAYLAND_DISPLAY={os.environ.get('WAYLAND_DISPLAY', '')}"
        todo = (
            error.hint if error.code == "window-library" else "In the terminal it works all the same: livewatch listen"
        )
        yield Finding("screen", State.NOTE, f"{error.message} ({where})", todo)
        return
    yield Finding("screen", State.GOOD, "The window can be opened.")


def notices() -> Iterator[Finding]:
    """Find out whether there is something that shows notifications, and something that speaks."""
    if sys.platform in ("win32", "darwin"):
        yield Finding("notices", State.GOOD, "The system shows notifications and speaks by itself.")
        return
    if not shutil.which("notify-send"):
        todo = "sudo apt install libnotify-bin"
        yield Finding("notices", State.NOTE, "Notifications of the desktop cannot be sent: no notify-send.", todo)
    elif not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not Path(f"/run/user/{os.getuid()}/bus").exists():
        text = "Notifications of the desktop cannot be sent: this session has no message bus."
        yield Finding("notices", State.NOTE, text, "Start livewatch from within the desktop.")
    else:
        yield Finding("notices", State.GOOD, "Notifications of the desktop can be sent.")
    if shutil.which("espeak-ng") or shutil.which("espeak"):
        yield Finding("notices", State.GOOD, "Advice can be spoken.")
    else:
        text = "Advice cannot be spoken (alert.voice): no espeak-ng."
        yield Finding("notices", State.NOTE, text, "sudo apt install espeak-ng")


def history(settings: Settings) -> Iterator[Finding]:
    """Find out whether calls and their sound are kept, and can be."""
    if settings.history.enabled:
        usual = platformdirs.user_data_path("livewatch", appauthor=False) / "history"
        folder, days = Path(settings.history.folder or usual), settings.history.keep_days
        yield _kept("Calls are kept", "The history", folder, days, "history.folder")
    else:
        yield Finding("history", State.GOOD, "Calls are not kept (history.enabled is false).")
    if settings.listen.keep_sound:
        folder, days = Path(settings.listen.keep_sound), settings.listen.keep_sound_days
        yield _kept("The sound of calls is kept", "The sound of calls", folder, days, "listen.keep_sound")
    else:
        yield Finding("history", State.GOOD, "No sound of calls is kept (listen.keep_sound is empty).")


def _kept(what: str, thing: str, folder: Path, days: int, setting: str) -> Finding:
    """Say where something is kept, or that it cannot be."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("history", State.GOOD, f"{what} for {days} days in {folder}.")
    text = f"{thing} cannot be written: {there} does not allow it."
    return Finding("history", State.BAD, text, f"livewatch config set {setting} DIR")
