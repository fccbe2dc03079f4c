"""Where settings come from, and which of them wins."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from livewatch.errors import SettingsError
from livewatch.settings.structs import Settings
from livewatch.settings.values import PREFIX, TYPES, convert


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and where each came from."""

    settings: Settings
    origins: Mapping[str, str]
    """By dotted name: "default", "FILE:LINE", the environment variable, or "command line"."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place where settings are written."""

    values: dict[str, object]
    """By dotted name"""
    places: dict[str, str] = field(default_factory=dict)
    """By dotted name: for error messages and `Loaded.origins`"""
    as_text: bool = False
    """Values are text that has still to be read as the setting's type"""
    base: Path | None = None
    """Folder that relative paths start from; None: the working directory"""


def load(command_line: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None) -> Loaded:
    """Read all settings. `command_line` is by dotted name; `phrases.files` in it adds to the others.

    Raises `SettingsError` with every mistake of every layer.
    """
    environ = os.environ if environ is None else environ
    spoken = dict(command_line or {})
    layers = [
        _defaults(),
        _user_file(config_path(environ), required="LIVEWATCH_CONFIG" in environ),
        _environment(environ),
        _Layer(spoken, dict.fromkeys(spoken, "command line")),
    ]
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for layer in layers:
        for name, raw in layer.values.items():
            place = layer.places[name]
            try:
                value = _absolute(name, convert(name, raw, as_text=layer.as_text), layer.base)
            except ValueError as error:
                problems.append(f"{place}: {error}")
                continue
            if name == "phrases.files" and layer is layers[-1]:
                value = (*values[name], *value)
            values[name], origins[name] = value, place
    if not problems and values["risk.caution_points"] >= values["risk.danger_points"]:
        problems.append(f"{origins['risk.danger_points']}: risk.danger_points must be more than risk.caution_points.")
    if problems:
        raise SettingsError(
            "settings",
            "The settings cannot be used:\n" + "\n".join(f"  {problem}" for problem in problems),
            "To see every setting: livewatch config show",
        )
    return Loaded(msgspec.convert(nested(values), Settings), origins)


def config_path(environ: Mapping[str, str] | None = None) -> Path:
    """Path of the user's settings file, whether or not it exists: LIVEWATCH_CONFIG, else the usual place."""
    named = (os.environ if environ is None else environ).get("LIVEWATCH_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("livewatch", appauthor=False) / "config.toml"


def default_text() -> str:
    """Read `defaults.toml`: every setting with its explanation."""
    return (package_files("livewatch") / "defaults.toml").read_text("utf-8")


def nested(values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """{"engine.name": "vosk"} as {"engine": {"name": "vosk"}}."""
    tree: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        section, key = name.split(".", 1)
        tree.setdefault(section, {})[key] = value
    return tree


def _defaults() -> _Layer:
    values = _flat(tomllib.loads(default_text()))
    return _Layer(values, dict.fromkeys(values, "default"))


def _user_file(path: Path, *, required: bool) -> _Layer:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        if not required:
            return _Layer({})
        raise SettingsError(
            "settings-missing",
            f"{path}: there is no such settings file (LIVEWATCH_CONFIG).",
            "To make it: livewatch config init",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError("settings-unreadable", f"{path}: the settings cannot be read: {cause}.") from error
    try:
        values = _flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings-syntax", f"{path}: {error}.", "Correct that line.") from error
    lines = _lines(text)
    places = {name: f"{path}:{lines[name]}" if name in lines else str(path) for name in values}
    return _Layer(values, places, base=path.parent)


def _environment(environ: Mapping[str, str]) -> _Layer:
    """Variables that name a setting, or that look like a mistyped one. Other LIVEWATCH_… variables are not settings."""
    known = {PREFIX + name.replace(".", "_").upper(): name for name in TYPES}
    sections = Settings.__struct_fields__
    values: dict[str, object] = {}
    places: dict[str, str] = {}
    for variable in sorted(environ):
        meant = known.get(variable)
        if meant is None and variable.startswith(PREFIX):
            section = variable.removeprefix(PREFIX).partition("_")[0].lower()
            if difflib.get_close_matches(section, sections, n=1, cutoff=0.75):
                meant = variable
        if meant is not None:
            values[meant], places[meant] = environ[variable], variable
    return _Layer(values, places, as_text=True)


def _flat(tree: Mapping[str, object]) -> dict[str, object]:
    """{"engine": {"name": …}} as {"engine.name": …}; what is not in a section keeps its bare name."""
    flat: dict[str, object] = {}
    for section, content in tree.items():
        if isinstance(content, dict) and section in Settings.__struct_fields__:
            flat |= {f"{section}.{key}": value for key, value in content.items()}
        else:
            flat[section] = content
    return flat


def _lines(text: str) -> dict[str, int]:
    """Line number of every key by dotted name. Only for messages: a `key =` inside a long string may mislead it."""
    found: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = header[1]
            found.setdefault(section, number)
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            found.setdefault(f"{section}.{key[1]}".lstrip("."), number)
    return found


def _absolute(name: str, value: Any, base: Path | None) -> Any:
    """Paths in the user's file start from its folder, not from wherever livewatch happens to be started."""
    if name in ("history.folder", "cache.folder", "listen.keep_sound") and value:
        return str((base or Path()) / Path(value).expanduser())
    if name != "phrases.files":
        return value
    return tuple(str((base or Path()) / Path(path).expanduser()) for path in value)
