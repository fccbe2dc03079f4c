"""Try a model in a process of its own: libvosk aborts the whole process on some broken models instead of answering."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from livewatch.engines.engine import Engine
from livewatch.errors import LivewatchError
from livewatch.events import SAMPLE_RATE, AudioChunk

TIMEOUT_S = 180
"""The largest Vosk model takes about a minute to load from a slow disk"""


def try_model(engine: str, folder: Path) -> str | None:
    """Load the model in `folder` with the recogniser `engine` in a child process and let it hear one second of noise.

    Returns None when that went well, else why not, as one sentence.
    """
    package = str(Path(__file__).parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "livewatch.engines.trial", engine, str(folder)]
    try:
        child = subprocess.run(  # noqa: S603 - our own module; the folder is one argument and never a shell's
            command,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{folder} does not load within {TIMEOUT_S} s."
    if child.returncode == 0:
        return None
    answer = child.stdout.decode("utf-8", "replace").strip()
    if child.returncode == 1 and answer:
        return answer
    return f"The recogniser {engine} crashes on {folder} ({_death(child.returncode)}): the model is damaged."


def _death(returncode: int) -> str:
    if returncode >= 0:
        return f"exit {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"


def _hear_a_second(engine: str, folder: Path) -> None:
    open_engine = importlib.import_module(f"livewatch.engines.{engine}").open_engine
    opened: Engine = (
        open_engine(update_every_s=None) if engine == "moonshine" else open_engine(folder)
    )  # Moonshine's is where its wheel is
    noise = np.random.default_rng(0).normal(0, 3000, SAMPLE_RATE).astype(np.int16)
    session = opened.open()
    for _ in session.accept(AudioChunk(noise, 0, speech=True)):
        pass
    for _ in session.finish():
        pass
    opened.close()


def forbid_core_files() -> None:
    """Let no crash of this process write its memory, with what was said in it, to the disk."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, which writes no core files either
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Be the child: `python -m livewatch.engines.trial ENGINE FOLDER`."""
    forbid_core_files()
    try:
        _hear_a_second(sys.argv[1], Path(sys.argv[2]))
    except LivewatchError as error:
        print(error.message)  # noqa: T201 - the answer to the parent process
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
