"""Phrases that were mis-heard: found by how they sound, for the second listen to decide (English)."""

from livewatch.phrases.sound.ear import MOST_DISTANCE, STRICT_DISTANCE, Ear, Sounding
from livewatch.phrases.sound.pronounce import pronouncer
from livewatch.phrases.sound.search import SoundIndex

__all__ = ["MOST_DISTANCE", "STRICT_DISTANCE", "Ear", "SoundIndex", "Sounding", "pronouncer"]
