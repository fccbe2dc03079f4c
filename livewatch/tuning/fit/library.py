"""The library that only fitting needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from livewatch.errors import UsageError


def scipy(part: str) -> Any:
    """Return the module `scipy.PART`. Raises `UsageError` where scipy is not installed."""
    try:
        return import_module(f"scipy.{part}")
    except ImportError:
        raise UsageError(
            "fit-scipy", "Fitting needs the package scipy.", 'Type: pip install "livewatch[tune]"'
        ) from None
