"""Fixtures of the live tests."""

from tests.live.pulse import pulse

__all__ = ["pulse"]
