"""Settings: frozen structs, filled from `defaults.toml`, the user's file, the environment and the command line.

The later ones of these win. A key or a value that is not known stops the program; all mistakes are reported at once,
each with its place and, where there is one, the name that was probably meant.
"""

from livewatch.settings.layers import Loaded, config_path, default_text, load
from livewatch.settings.structs import (
    AlertSettings,
    CacheSettings,
    Caller,
    EngineName,
    EngineSettings,
    HistorySettings,
    ListenSettings,
    PhraseSettings,
    ReplaySettings,
    RiskSettings,
    Settings,
    SpeechSettings,
    TerminalSettings,
    WindowSettings,
)
from livewatch.settings.values import TYPES, convert

__all__ = [
    "TYPES",
    "AlertSettings",
    "CacheSettings",
    "Caller",
    "EngineName",
    "EngineSettings",
    "HistorySettings",
    "ListenSettings",
    "Loaded",
    "PhraseSettings",
    "ReplaySettings",
    "RiskSettings",
    "Settings",
    "SpeechSettings",
    "TerminalSettings",
    "WindowSettings",
    "config_path",
    "convert",
    "default_text",
    "load",
]
