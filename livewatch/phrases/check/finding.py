"""What the checker says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""error: is not used; warning: does not do what it seems to; note: works, and might be better"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one place of a list."""

    file: str
    """Path as given, or the name of the shipped list"""
    line: int
    """1-based"""
    kind: str
    """Stable identifier: too-common, shadowed…"""
    severity: Severity
    message: str
    """One sentence: what is the matter"""
    why: str = ""
    """What it leads to; may be empty where the message says it"""
    instead: str = ""
    """What to write instead; may be empty"""
    phrase: str = ""
    """Id of the phrase; empty for a remark on the file"""

    def __str__(self) -> str:
        return " ".join(
            part for part in (f"{self.file}:{self.line}: {self.kind}:", self.message, self.why, self.instead) if part
        )
