"""What a recording may look like: rates, channels, and which channel is the caller."""

from __future__ import annotations

from typing import Literal, TypeAlias

from livewatch.errors import AudioError
from livewatch.events import Side

Caller: TypeAlias = Literal["left", "right", "mix"]
"""Which channel of a recording is watched: the first, the second, or the average of all."""

MIN_RATE = 4_000
"""Hertz. Half the telephone rate: below it consonants are gone and no recogniser finds words."""
MAX_RATE = 384_000
"""Hertz. The highest rate sound cards have; headers that say more are damaged."""
MAX_CHANNELS = 8
"""Calls have one or two, conference and 7.1 video recordings up to eight; headers that say more are damaged."""

_DAMAGED = "The header is probably damaged: get the recording again from where it was made."


def check_format(name: str, rate: int, channels: int, caller: Caller) -> None:
    """Refuse what cannot be a call. `name` begins the sentence, quoted already. Raises `AudioError`."""
    if not MIN_RATE <= rate <= MAX_RATE:
        raise AudioError(
            "rate",
            f"{name} says it has {rate:,} samples a second; livewatch reads {MIN_RATE:,} to {MAX_RATE:,}.",
            _DAMAGED,
        )
    if channels < 1:
        raise AudioError("channels", f"{name} says it has no channels, so it holds no sound.", _DAMAGED)
    if channels > MAX_CHANNELS:
        raise AudioError(
            "channels",
            f"{name} says it has {channels:,} channels; livewatch reads up to {MAX_CHANNELS}.",
            "If that is right, mix it down first: ffmpeg -i IN -ac 1 OUT.wav",
        )
    if caller != "mix" and channels < 2:
        raise AudioError(
            "one_channel",
            f"{name} has one channel, so there is no {caller} one to choose: both people are on the same track.",
            "Use --caller mix.",
        )


def side_of(caller: Caller) -> Side:
    """Whose voice the watched channel carries: a chosen channel is the caller's, the average is anybody's."""
    return "any" if caller == "mix" else "caller"
