"""`livewatch cache show|clear|limit`."""

from __future__ import annotations

import argparse
import json
import sys

from livewatch.cli.config import store
from livewatch.errors import ExitCode, LivewatchError
from livewatch.settings import load
from livewatch.sinks.plain import plain
from livewatch.tuning.cache.calls import open_store
from livewatch.tuning.cache.store import Kind, Store

_KINDS: dict[Kind, str] = {
    "heard": "recordings, as they were recognised",
    "spotted": "calls judged with one phrase book",
    "said": "calls with what tells whether a new phrase may be in them",
    "book": "phrase books",
    "file": "files whose content is known",
}


def show(options: argparse.Namespace) -> int:
    """Print what is kept."""
    settings = load().settings.cache
    cache = _open()
    sizes = cache.sizes()
    taken = cache.bytes_on_disk()
    if options.json:
        kinds = {kind: {"entries": size.entries, "bytes": size.bytes} for kind, size in sizes.items()}
        figures = {"path": str(cache.path), "bytes": taken, "limit_bytes": settings.limit_mb * 1_000_000, "kept": kinds}
        print(json.dumps({**figures, "enabled": settings.enabled}))  # noqa: T201
        return ExitCode.OK
    _print(f"{cache.path}: {_megabytes(taken)} of at most {settings.limit_mb:,} MB")
    for kind, words in _KINDS.items():
        _print(f"{sizes[kind].entries:10,}  {_megabytes(sizes[kind].bytes):>11}  {words}")
    if not settings.enabled:
        _print("It is switched off. To switch it on: livewatch config set cache.enabled true")
    return ExitCode.OK


def clear(options: argparse.Namespace) -> int:
    """Remove everything."""
    cache = _open()
    before = cache.bytes_on_disk()
    cache.clear()
    _complain(cache)
    _print(f"{cache.path}: {_megabytes(before)} removed")
    return ExitCode.OK


def limit(options: argparse.Namespace) -> int:
    """Change the limit for good, and keep it at once."""
    megabytes = store("cache.limit_mb", options.megabytes, as_text=True)
    cache = _open()
    cache.shrink(int(str(megabytes)) * 1_000_000)
    _complain(cache)
    _print(f"{cache.path}: {_megabytes(cache.bytes_on_disk())} of at most {megabytes:,} MB")
    return ExitCode.OK


def _open() -> Store:
    cache = open_store(load().settings.cache)
    _complain(cache)
    return cache


def _complain(cache: Store) -> None:
    """Raise `LivewatchError` where the cache is of no use."""
    if not cache.usable:
        raise LivewatchError("cache", cache.troubles[-1], "Another folder: livewatch config set cache.folder FOLDER")
    for trouble in cache.troubles:
        print(plain(f"livewatch: {trouble}"), file=sys.stderr)  # noqa: T201


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _print(line: str) -> None:
    print(plain(line))  # noqa: T201
