"""Looks at everything, one area after the other; trouble in one never hides the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from livewatch.audio.devices import Device
from livewatch.doctor import recogniser, sound, surroundings
from livewatch.doctor.finding import Finding, State
from livewatch.errors import LivewatchError
from livewatch.settings import load

Measure = Callable[[Sequence[Device]], list[float | None]]
"""Listens to devices for a moment: the highest peak of each in dBFS, None where nothing came"""


def examine(measure: Measure) -> Iterator[Finding]:
    """Yield what is found as it is found; takes about ten seconds, most of them for the recogniser and the devices."""
    yield from _safely("versions", surroundings.versions)
    sound_settings = True
    try:
        settings = load().settings
    except LivewatchError as error:
        sound_settings = False
        settings = load(environ={"LIVEWATCH_CONFIG": surroundings.NO_FILE}).settings
        yield Finding("settings", State.BAD, error.message, error.hint)
    else:
        yield from _safely("settings", surroundings.settings_file)
    yield from _safely("phrases", lambda: surroundings.phrases(settings))
    yield from _safely("recogniser", lambda: recogniser.check(settings, own_settings=sound_settings))
    yield from _safely("sound", lambda: sound.check(settings, measure))
    yield from _safely("screen", surroundings.screen)
    yield from _safely("notices", surroundings.notices)
    yield from _safely("history", lambda: surroundings.history(settings))


def _safely(area: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except LivewatchError as error:
        yield Finding(area, State.BAD, error.message, error.hint)
    except Exception as error:  # the doctor is asked when things are wrong: it has to come to its end
        cause = f"{type(error).__name__}: {error}"
        yield Finding(area, State.BAD, f"This could not be looked at ({cause}).", "Report this line: it is a fault.")
