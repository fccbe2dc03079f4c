"""What decides what is heard in a call and which phrases are found, as digests: equal digests, equal results."""

from __future__ import annotations

import ast
import hashlib
import time
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

import livewatch
from livewatch.engines.models import Installed, ModelStore
from livewatch.errors import ModelError
from livewatch.phrases.gist import Gist
from livewatch.phrases.phrase import Phrase
from livewatch.settings import Settings
from livewatch.tuning.cache.store import Store

_SIZE: Final = 16
"""Bytes of a digest: two of 2^50 calls are alike by chance with a probability of 10^-8"""
_ROOT: Final = Path(livewatch.__file__).parent
_HEARING: Final = (
    *("events.py", "engines/vosk*.py", "engines/moonshine/*.py", "engines/moonshine/data/*"),
    *("tuning/cache/noting.py", "tuning/cache/heard.py"),
    *(f"audio/{name}.py" for name in ("decode*", "file", "header", "limits", "pcm", "resample", "speech", "wav")),
)
"""Code and data on the way from a recording to words"""
_SPOTTING: Final = (
    *("events.py", "pipeline.py", "assembly.py", "engines/script*.py", "engines/second_listen.py"),
    *(
        "phrases/*.py",
        "phrases/sound/*.py",
        "phrases/data/*",
        "tuning/cache/*.py",
        "tuning/work/watcher.py",
        "tuning/evaluate/results.py",
    ),
)
"""Code and data on the way from words to matches; lists are compared phrase by phrase, levels are made anew"""
_RACE_NS: Final = 3_000_000_000
"""A file that was changed less than this before it was read may change again without a newer time: 2 s on FAT"""


class _Seen(msgspec.Struct, frozen=True, array_like=True):
    """The digest of a file, as it was."""

    size: int
    changed: int
    digest: bytes


class Hearing(NamedTuple):
    """Who hears recordings, and how."""

    engine: str
    """Name of the recogniser"""
    digest: bytes
    """Of all that decides what it hears"""


def digest(*parts: object) -> bytes:
    """Return the digest of `parts`: texts, numbers, bytes, and lists of these."""
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=_SIZE).digest()


def of_turns(turns: Sequence[tuple[str, str]]) -> bytes:
    """Return the digest of a call given as text."""
    return digest("text", turns)


def of_files(paths: Sequence[Path], store: Store) -> list[bytes | None]:
    """Return the digests of the contents of `paths`; None of those that cannot be read.

    A file that has its size and time of change from before is not read again: 100 hours of recordings are 10 GB.
    """
    names = [str(path.resolve()).encode("utf-8", "surrogateescape") for path in paths]
    before = store.get("file", names)
    digests: list[bytes | None] = []
    new: list[tuple[bytes, bytes]] = []
    for path, name in zip(paths, names, strict=True):
        try:
            status = path.stat()
            seen = msgspec.msgpack.decode(before[name], type=_Seen) if name in before else None
            if seen is None or (seen.size, seen.changed) != (status.st_size, status.st_mtime_ns):
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).digest()
                seen = _Seen(status.st_size, status.st_mtime_ns, content)
                if time.time_ns() - status.st_mtime_ns > _RACE_NS:
                    new.append((name, msgspec.msgpack.encode(seen)))
            digests.append(seen.digest)
        except OSError:
            digests.append(None)
    store.put({"file": new})
    return digests


def of_hearing(settings: Settings, store: Store, *, live: bool) -> Hearing | None:
    """Return what decides what is heard in a recording; None where no recogniser hears it.

    That is the recogniser with its model, the settings it obeys, the code and the libraries in between.
    """
    recogniser = _recogniser(settings)
    if recogniser is None:
        return None
    name, folder = recogniser
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = of_files(files, store)
    model = [(path.relative_to(folder).as_posix(), one) for path, one in zip(files, contents, strict=True)]
    engine = settings.engine
    pace = engine.update_every_s if live else 0.0
    libraries = ["numpy", "onnxruntime", "vosk", "webrtcvad-wheels", "soxr", "soundfile", "av"]
    settled = (pace, engine.threads, settings.speech.aggressiveness, settings.replay.caller)
    code = of_code(_HEARING)
    return Hearing(name, digest("heard", name, model, settled, [_version(one) for one in libraries], code))


def of_ground(settings: Settings, gist: Gist) -> bytes:
    """Return the digest of all that decides, besides the phrases, what is found in the words of a call."""
    weights_of_gist = digest(gist.offset, sorted(gist.weights.items()))
    return digest("spotted", settings.phrases.languages, weights_of_gist, _version("pocketsphinx"), of_code(_SPOTTING))


def of_phrase(phrase: Phrase) -> tuple[bytes, bytes]:
    """Return two digests of a phrase: of where it is said, whatever its exceptions, and of what is told of it then."""
    said = digest(phrase.say, phrase.who, phrase.within, phrase.inflected)
    return said, digest(phrase.category, phrase.points, phrase.why)


@cache
def of_code(patterns: Iterable[str]) -> bytes:
    """Return the digest of files of this program: what the code does, whatever its comments and docstrings say."""
    paths = sorted({path for pattern in patterns for path in _ROOT.glob(pattern) if path.is_file()})
    return digest([(path.relative_to(_ROOT).as_posix(), _content(path)) for path in paths])


def _content(path: Path) -> str | bytes:
    if path.suffix != ".py":
        return path.read_bytes()
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [one for one in body if not _is_text(one)]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _recogniser(settings: Settings) -> tuple[str, Path] | None:
    """Name the recogniser that `assembly.open_engine` would take, with the folder of its model, without opening it."""
    engine = settings.engine
    if engine.name == "scripted":
        return None
    store = ModelStore()
    model: Installed | None = None
    try:
        if engine.vosk_model and engine.name != "moonshine":
            folder = Path(engine.vosk_model).expanduser()
            return "vosk", folder if folder.is_dir() else store.path(engine.vosk_model)
        if engine.name != "moonshine":
            model = store.find("vosk")
        if model is not None:
            return "vosk", model.path
        if engine.name == "vosk":
            return None
        from livewatch.engines.moonshine import weights  # noqa: PLC0415 - not needed for text

        return "moonshine", weights.folder()
    except ModelError:
        return None  # opening it will say so


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
