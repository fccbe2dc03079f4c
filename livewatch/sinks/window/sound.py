"""The tone and the spoken advice of a warning. Other programs make the sound; livewatch does not listen meanwhile."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, Signal

from livewatch.sinks.window import tone

STARTING_S = 1.0
"""Seconds a program may need before it is heard, and its sound to die away in the room"""
WORDS_PER_S = 2.0
"""Of a slow voice"""


@dataclass(frozen=True, slots=True)
class Voice:
    """A program that speaks what it reads on its standard input."""

    program: str
    arguments: tuple[str, ...]


VOICES = (
    Voice("say", ("-f", "-")),
    Voice(
        "powershell",
        (
            "-NoProfile",
            "-Command",
            "Add-Type -AssemblyName System.Speech;"
            "(New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())",
        ),
    ),
    Voice("espeak-ng", ("--stdin", "-s", "140")),
    Voice("espeak", ("--stdin", "-s", "140")),
)
"""macOS, Windows, Linux"""


def find_voice() -> Voice | None:
    """Find what this computer speaks with."""
    return next((voice for voice in VOICES if shutil.which(voice.program)), None)


class Sound(QObject):
    """Sounds the tone, then speaks; one after the other, and a new warning ends the one before."""

    failed = Signal(str)
    """One sentence: why nothing was heard"""

    def __init__(self, mute_for: Callable[[float], None]) -> None:
        """`mute_for` is told how many seconds livewatch itself will be heard."""
        super().__init__()
        self._mute_for = mute_for
        self._process: QProcess | None = None

    def warn(self, text: str, *, with_tone: bool, with_voice: bool) -> None:
        """Sound the tone and speak `text`, as far as they are wanted. Returns at once."""
        self.stop()
        voice = find_voice() if with_voice else None
        if with_voice and voice is None:
            self.failed.emit("The advice cannot be spoken: no program that speaks was found (espeak-ng).")
        if with_tone:
            self._mute_for(tone.LENGTH_S + STARTING_S)
            self._run(sys.executable, ("-m", tone.__name__), "", then=lambda: self._speak(voice, text))
        else:
            self._speak(voice, text)

    def stop(self) -> None:
        """Be silent."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect()
            process.errorOccurred.disconnect()
            process.kill()
            process.waitForFinished(200)
            process.deleteLater()

    def _speak(self, voice: Voice | None, text: str) -> None:
        if voice is None:
            return
        self._mute_for(len(text.split()) / WORDS_PER_S + STARTING_S)
        self._run(voice.program, voice.arguments, text, then=lambda: None)

    def _run(self, program: str, arguments: tuple[str, ...], given: str, *, then: Callable[[], None]) -> None:
        process = QProcess(self)
        self._process = process
        process.finished.connect(lambda code, _: self._ended(process, code, then))
        process.errorOccurred.connect(lambda error: self._broken(process, error))
        process.start(program, list(arguments))
        process.write(given.encode())
        process.closeWriteChannel()

    def _ended(self, process: QProcess, code: int, then: Callable[[], None]) -> None:
        if process is not self._process:
            return
        if code != 0:
            why = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
            self.failed.emit(f"No sound could be played: {why[-1] if why else f'exit code {code}'}.")
        self._process = None
        process.deleteLater()
        then()

    def _broken(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and process is self._process:
            self._process = None
            self.failed.emit(f"No sound could be played: {process.program()} cannot be started.")
            process.deleteLater()
