"""Take a model out of a zip or a folder that nobody vouches for, and note every file's checksum on the way."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from livewatch.errors import ModelError

MAX_FILES = 10_000
"""Files in one model; Vosk models have 12 to 40"""
MAX_BYTES = 8 * 1024**3
"""Bytes of one model once unpacked; the largest Vosk model has 4.4e9"""
MAX_RATIO = 20
"""Unpacked bytes to zip bytes; Vosk models have up to 3, a zip bomb from 100 upwards"""

_SMALL = 16 * 1024**2
_BLOCK = 1024**2


class FileRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of an installed model."""

    path: str
    """Relative to the model's folder, with forward slashes"""
    size: int
    """Bytes"""
    sha256: str
    """Lower-case hexadecimal"""


def unpack_zip(archive: Path, target: Path) -> tuple[FileRecord, ...]:
    """Unpack `archive` into the existing empty folder `target`; returns what was written, in the order of the archive.

    Only plain files and folders with harmless names are taken, within the limits above; one bad entry refuses the whole
    archive before anything is written. Checksums inside the zip are compared. Raises `ModelError`, or `OSError` when
    the disk does not take it.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            files = _safe_entries(archive, opened.infolist())
            return tuple(_extract(opened, info, target) for info in files)
    except ModelError:
        raise
    except Exception as error:  # on damaged bytes zipfile raises nearly anything, IndexError and struct.error among it
        # EINVAL: it was sent to before the file's start; no number: bz2 does not know the bytes
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise ModelError(
            "model-damaged",
            f"{archive} is not a whole zip file ({_reason(error)}).",
            "Fetch or copy the file once more.",
        ) from error


def copy_folder(folder: Path, target: Path) -> tuple[FileRecord, ...]:
    """Copy the files below `folder` into the existing empty folder `target`; links and devices refuse the whole folder.

    Raises `ModelError`, or `OSError` when a file cannot be read or written.
    """
    files = [path for path in _walk(folder) if path.name != MANIFEST]
    total = sum(path.stat().st_size for path in files)
    if len(files) > MAX_FILES or total > MAX_BYTES:
        raise ModelError("model-unsafe", f"{folder} is too large for a model: {len(files)} files, {total:,} bytes.")
    records: list[FileRecord] = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        with path.open("rb") as source:
            records.append(_write(source, target, name))
    return tuple(records)


def describe(folder: Path) -> tuple[FileRecord, ...]:
    """List the files below `folder` as they are now, in the order of their names; the manifest is left out."""
    files = [path for path in _walk(folder) if path.name != MANIFEST]
    return tuple(FileRecord(p.relative_to(folder).as_posix(), p.stat().st_size, sha256_of(p)) for p in files)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


MANIFEST = "livewatch-model.json"
"""Name of the file that records what was installed; never taken from an archive"""


def _safe_entries(archive: Path, infos: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    seen: set[str] = set()
    files = [info for info in infos if not info.is_dir()]
    for info in infos:
        problem = _problem(info)
        folded = info.filename.rstrip("/").casefold()
        if problem is None and folded in seen:
            problem = "is there twice"
        if problem is not None:
            raise ModelError(
                "model-unsafe",
                f"{archive} is refused: its entry {info.filename!r} {problem}.",
                "Get the model elsewhere.",
            )
        seen.add(folded)
    total = sum(info.file_size for info in files)
    limit = min(MAX_BYTES, _SMALL + MAX_RATIO * archive.stat().st_size)
    if len(infos) > MAX_FILES or total > limit:
        raise ModelError(
            "model-unsafe",
            f"{archive} is refused: it would unpack to {len(infos)} entries and {total:,} bytes.",
            "Get the model elsewhere.",
        )
    return [info for info in files if PurePosixPath(info.filename).name != MANIFEST]


def _problem(info: zipfile.ZipInfo) -> str | None:
    name = info.filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    parts = name.rstrip("/").split("/")
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is not a file"
    if info.flag_bits & 1:
        return "is encrypted"
    # zipfile cuts a name at a NUL and, on Windows, turns the other slash; orig_filename is what the archive says
    if "\\" in info.orig_filename or ":" in name or not info.orig_filename.rstrip("/").isprintable():
        return "has a name that is not allowed"
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "points outside the model's folder"
    return None


def _extract(opened: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> FileRecord:
    with opened.open(info) as source:  # reads no more than the size that was counted, then compares the CRC
        record = _write(source, target, info.filename)
    if record.size != info.file_size:
        raise zipfile.BadZipFile(f"{info.filename} is cut off")
    return record


def _write(source: IO[bytes], target: Path, name: str) -> FileRecord:
    path = target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := source.read(_BLOCK):
            file.write(block)
            digest.update(block)
            size += len(block)
    return FileRecord(name, size, digest.hexdigest())


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_symlink():
            raise ModelError(
                "model-unsafe", f"{entry.path} is a link.", "Copy the folder with its contents first: cp -rL FOLDER NEW"
            )
        if entry.is_dir():
            yield from _walk(Path(entry.path))
        elif entry.is_file():
            yield Path(entry.path)
        else:
            raise ModelError("model-unsafe", f"{entry.path} is not a file.")


def _reason(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
