"""What the options that several commands share say of the settings."""

from __future__ import annotations

import argparse


def spoken(options: argparse.Namespace) -> dict[str, object]:
    """Return settings by dotted name, for `settings.load`: those that were given, as far as the command takes them."""
    said: dict[str, object] = {}
    if getattr(options, "engine", None):
        said["engine.name"] = options.engine
    if getattr(options, "phrases", None):
        said["phrases.files"] = options.phrases
    if getattr(options, "no_cache", False):
        said["cache.enabled"] = False
    return said
