"""Loads what people are told when it has already happened (`aftermath.toml`); finds out in which country they are."""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Mapping
from importlib.resources import files

import msgspec

from livewatch.guidance import Guidance


def load_guidance() -> Guidance:
    """Return the packaged text."""
    return msgspec.toml.decode((files("livewatch.risk") / "aftermath.toml").read_bytes(), type=Guidance)


def country_here(environ: Mapping[str, str] | None = None) -> str:
    """Guess the country, two capital letters, from the language settings of the system; "" when they do not say.

    No network is asked: a wrong guess shows another country's offices, which `alert.country` sets right.
    """
    environ = os.environ if environ is None else environ
    spoken = [environ.get(name, "") for name in ("LC_ALL", "LC_MONETARY", "LC_TIME", "LANG")]
    for name in (*spoken, _windows_language(), locale.getlocale()[0] or ""):
        if found := re.match(r"[a-z]{2,3}[_-]([A-Z]{2})\b", name):
            return found[1]
    return ""


def _windows_language() -> str:
    """Name the language Windows is set to, such as en_US; "" elsewhere: there the environment says it."""
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415 - only there

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
