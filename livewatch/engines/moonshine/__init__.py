"""Moonshine run by livewatch: its weights, our graphs, our streaming policy, and the second listen."""

from livewatch.engines.moonshine.engine import MoonshineEngine, open_engine

__all__ = ["MoonshineEngine", "open_engine"]
