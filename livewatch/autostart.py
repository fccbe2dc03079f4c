"""Starting livewatch with the desktop: an entry of the user's own, written only when asked for."""

from __future__ import annotations

import os
import plistlib
import re
import sys
from pathlib import Path
from typing import Protocol
from xml.parsers.expat import ExpatError

from livewatch.errors import LivewatchError
from livewatch.sinks.files import write_whole

NAME = "livewatch"


def command() -> list[str]:
    """Return the command line that starts listening, with whole paths: no PATH counts when a desktop starts."""
    name = f"{NAME}.exe" if sys.platform == "win32" else NAME
    script = Path(sys.executable).with_name(name)
    if script.is_file():
        return [str(script), "listen"]
    return [sys.executable, "-m", "livewatch", "listen"]


class Entry(Protocol):
    """Where one kind of desktop looks for what it is to start. `OSError` where it cannot be read or written."""

    place: str
    """For people"""

    def read(self) -> list[str] | None:
        """Return the command line that is started; None when there is none."""
        ...

    def write(self, line: list[str]) -> None:
        """Start this command line from the next login on."""
        ...

    def remove(self) -> None:
        """Start nothing any more. There is an entry."""
        ...


class DesktopFile:
    """Linux and the BSDs: a .desktop file, as freedesktop.org describes it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the autostart folder of the user."""
        self._path = folder / f"{NAME}.desktop"
        self.place = str(self._path)

    def read(self) -> list[str] | None:
        """Read the line Exec; an entry that the desktop was told to leave out counts as none."""
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return None
        if re.search(r"^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$", text, re.MULTILINE):
            return None
        found = re.search(r"^Exec=(.*)$", text, re.MULTILINE)
        return _unquoted(found[1]) if found else None

    def write(self, line: list[str]) -> None:
        """Write the whole file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        entry = (
            "[Desktop Entry]\nType=Application\nName=livewatch\n"
            "Comment=Warns when a caller talks like a scammer\n"
            f"Exec={' '.join(map(_quoted, line))}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
        )
        write_whole(self._path, entry)

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink()


class LaunchAgent:
    """macOS: a property list of launchd."""

    def __init__(self, folder: Path) -> None:
        """`folder` is ~/Library/LaunchAgents."""
        self._path = folder / f"{NAME}.plist"
        self.place = str(self._path)

    def read(self) -> list[str] | None:
        """Read the command line of the agent."""
        try:
            agent = plistlib.loads(self._path.read_bytes())
            return [str(part) for part in agent["ProgramArguments"]]
        except FileNotFoundError:
            return None
        except (plistlib.InvalidFileException, ExpatError, KeyError, TypeError, ValueError) as error:
            raise OSError(0, f"it is damaged ({type(error).__name__})") from error

    def write(self, line: list[str]) -> None:
        """Write the whole file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        agent = {"Label": NAME, "ProgramArguments": line, "RunAtLoad": True, "ProcessType": "Interactive"}
        write_whole(self._path, plistlib.dumps(agent).decode())

    def remove(self) -> None:
        """Remove the file."""
        self._path.unlink()


class RunKey:
    """Windows: a value of the user's Run key."""

    _KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
    place = rf"HKEY_CURRENT_USER\{_KEY}\{NAME}"

    def read(self) -> list[str] | None:
        """Read the value; its parts are quoted as `write` does it."""
        if sys.platform != "win32":
            return None
        import winreg  # noqa: PLC0415 - only there

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, self._KEY) as key:
                return re.findall(r'"([^"]*)"', winreg.QueryValueEx(key, NAME)[0])
        except FileNotFoundError:
            return None

    def write(self, line: list[str]) -> None:
        """Set the value."""
        if sys.platform == "win32":
            import winreg  # noqa: PLC0415 - only there

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, self._KEY) as key:
                winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, " ".join(f'"{part}"' for part in line))

    def remove(self) -> None:
        """Remove the value."""
        if sys.platform == "win32":
            import winreg  # noqa: PLC0415 - only there

            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, self._KEY, 0, winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, NAME)


def entry() -> Entry:
    """Return where this system looks."""
    if sys.platform == "win32":
        return RunKey()
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents")
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return DesktopFile(Path(config) / "autostart")


def switch_on(where: Entry) -> None:
    """Start livewatch with the desktop. Raises `LivewatchError`."""
    try:
        where.write(command())
    except OSError as error:
        raise _trouble(where, "written", error) from error


def switch_off(where: Entry) -> bool:
    """Start it no more; returns whether it was on. Raises `LivewatchError`."""
    try:
        where.remove()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _trouble(where, "removed", error) from error
    return True


def current(where: Entry) -> list[str] | None:
    """Return the command line that is started with the desktop; None when it is off. Raises `LivewatchError`."""
    try:
        return where.read()
    except OSError as error:
        raise _trouble(where, "read", error) from error


def _trouble(where: Entry, what: str, error: OSError) -> LivewatchError:
    return LivewatchError("autostart", f"{where.place} cannot be {what}: {error.strerror or error}.")


def _quoted(part: str) -> str:
    """Quote an argument of Exec: a level for the argument, one for the string it stands in, and % for itself."""
    escaped = re.sub(r'(["`$\\])', r"\\\1", part).replace("\\", "\\\\").replace("%", "%%")
    return f'"{escaped}"'


def _unquoted(line: str) -> list[str]:
    string = line.replace("\\\\", "\\")
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', string)
    return [re.sub(r"\\(.)", r"\1", quoted or bare).replace("%%", "%") for quoted, bare in parts]
