"""Fixtures of the live tests."""

from tests.display import display
from tests.live.pipewire import pipewire
from tests.live.pulse import pulse

__all__ = ["display", "pipewire", "pulse"]
