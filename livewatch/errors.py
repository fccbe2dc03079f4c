"""One tree of errors. Each names the thing and the cause (`message`) and what to type next (`hint`).

`livewatch.cli.main` is the one place that turns an error into a printed line and an exit code.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the program returns to the shell (contract, see docs/architecture.md)."""

    OK = 0
    ERROR = 1
    USAGE = 2
    ALERT = 3
    """`replay` only: an alert was raised"""
    INTERRUPTED = 130


class LivewatchError(Exception):
    """Something a user can cause or mend.

    `code` is a stable identifier for programs, `message` one sentence with the thing and the cause, `hint` what to type
    or do next (may be empty when the message says it).
    """

    exit_code: ExitCode = ExitCode.ERROR

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[LivewatchError], tuple[str, str, str]]:
        """Survive the way between processes."""
        return type(self), (self.code, self.message, self.hint)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(LivewatchError):
    """The command line asks for something that cannot be: exit code 2."""

    exit_code = ExitCode.USAGE


class SettingsError(LivewatchError):
    """A settings file or variable cannot be used: exit code 2."""

    exit_code = ExitCode.USAGE


class AudioError(LivewatchError):
    """A recording or a device cannot be read."""


class EngineError(LivewatchError):
    """A recogniser cannot be opened or has failed."""


class ModelError(EngineError):
    """A model is missing, damaged or cannot be fetched."""


class PhraseError(LivewatchError):
    """A phrase list cannot be used at all (single bad lines are `Problem`s, not errors)."""


class CorpusError(LivewatchError):
    """A manifest of labelled calls cannot be read."""


class ClusterError(LivewatchError):
    """The computers that are to do the work cannot be reached, or differ from this one."""


class LostClusterError(ClusterError):
    """The computers that were doing the work have gone; what they had done until then is good."""


class WindowError(LivewatchError):
    """The window cannot be opened: there is no display, or something that it needs is missing."""
