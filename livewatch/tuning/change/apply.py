"""`livewatch tune apply` and `undo`: another list in the place of the user's own, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from livewatch.errors import PhraseError
from livewatch.sinks.files import write_whole
from livewatch.tuning.change.calls import Kind
from livewatch.tuning.change.comments import with_comments
from livewatch.tuning.change.diff import Difference
from livewatch.tuning.change.shelf import Shelf, Step, digest, read_text
from livewatch.tuning.corpus.manifest import Label


@dataclass(frozen=True, slots=True)
class Bearable:
    """What a new list may cost before it is refused."""

    lost: int
    """Calls that should be caught and no longer are"""
    dangers: int
    """Ordinary calls that are newly called dangerous"""


def objections(difference: Difference, bearable: Bearable) -> Iterator[str]:
    """Say why a list with this difference should not be used; nothing where it may be."""
    lost, dangers = len(difference.of(Kind.LOST)), len(difference.of(Kind.NEW_DANGER))
    if lost > bearable.lost:
        yield f"it loses {_calls(lost)} that should be caught ({bearable.lost} allowed)"
    if dangers > bearable.dangers:
        yield f"it calls {_calls(dangers, 'ordinary ')} dangerous that were not ({bearable.dangers} allowed)"
    for label in (Label.SCAM, Label.ORDINARY):
        if not difference.labels[label]:
            yield f"no {label} call was watched, so nobody knows what it costs there"


def _calls(count: int, kind: str = "") -> str:
    return f"{count} {kind}call{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A list about to take the place of the user's own, as both were when the difference was measured."""

    target: Path
    """The user's list; a link is followed, so that it stays one"""
    former: str | None
    """Text of the user's list; None where there is none yet"""
    new: Path
    text: str
    """Text of `new`"""

    @classmethod
    def of(cls, target: Path, new: Path) -> Planned:
        """Read both. Raises `PhraseError`, also where they are the same file."""
        target = target.resolve()
        if new.resolve() == target:
            message = f"{new} is your list already."
            raise PhraseError("apply-same", message, f"Change a copy of it: cp {new} new.toml")
        return cls(target, read_text(target) if target.exists() else None, new, read_text(new))

    def carry_out(self) -> Step:
        """Write, with the former comments, and keep the former list. Raises `PhraseError`; then all is as it was."""
        for path, text in ((self.new, self.text), (self.target, self.former)):
            if (read_text(path) if path.exists() else None) != text:
                message = f"{path} was changed while the calls were watched, so nothing was applied."
                raise PhraseError("apply-changed", message, "Type the same command again.")
        text = self.text if self.former is None else with_comments(self.text, self.former)
        step = None
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            step = Shelf(self.target).put(self.former, text)
            write_whole(self.target, text)
        except OSError as error:
            if step is not None:
                step.path.unlink(missing_ok=True)
            raise _unwritable(self.target, error) from error
        return step


@dataclass(frozen=True, slots=True)
class Undone:
    """What `undo` did."""

    step: Step
    removed: bool
    """There was no list before, so now there is none"""
    kept: Path
    """Where the undone list is kept"""
    left: int
    """Steps that can still be undone"""


def undo(target: Path, *, force: bool = False) -> Undone:
    """Put the list back that was there before the newest application. Raises `PhraseError`; then all is as it was.

    A list that was changed since is only replaced with `force`; it is kept all the same.
    """
    target = target.resolve()
    shelf = Shelf(target)
    steps = shelf.steps()
    now = read_text(target) if target.exists() else None
    while steps and steps[-1].after != _digest(now) and _digest(steps[-1].former) == _digest(now):
        steps.pop().path.unlink(missing_ok=True)  # it was interrupted between keeping and writing: nothing to undo
    if not steps:
        message = f"There is nothing to undo for {target}."
        raise PhraseError("undo-nothing", message, "Only what livewatch tune apply did can be undone.")
    step = steps[-1]
    if step.after != _digest(now) and not force:
        message = f"{target} was changed after it was applied, so undoing would lose that change."
        raise PhraseError("undo-changed", message, "To do it all the same (the changed list is kept): --force")
    former = step.former
    try:
        kept = shelf.keep_undone(step, now or "")
        if former is None:
            target.unlink(missing_ok=True)
        else:
            write_whole(target, former)
        step.path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(target, error) from error
    return Undone(step, former is None, kept, len(steps) - 1)


def _digest(text: str | None) -> str:
    return "" if text is None else digest(text)


def _unwritable(target: Path, error: OSError) -> PhraseError:
    cause = error.strerror or str(error)
    return PhraseError("phrases.write", f"{target} cannot be written: {cause}.", "Nothing was changed.")
