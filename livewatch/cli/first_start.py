"""`livewatch setup`: three questions in plain words, and a test whether livewatch hears."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import livewatch
from livewatch.audio.devices import DEFAULT, Device, list_devices
from livewatch.audio.wanted import NONE, wanted_tracks
from livewatch.cli.config import store
from livewatch.doctor.hearing import Heard, Phrase, try_hearing
from livewatch.errors import ExitCode, LivewatchError, UsageError
from livewatch.settings import config_path, load
from livewatch.sinks.plain import plain

LAW = (
    "The law: in many places nobody may listen to or record a call without the other side knowing; livewatch records "
    "nothing unless you ask it to keep the sound (listen.keep_sound), but whether you may let it listen depends on "
    "where you and the caller are (docs/privacy.md)."
)
WHO = {"me": "I do", "helped": "Somebody I help, a parent for example"}
CAREFUL = {
    "early": "Early: warn at the first signs, and now and then for nothing",
    "normal": "Normal",
    "sure": "Only when it is sure: fewer warnings, and some of them late",
}
POINTS: Mapping[str, tuple[float, float]] = {"early": (15.0, 25.0), "normal": (20.0, 30.0), "sure": (25.0, 35.0)}
"""risk.caution_points and risk.danger_points, in decibans: five are a factor of three in likelihood.

Measured on the development texts (November 2026): danger in 360, 350, 335 of 393 scam calls; at least caution in 8, 4,
1 of 911 ordinary calls.
"""
HELPED = {"alert.voice": True, "alert.tone": True, "window.text_size": 1.5}
"""For somebody who did not choose livewatch: larger, and spoken"""


def setup(options: argparse.Namespace) -> int:
    """Ask, write the settings, try it. Every question has a usual answer; flags answer it beforehand."""
    answers = (options.who, options.device, options.loopback, options.careful)
    if options.test and not options.yes and not any(answers) and config_path().exists():
        return _test()  # "try again"
    asking = sys.stdin.isatty() and not options.yes
    if not asking and not options.yes and None in (options.who, options.device, options.careful):
        raise UsageError("setup-questions", "There is nobody to ask: this is no terminal.", "livewatch setup --yes")
    _say("livewatch listens beside a call and warns when the caller talks like a scammer.")
    _say(LAW)
    who = options.who or (_choice("Who sits here during a call?", WHO, "me") if asking else "me")
    device, loopback = _sound(options, asking=asking)
    usual = "early" if who == "helped" else "normal"
    careful = options.careful or (_choice("How careful should it be?", CAREFUL, usual) if asking else usual)
    for name, value in {"listen.device": device, "listen.loopback": loopback}.items():
        store(name, value)
    for name, value in (_thresholds(*POINTS[careful]) | (HELPED if who == "helped" else {})).items():
        store(name, value)
    _say(f"Written to {config_path()}. To change it: livewatch setup, or livewatch config set KEY VALUE")
    test = options.test if options.test is not None else asking and _yes("Try it now? It plays a phrase, 10 seconds.")
    code = _test() if test else ExitCode.OK
    _say("To listen: livewatch listen. To start it whenever you log in: livewatch autostart on")
    return code


def offer() -> None:
    """Ask before the first listening whether to set livewatch up now."""
    if _yes("livewatch was not set up yet. Answer three questions now?"):
        setup(argparse.Namespace(who=None, device=None, loopback=None, careful=None, test=None, yes=False))


def _thresholds(caution: float, danger: float) -> dict[str, object]:
    """Order the two so that they fit together after each of them is written."""
    now = load().settings.risk
    both: dict[str, object] = {"risk.danger_points": danger, "risk.caution_points": caution}
    return both if danger > now.caution_points else dict(reversed(both.items()))


def _sound(options: argparse.Namespace, *, asking: bool) -> tuple[str, str]:
    """Return listen.device and listen.loopback."""
    if options.device is not None or options.loopback is not None or not asking:
        loopback = options.loopback or ""
        return options.device or DEFAULT, "" if loopback.casefold() == NONE else loopback
    try:
        devices = list_devices()
    except LivewatchError as error:
        _say(f"{error.message} {error.hint} You can go on: the usual microphone is taken once there is one.")
        return DEFAULT, ""
    inputs = [device for device in devices if device.kind == "input"]
    loopbacks = [device for device in devices if device.kind == "loopback"]
    choices = {DEFAULT: "The telephone is on speaker, and the computer's usual microphone hears it"}
    choices |= {device.name: f"The same, with the microphone {device.label}" for device in inputs if not device.default}
    choices |= {device.name: f"The call is on this computer, and comes out of {_of(device)}" for device in loopbacks}
    chosen = _choice("Which sound should it listen to?", choices, DEFAULT if inputs else next(iter(choices)))
    if chosen in {device.name for device in loopbacks}:
        return (DEFAULT if inputs else NONE), chosen
    return chosen, ""


def _of(device: Device) -> str:
    return device.label.removeprefix("Monitor of ")


def _test() -> ExitCode:
    settings = load().settings
    wanted = wanted_tracks(settings.listen.device, settings.listen.loopback)[0]
    _say("Playing a phrase and listening…")
    try:
        heard = try_hearing(wanted, _phrase(), settings)
    except LivewatchError as error:
        _say(f"The test could not be made: {error.message} {error.hint}")
        return ExitCode.ERROR
    for line in _verdict(heard):
        _say(line)
    return ExitCode.OK if heard.well else ExitCode.ERROR


def _verdict(heard: Heard) -> Sequence[str]:
    if heard.well:
        return (f"It works. It heard: “{heard.text}”",)
    if heard.level is None:
        return ("No sound came at all.", "To look for the cause: livewatch doctor")
    if not heard.text:
        return (
            f"Sound came (peak {heard.level:.0f} dB), but no words.",
            "Turn the speakers up, put the microphone nearer, and try again: livewatch setup --test",
        )
    return (f"It heard only: “{heard.text}”", "Turn the speakers up and try again: livewatch setup --test")


def _phrase() -> Phrase:
    """Find the phrase in the samples. Raises `LivewatchError`."""
    package = Path(livewatch.__file__).parent
    for folder in (package / "samples", package.parent / "samples"):  # installed, or in a source checkout
        path = folder / "microsoft-short.wav"
        if path.is_file():
            return Phrase(path, 11.3, 16.5, ("remote", "access", "to", "your", "computer"))
    raise LivewatchError(
        "samples-missing", "The samples that come with livewatch are not there.", "Reinstall livewatch."
    )


def _choice(question: str, choices: Mapping[str, str], usual: str) -> str:
    """Ask until one of the numbers is typed; Enter takes the usual answer."""
    keys = list(choices)
    _say(f"\n{question}")
    for number, key in enumerate(keys, start=1):
        _say(f"  {number}  {choices[key]}")
    usual_number = keys.index(usual) + 1
    while True:
        typed = _typed(f"Type a number, or just Enter for {usual_number}: ")
        if not typed:
            return usual
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(keys):
            return keys[int(typed) - 1]
        _say(f"Please type a number from 1 to {len(keys)}.")


def _yes(question: str) -> bool:
    return _typed(f"{question} [Y/n] ").lower() in ("", "y", "yes")


def _typed(prompt: str) -> str:
    """Ask on standard error, where everything for people goes; the end of the input is the usual answer."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _say(text: str) -> None:
    for line in text.split("\n"):
        print(plain(line), file=sys.stderr)  # noqa: T201
