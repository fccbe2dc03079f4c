"""Running calls: the only place with threads, clocks and signals."""

from livewatch.runner.run import Call, Outcome, Runner
from livewatch.runner.stop import Stop

__all__ = ["Call", "Outcome", "Runner", "Stop"]
