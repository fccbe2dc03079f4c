"""Plays a piece of a recording through the speakers, for the test whether livewatch hears it."""

from __future__ import annotations

from pathlib import Path

from livewatch.errors import AudioError


def play(path: Path, start_s: float, end_s: float) -> None:
    """Play a part of a recording (seconds) on the system's default output; returns when it is over.

    Raises `AudioError`.
    """
    import soundfile  # noqa: PLC0415 - with the sound card only where something is played

    try:
        import sounddevice  # noqa: PLC0415
    except OSError as error:  # PortAudio is not there
        raise _silent(error) from error
    rate = soundfile.info(path).samplerate
    samples, _ = soundfile.read(path, start=int(start_s * rate), stop=int(end_s * rate), dtype="float32")
    try:
        sounddevice.play(samples, rate, blocking=True)
    except (sounddevice.PortAudioError, ValueError) as error:
        raise _silent(error) from error


def _silent(error: Exception) -> AudioError:
    return AudioError(
        "no-speaker", f"Nothing can be played: {error}.", "Switch the speakers on, or skip the test: --no-test"
    )
