"""What livewatch needs on this computer, whether it is there, and what to type where it is not.

Opens no connection and writes nothing. Works without sound, without a screen and without a network.
"""

from livewatch.doctor.examine import examine
from livewatch.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
