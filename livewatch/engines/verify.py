"""Compare the files of an installed model with what was noted when it was installed."""

from __future__ import annotations

import base64
import importlib.metadata
from pathlib import Path

from livewatch.engines.install import read_manifest
from livewatch.engines.unpack import FileRecord, describe
from livewatch.errors import ModelError


def file_problems(folder: Path) -> tuple[str, ...]:
    """Say what is wrong with the files of the model in `folder`, a sentence each; empty when nothing is.

    A model that came in a wheel is compared with pip's own notes; a folder that was put in its place by hand has none
    and passes.
    """
    try:
        manifest = read_manifest(folder)
    except ModelError as error:
        return (error.message,)
    wanted = manifest.files if manifest else _wheel_records(folder)
    if not wanted:
        return ()
    try:
        there = {record.path: record for record in describe(folder)}
    except (ModelError, OSError) as error:
        return (str(error),)
    problems: list[str] = []
    for record in wanted:
        found = there.pop(record.path, None)
        file = folder / record.path
        if found is None:
            problems.append(f"{file} is missing.")
        elif found.size != record.size:
            problems.append(f"{file} has {found.size:,} bytes instead of {record.size:,}.")
        elif found.sha256 != record.sha256:
            problems.append(f"{file} is damaged: its checksum differs.")
    problems.extend(f"{folder / extra} was not part of the model." for extra in there)
    return tuple(problems)


def _wheel_records(folder: Path) -> tuple[FileRecord, ...]:
    """Read what pip noted of the files in `folder` when it installed the wheel."""
    records: list[FileRecord] = []
    for file in importlib.metadata.files("moonshine-voice") or ():
        if Path(str(file.locate())).parent == folder and file.hash and file.hash.mode == "sha256":
            digest = base64.urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4))
            records.append(FileRecord(file.name, file.size or 0, digest.hex()))
    return tuple(records)
