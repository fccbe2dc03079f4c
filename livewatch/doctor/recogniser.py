"""The recogniser and its model: are they whole, do they hear what is said in a sample, are they fast enough."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator

from livewatch.audio import helper
from livewatch.doctor.finding import Finding, State
from livewatch.doctor.surroundings import NO_FILE
from livewatch.engines.models import ModelStore
from livewatch.engines.verify import file_problems
from livewatch.settings import Settings

PATIENCE_S = 180
"""As for the trial of a model: the largest Vosk model takes about a minute to load from a slow disk"""
COMFORTABLE, LIMIT = 0.5, 1.0
"""Seconds of work per second of sound: above the first other programs may get in the way, above the second it lags"""


def check(settings: Settings, *, own_settings: bool) -> Iterator[Finding]:
    """Look at the model's files, then let it hear a sample in a process of its own: a broken model may crash it.

    `own_settings` is False where the user's settings cannot be read; the defaults are tried then.
    """
    for model in ModelStore().installed():
        for problem in file_problems(model.path):
            todo = "pip install --force-reinstall moonshine-voice" if model.origin == "built-in" else ""
            yield Finding("recogniser", State.BAD, problem, todo or f"livewatch models get {model.name}")
    if settings.engine.name == "scripted":
        yield Finding(
            "recogniser",
            State.BAD,
            "The settings choose the scripted recogniser, which hears nothing.",
            "livewatch config set engine.name auto",
        )
        return
    environment = helper.environment()
    if not own_settings:
        environment = {name: value for name, value in environment.items() if not name.startswith("LIVEWATCH_")}
        environment["LIVEWATCH_CONFIG"] = NO_FILE
    try:
        child = subprocess.run(  # noqa: S603 - our own module
            helper.command("livewatch.doctor.answer"),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield Finding("recogniser", State.BAD, f"The recogniser gives no answer within {PATIENCE_S} s.", _CHECK)
        return
    try:
        answer = json.loads(child.stdout)
    except ValueError:
        yield Finding("recogniser", State.BAD, f"The recogniser crashes (exit {child.returncode}).", _CHECK)
        return
    yield from _judged(answer)


_CHECK = "livewatch models check"


def _judged(answer: dict) -> Iterator[Finding]:
    if "error" in answer:
        yield Finding("recogniser", State.BAD, answer["error"], answer["hint"] or _CHECK)
        return
    name = f"{answer['engine']} ({answer['model']})"
    expected, heard = answer["expected"], answer["heard"]
    missed = [phrase for phrase in expected if phrase not in heard]
    if len(heard) * 2 < len(expected):
        text = f"{name} does not hear in the sample what is said there: {'; '.join(missed)}."
        yield Finding("recogniser", State.BAD, text, _CHECK)
    else:
        text = f"{name} hears {len(heard)} of {len(expected)} phrases in the sample; ready after {answer['ready_s']} s."
        yield Finding("recogniser", State.GOOD, text)
    work = answer["wall_s"] / answer["audio_s"]
    cpu = answer["cpu_s"] / answer["audio_s"]
    speed = f"{cpu:.2f} CPU seconds and {work:.2f} s of time for a second of speech, with {os.cpu_count()} processors"
    if work < COMFORTABLE:
        yield Finding("speed", State.GOOD, f"It keeps up with a call: {speed}.")
        return
    todo = "Close other programs, or look less often: livewatch config set engine.update_every_s 1"
    if work < LIMIT:
        yield Finding("speed", State.NOTE, f"It just keeps up with a call: {speed}.", todo)
    else:
        yield Finding("speed", State.BAD, f"It is too slow for a call: {speed}.", todo)
