"""The models known by name: models.toml."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from livewatch.errors import ModelError


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model known by name (a `[[model]]` of models.toml)."""

    name: str
    """What is typed after `livewatch models get`"""
    engine: str
    """moonshine or vosk"""
    language: str
    """Language tag in lower case: en, en-us, de"""
    licence: str
    """SPDX identifier"""
    good_for: str
    """One sentence for people"""
    built_in: bool = False
    """Comes with livewatch: nothing to fetch, and the fields below are empty"""
    url: str = ""
    """Where the zip is"""
    size: int = 0
    """Bytes of the zip"""
    md5: str = ""
    """Lower-case hexadecimal, as some model pages print it; for people, not compared"""
    sha256: str = ""
    """Lower-case hexadecimal; this one is compared"""
    folder: str = ""
    """The folder inside the zip that is the model"""


class _PinFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: tuple[Pin, ...]


def read_pins(file: Path) -> tuple[Pin, ...]:
    """Read a models.toml. Raises `ModelError` when it is missing or wrong."""
    try:
        return msgspec.toml.decode(file.read_bytes(), type=_PinFile).model
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelError("model-pins", f"{file} cannot be used: {error}.", "Reinstall livewatch.") from error


def own_pin_file() -> Path:
    """Where livewatch's own models.toml is: beside this module once installed, in models/ of a source checkout."""
    installed = Path(__file__).with_name("models.toml")
    return installed if installed.exists() else Path(__file__).parents[2] / "models" / "models.toml"


def address(pin: Pin) -> str:
    """Where to fetch it: the pin's url, or the file of that name below LIVEWATCH_MODELS_URL, a mirror."""
    base = os.environ.get("LIVEWATCH_MODELS_URL")
    return f"{base.rstrip('/')}/{pin.url.rsplit('/', 1)[-1]}" if base else pin.url
