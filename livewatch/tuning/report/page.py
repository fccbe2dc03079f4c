"""The report as one HTML file: its template, style and script from `page/`, and the data as JSON inside it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Any

from livewatch.errors import CorpusError, UsageError
from livewatch.tuning.report.data import Run, report_data, worst_first
from livewatch.tuning.report.sound import Sounds, sounds

SCRIPTS = (
    *("dom", "words", "figures", "table"),
    *("summary", "curve", "phrases"),
    *("timeline", "transcript", "call", "calls", "start"),
)
"""Files of the page's script, in their order; together they are one function"""

MEGABYTE = 1_000_000


def check_report(path: Path, others: Sequence[Path]) -> None:
    """Find out before hours of work whether `path` can be written. Raises `UsageError` and `CorpusError`.

    `others` are files of the same run: manifests, details.
    """
    if path.resolve() in {other.resolve() for other in others}:
        raise UsageError("report-overwrites", f"{path} is read or written by the same run.", "Name another file.")
    try:
        with path.open("ab"):
            pass
    except OSError as error:
        raise _unwritable(path, error) from None


def write_report(path: Path, run: Run, *, mask: bool = False, embed_audio_mb: float = 0.0) -> Sounds:
    """Write the report of `run` to `path`. Raises `CorpusError`.

    `embed_audio_mb` million bytes of recordings go into the page, those of misses and false alarms first; the others
    stay where they are and are played from there.
    """
    recordings = [(one.call.id, one.call.audio) for one in worst_first(run) if one.call.audio is not None]
    found = sounds(recordings, path, inside_bytes=round(embed_audio_mb * MEGABYTE))
    data = report_data(run, mask=mask, sounds=found)
    inside = [found.inside.get(row["id"], "") for row in data["calls"]] if found.inside else []
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(to_html(data, inside), "utf-8")
        part.replace(path)  # a full disk must not cost the report that was there
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _unwritable(path, error) from None
    return found


def to_html(data: dict[str, Any], sound: Sequence[str] = ()) -> str:
    """Lay `data` (of `report_data`) out as a page; `sound` are data URLs by call, empty where there is none.

    The page runs no script and no style but its own (by their hashes) and can fetch nothing but recordings.
    """
    folder = files("livewatch.tuning.report") / "page"
    style = _text(folder, "page.css")
    script = '"use strict";\n(function () {\n' + "\n".join(_text(folder, f"{name}.js") for name in SCRIPTS) + "})();\n"
    calls = data["summary"]["calls"]
    return Template(_text(folder, "page.html")).substitute(
        title=escape(f"livewatch: {calls:,} labelled calls"),
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        data=in_script(data),
        sound="\n".join(
            f'<script type="text/plain" id="sound-{number}">{url}</script>' for number, url in enumerate(sound) if url
        ),
    )


def in_script(data: Any) -> str:
    """Write `data` as JSON that cannot end the script element it stands in, nor open a comment there."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _text(folder: Traversable, name: str) -> str:
    return (folder / name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return the hash of an inline script or style as its Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _unwritable(path: Path, error: OSError) -> CorpusError:
    cause = error.strerror or str(error)
    return CorpusError("report-unwritable", f"{path} cannot be written: {cause}.", "Name another file.")
