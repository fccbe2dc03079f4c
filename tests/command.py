"""Run livewatch as its users do: another process, real files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIVEWATCH = [sys.executable, "-m", "livewatch"]


def environment(**changed: str) -> dict[str, str]:
    """The environment without the settings of whoever runs the tests; `changed` comes on top."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LIVEWATCH_")}
    clean |= {"LIVEWATCH_CONFIG": os.devnull, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    clean["LIVEWATCH_CACHE_ENABLED"] = "false"  # what one test has heard must not answer for another
    return {**clean, **changed}


def livewatch(
    *arguments: str | Path, cwd: Path | None = None, given: bytes | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run to the end; `given` is its standard input."""
    done = subprocess.run(
        [*LIVEWATCH, *map(str, arguments)],
        cwd=cwd,
        input=given if given is not None else b"",
        env=environment(**environ),
        capture_output=True,
        timeout=90,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "backslashreplace")
    )


def start(*arguments: str | Path, environ: dict[str, str] | None = None, **options: object) -> subprocess.Popen[str]:
    """Start it; output is text through pipes unless `options` say otherwise."""
    chosen: dict[str, object] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    command: Sequence[str] = [*LIVEWATCH, *map(str, arguments)]
    return subprocess.Popen(command, env=environment(**(environ or {})), **chosen)  # type: ignore[call-overload]
