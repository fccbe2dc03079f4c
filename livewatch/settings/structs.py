"""What can be set. The explanations for people stand in `defaults.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

EngineName = Literal["auto", "moonshine", "vosk", "scripted"]
Caller = Literal["left", "right", "mix"]
Theme = Literal["system", "light", "dark"]
CountryName = Literal["auto", "US", "GB", "IN", "AU", "CA", "DE", "other"]
"""Countries that `risk/aftermath.toml` knows"""


class EngineSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[engine]: the recogniser."""

    name: EngineName
    update_every_s: Annotated[float, Meta(ge=0.1, le=2.0)]
    """Seconds between two decodings of an open sentence, when the call is paced"""
    threads: Annotated[int, Meta(ge=1, le=8)]
    vosk_model: str
    """Name of an installed model or path of a folder; empty: the installed one"""


class SpeechSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[speech]: the speech gate."""

    aggressiveness: Annotated[int, Meta(ge=0, le=3)]


class PhraseSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[phrases]: which phrases are listened for."""

    languages: Annotated[tuple[str, ...], Meta(min_length=1)]
    files: tuple[str, ...]
    """Absolute paths, or relative to the working directory when given on the command line"""


class RiskSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[risk]: when a call is called suspicious or dangerous."""

    caution_points: Annotated[float, Meta(ge=1, le=100)]
    """Decibans"""
    danger_points: Annotated[float, Meta(ge=1, le=100)]
    """Decibans, > caution_points"""


class ListenSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[listen]: what live calls are heard through."""

    device: str
    """Part of a device's name, "default" or "none"; never a number, which changes when something is plugged in"""
    loopback: str
    """Part of a device's name, "default", or empty: none"""
    call_ends_after_s: Annotated[float, Meta(ge=10, le=3600)]
    """Seconds without a word"""
    keep_sound: str
    """Path of a folder; empty: no sound is kept"""
    keep_sound_days: Annotated[int, Meta(ge=1, le=3650)]


class ReplaySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[replay]: how recordings are read."""

    caller: Caller


class TerminalSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[terminal]: what the terminal shows."""

    words: bool


class HistorySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[history]: whether calls are kept."""

    enabled: bool
    keep_days: Annotated[int, Meta(ge=1, le=3650)]
    folder: str
    """Path of a folder; empty: the usual place for a program's data"""


class CacheSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[cache]: what is kept of labelled calls from one run to the next."""

    enabled: bool
    limit_mb: Annotated[int, Meta(ge=1, le=1_000_000)]
    """Millions of bytes"""
    folder: str
    """Path of a folder; empty: the usual place for what a program can make again"""


class WindowSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[window]: how the window looks."""

    theme: Theme
    text_size: Annotated[float, Meta(ge=0.8, le=3.0)]
    """Times the system's text size"""


class AlertSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """[alert]: how people are warned."""

    tone: bool
    """A short tone at danger"""
    voice: bool
    """The advice is spoken at danger"""
    country: CountryName
    """Whose offices take reports"""


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings, complete and checked."""

    engine: EngineSettings
    speech: SpeechSettings
    phrases: PhraseSettings
    risk: RiskSettings
    listen: ListenSettings
    replay: ReplaySettings
    terminal: TerminalSettings
    window: WindowSettings
    alert: AlertSettings
    history: HistorySettings
    cache: CacheSettings
