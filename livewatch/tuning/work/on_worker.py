"""What runs in the worker processes of a cluster: they keep what a run has loaded, and watch call after call with it.

Nothing here talks to the network; `distributed` is only asked who and where this worker is.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from msgspec import structs

import livewatch
from livewatch.engines.models import ModelStore
from livewatch.errors import LivewatchError
from livewatch.settings import Settings
from livewatch.tuning.corpus.manifest import Problem
from livewatch.tuning.work.executor import OpenWatcher, Task, Watcher

KEPT = 2
"""Runs whose recognisers a worker keeps (about 250 MB each): two at once do not open theirs anew for every call"""

_PACKAGES = ("distributed", "onnxruntime", "moonshine-voice", "vosk", "msgspec")
_DECIDES = ("*.py", "audio", "engines", "phrases", "risk", "runner", "settings", "tuning")
"""What of livewatch can change a result"""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run asks of every worker."""

    open_watcher: OpenWatcher[Any, Any]
    files: tuple[str, ...]
    """Absolute paths of phrase lists that must be the same on every worker"""
    versions: Mapping[str, str]
    """What `describe` says where the run was started"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says of one call."""

    outcome: Any
    """The watcher's result, or a `Problem`"""
    worker: str
    """Address of the worker"""
    unfit: bool = False
    """The worker, not the call, is at fault: another one may do better"""


def same_everywhere(settings: Settings) -> Settings:
    """Return `settings` that mean the same on every computer: a recogniser by name, absolute paths, one thread."""
    engine = settings.engine
    name = engine.name
    if name == "auto":
        name = "vosk" if engine.vosk_model or ModelStore().find("vosk") else "moonshine"
    model = Path(engine.vosk_model).expanduser()
    return structs.replace(
        settings,
        engine=structs.replace(
            engine,
            name=name,
            threads=1,
            vosk_model=str(model.absolute()) if engine.vosk_model and model.is_dir() else engine.vosk_model,
        ),
        phrases=structs.replace(
            settings.phrases, files=tuple(str(Path(file).absolute()) for file in settings.phrases.files)
        ),
    )


def watch(order: bytes, task: bytes) -> Answer:
    """Watch one call. Runs in a thread of a worker; an exception of it is a fault in livewatch."""
    from distributed import get_worker  # noqa: PLC0415 - only workers have it

    worker = get_worker()
    key = worker.get_current_task()

    def stopped() -> bool:
        known = worker.state.tasks.get(key)
        return known is None or known.state == "cancelled"  # nobody waits for it: the run was ended, or has died

    call: Task = pickle.loads(task)  # noqa: S301 - see `_watcher`
    try:
        _check_recording(call, worker.address)
        return Answer(_watcher(order, worker.address)(call, stopped), worker.address)
    except LivewatchError as error:
        return Answer(Problem(call.place, error.code, error.message, error.hint), worker.address, unfit=True)


def scratch() -> Path:
    """Return the folder for what this worker may write. It goes with the worker."""
    from distributed import get_worker  # noqa: PLC0415 - as above

    return Path(get_worker().local_directory)


def describe(files: Sequence[str]) -> dict[str, str]:
    """Say what can make two computers judge one call differently. Runs where the run starts, and on every worker."""
    said = {"livewatch": f"{_version('livewatch')}, files {_own_files()}"}
    said["Python"] = ".".join(platform.python_version_tuple()[:2])
    said |= {package: _version(package) for package in _PACKAGES}
    return said | {f"the phrase list {file}": _digest(Path(file)) for file in files}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Say in a few words each what is not the same `there`."""
    return [
        f"{name} ({there.get(name, 'none')}, here {value})" for name, value in here.items() if value != there.get(name)
    ]


class _Held(threading.local):
    """What a thread of this process keeps from call to call: a watcher for each of the last orders."""

    def __init__(self) -> None:
        self.watchers: OrderedDict[bytes, Watcher[Any, Any]] = OrderedDict()


_held = _Held()


def _watcher(order: bytes, address: str) -> Watcher[Any, Any]:
    """Return this thread's watcher for `order`. Raises `LivewatchError` when this worker cannot open one."""
    watchers = _held.watchers
    if order not in watchers:
        while len(watchers) >= KEPT:
            watchers.popitem(last=False)
        watchers[order] = _open(pickle.loads(order), address)  # noqa: S301 - dask runs what it is sent anyway
    watchers.move_to_end(order)
    return watchers[order]


def _open(order: Order, address: str) -> Watcher[Any, Any]:
    wrong = differences(order.versions, describe(order.files))
    if wrong:
        message = f"The worker {address} is not like the computer that started the run: {'; '.join(wrong)}."
        raise LivewatchError("worker-differs", message, "Install the same there, and start the worker again.")
    return order.open_watcher()


def _check_recording(call: Task, address: str) -> None:
    """Raise `LivewatchError` where a recording that was there when the run began is not there on this worker."""
    if call.audio is None:
        return
    try:
        with call.audio.open("rb"):
            return
    except OSError as error:
        cause = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise LivewatchError(
            "worker-cannot-read",
            f"The worker {address} cannot read {str(call.audio)!r}: {cause}.",
            "Workers must see the recordings under the same path: use a folder that all of them share.",
        ) from None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed" if package in _PACKAGES else "from its source"


@lru_cache
def _own_files() -> str:
    """Return a digest of what this process has loaded, or would: changed files count after a new start only."""
    folder = Path(livewatch.__file__).parent
    found = [path for name in _DECIDES for path in folder.glob(name if "." in name else f"{name}/**/*")]
    digest = hashlib.sha256()
    for path in sorted(found):
        if path.suffix in {".py", ".toml", ".tsv"} and path.name != "models.toml":  # the pins lie elsewhere in a wheel
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:8]


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        return "not there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
