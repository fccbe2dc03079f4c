"""Processes that livewatch starts of itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import livewatch


def command(module: str, *arguments: str) -> list[str]:
    """Command line that runs a module of livewatch. Nothing is imported from the folder it happens to run in (-P)."""
    return [sys.executable, "-P", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment in which it finds the same livewatch, installed or not."""
    package = str(Path(livewatch.__file__).parents[1])
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, others] if others else [package])}
