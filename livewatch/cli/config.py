"""`livewatch config path|show|init|set`."""

from __future__ import annotations

import argparse
from collections.abc import MutableMapping
from pathlib import Path

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from livewatch.errors import ExitCode, LivewatchError, SettingsError
from livewatch.settings import config_path, convert, default_text, load
from livewatch.sinks.files import write_whole
from livewatch.sinks.plain import plain


def path(options: argparse.Namespace) -> int:
    """Print where the user's settings file is, or would be."""
    print(config_path())  # noqa: T201
    return ExitCode.OK


def show(options: argparse.Namespace) -> int:
    """Print every setting with where it comes from, as TOML."""
    loaded = load()
    for section, values in msgspec.to_builtins(loaded.settings).items():
        print(f"[{section}]")  # noqa: T201
        for key, value in values.items():
            line = f"{key} = {tomlkit.item(value).as_string()}"
            print(plain(f"{line:<32} # {loaded.origins[f'{section}.{key}']}"))  # noqa: T201
        print()  # noqa: T201
    return ExitCode.OK


def init(options: argparse.Namespace) -> int:
    """Write the defaults with their explanations where the user's file belongs; an existing file stays as it is."""
    target = config_path()
    if target.exists():
        raise SettingsError(
            "settings-exist", f"{target} is already there.", "livewatch config set KEY VALUE, or edit it"
        )
    _write(default_text())
    print(plain(f"Wrote {target}"))  # noqa: T201
    return ExitCode.OK


def change(options: argparse.Namespace) -> int:
    """Change one setting in the user's file; comments and everything else in it stay."""
    value = store(options.key, options.value, as_text=True)
    print(plain(f"{options.key} = {tomlkit.item(value).as_string()}"))  # noqa: T201
    return ExitCode.OK


def store(name: str, value: object, *, as_text: bool = False) -> object:
    """Write the setting `name` into the user's file; `as_text` reads the value from text. Returns what was written.

    Raises `SettingsError` where the value cannot be, and `LivewatchError` where the file cannot be written.
    """
    try:
        value = convert(name, value, as_text=as_text)
    except ValueError as error:
        raise SettingsError("settings-value", str(error), "To see every setting: livewatch config show") from None
    if name == "phrases.files":  # typed here, but read from the settings file's folder
        value = tuple(str(Path(file).absolute()) for file in value)  # type: ignore[union-attr]  # a list of paths
    target = config_path()
    before = _read(target)
    try:
        document = tomlkit.parse(before)
    except TOMLKitError as error:
        raise SettingsError("settings-syntax", f"{target}: {error}.", "Correct that line first.") from error
    section, key = name.split(".", 1)
    table = document.setdefault(section, tomlkit.table())
    if not isinstance(table, MutableMapping):
        raise SettingsError("settings-value", f"{target}: {section} is not a section.", f"Write it as [{section}].")
    table[key] = list(value) if isinstance(value, tuple) else value
    sound = _sound(target)
    _write(tomlkit.dumps(document))
    try:
        load()
    except SettingsError:
        if sound:  # two settings that do not fit together; mistakes that were there before are not our doing
            _write(before)
        raise
    return table[key]


def _sound(target: Path) -> bool:
    """Whether the settings are lawful as they are."""
    try:
        load()
    except SettingsError:
        return not target.exists()
    return True


def _read(target: Path) -> str:
    try:
        return target.read_text("utf-8-sig")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError("settings-unreadable", f"{target}: the settings cannot be read: {cause}.") from error


def _write(text: str) -> None:
    target = config_path()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, text)
    except OSError as error:
        raise LivewatchError("settings-write", f"{target} cannot be written: {error.strerror}.") from error
