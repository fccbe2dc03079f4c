"""The models on this computer: which are known, which are there, fetch, add, check. Never a socket but in `get`."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from livewatch.engines import vosk_model
from livewatch.engines.download import Progress, fetch
from livewatch.engines.install import Manifest, Staging, read_manifest
from livewatch.engines.pins import Pin, address, own_pin_file, read_pins
from livewatch.engines.trial import try_model
from livewatch.engines.unpack import FileRecord, copy_folder, sha256_of, unpack_zip
from livewatch.engines.verify import file_problems
from livewatch.errors import ModelError

Origin = Literal["environment", "store", "built-in"]


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that is there."""

    name: str
    """Its pin's name, or the name of its folder"""
    engine: str
    """moonshine or vosk"""
    language: str
    """Language tag in lower case; empty when nobody knows"""
    path: Path
    """Its folder"""
    origin: Origin
    """Named by LIVEWATCH_VOSK_MODEL, in the models folder, or part of the installation"""
    pinned: bool
    """Whether it came out of the pinned file, checksum and all"""


def _ignore(_done: int, _total: int) -> None:
    pass


class ModelStore:
    """The models folder of one user. Nothing is read before a method is called, and nothing is kept between calls."""

    def __init__(
        self,
        root: Path | None = None,
        pins: Path | None = None,
        trial: Callable[[str, Path], str | None] = try_model,
    ) -> None:
        """`root`: the models folder; default LIVEWATCH_MODELS, else `livewatch/models` in the user's data folder.

        `pins`: another models.toml. `trial(engine, folder)` tries a model before it is installed and when it is
        checked: None, or what is wrong with it.
        """
        named = os.environ.get("LIVEWATCH_MODELS")
        self.root = root or (Path(named) if named else Path(platformdirs.user_data_dir("livewatch", False), "models"))
        self._pin_file = pins or own_pin_file()
        self._trial = trial

    def pins(self) -> tuple[Pin, ...]:
        """All models known by name. Raises `ModelError` when models.toml is missing or wrong."""
        return read_pins(self._pin_file)

    def installed(self) -> tuple[Installed, ...]:
        """All models that are there, the one that `find` would take first for each recogniser.

        Raises `ModelError` when LIVEWATCH_VOSK_MODEL is set and is no Vosk model.
        """
        stored = sorted(self._stored(), key=lambda m: (not m.language.startswith("en"), not m.pinned, m.name))
        return (*self._from_environment(), *stored, *self._built_in())

    def find(self, engine: str) -> Installed | None:
        """Choose the model for `engine`: LIVEWATCH_VOSK_MODEL, else English before others, pinned before others."""
        return next((model for model in self.installed() if model.engine == engine), None)

    def path(self, name: str) -> Path:
        """Return the folder of an installed model. Raises `ModelError` when it is not installed or not known."""
        return self._installed(name).path

    def get(self, name: str, progress: Progress = _ignore) -> Installed:
        """Fetch, verify and install a pinned model; goes on where an interrupted call stopped.

        Does nothing when it is there and undamaged. The address is the pin's, or the file of that name below
        LIVEWATCH_MODELS_URL. Size and licence are in the pin, to be shown before. Raises `ModelError`.
        """
        pin = self._pin(name)
        if pin.built_in:
            return self._installed(name)
        with Staging(self.root) as staging:
            present = next((m for m in self._stored() if m.name == name and m.pinned), None)
            if present and not file_problems(present.path):
                return present
            part = staging.part(f"{name}-{pin.sha256[:8]}")
            fetch(address(pin), part, pin.size, pin.sha256, progress)
            records = unpack_zip(part, staging.folder)
            self._install(staging, records, pin, name)
            part.unlink()
        return self._installed(name)

    def add(self, path: Path) -> Installed:
        """Install a model from a zip or a folder on this computer; one of the same name is replaced.

        A zip named like a pinned one must be the pinned file. Raises `ModelError`.
        """
        if not path.exists():
            raise ModelError("model-missing", f"{path} does not exist.", "Give the zip or the folder of a Vosk model.")
        with Staging(self.root) as staging:
            pin = None
            if path.is_dir():
                vosk_model.check_folder(path)
                records = copy_folder(path, staging.folder)
            else:
                pin = self._pin_of(path)
                records = unpack_zip(path, staging.folder)
            name = path.resolve().name if path.is_dir() else path.stem
            installed = self._install(staging, records, pin, name)
        return self._installed(installed)

    def check(self, name: str) -> tuple[str, ...]:
        """Compare an installed model's files with what was installed and load it; returns what is wrong, as sentences.

        Empty when all is well. Raises `ModelError` when it is not installed.
        """
        model = self._installed(name)
        problems = file_problems(model.path)
        if not problems and (trouble := self._trial(model.engine, model.path)):
            problems = (trouble,)
        return problems

    def _install(self, staging: Staging, records: tuple[FileRecord, ...], pin: Pin | None, fallback: str) -> str:
        folder = staging.folder / pin.folder if pin else _model_folder(staging.folder)
        vosk_model.check_folder(folder)
        name = pin.name if pin else (fallback if folder == staging.folder else folder.name)
        prefix = "" if folder == staging.folder else f"{folder.name}/"
        inside = tuple(
            msgspec.structs.replace(r, path=r.path.removeprefix(prefix)) for r in records if r.path.startswith(prefix)
        )
        language = pin.language if pin else _language(name)
        if trouble := self._trial("vosk", folder):
            raise ModelError("model-damaged", trouble, "Get the model once more: livewatch models list")
        staging.install(folder, Manifest(name, "vosk", language, pin is not None, inside))
        return name

    def _stored(self) -> list[Installed]:
        found: list[Installed] = []
        try:
            folders = sorted(self.root.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ModelError(
                "disk",
                f"The models folder {self.root} cannot be read: {error.strerror}.",
                "Set LIVEWATCH_MODELS to another.",
            ) from error
        for folder in folders:
            if folder.name.startswith(".") or not vosk_model.is_model(folder):
                continue
            try:
                manifest = read_manifest(folder)
            except ModelError:
                manifest = None  # `check` says so; the model may be good all the same
            language = manifest.language if manifest else _language(folder.name)
            found.append(Installed(folder.name, "vosk", language, folder, "store", bool(manifest and manifest.pinned)))
        return found

    def _from_environment(self) -> tuple[Installed, ...]:
        named = os.environ.get("LIVEWATCH_VOSK_MODEL")
        if not named:
            return ()
        folder = Path(named)
        try:
            vosk_model.check_folder(folder)
        except ModelError as error:
            raise ModelError(
                error.code, f"LIVEWATCH_VOSK_MODEL: {error.message}", "Set it to a Vosk model's folder, or unset it."
            ) from error
        return (Installed(folder.resolve().name, "vosk", _language(folder.name), folder, "environment", False),)

    def _built_in(self) -> tuple[Installed, ...]:
        folder = _moonshine_folder()
        pins = [pin for pin in self.pins() if pin.built_in and pin.engine == "moonshine"]
        if folder is None:
            return ()
        return tuple(Installed(p.name, p.engine, p.language, folder, "built-in", True) for p in pins)

    def _installed(self, name: str) -> Installed:
        there = self.installed()
        for model in there:
            if model.name == name:
                return model
        pin = self._pin(name, [model.name for model in there])
        hint = (
            'pip install --force-reinstall "moonshine-voice>=0.0.69,<0.1"'
            if pin.built_in
            else f"livewatch models get {name}"
        )
        raise ModelError("model-missing", f"The model {name} is not installed.", f"Type: {hint}")

    def _pin(self, name: str, others: list[str] | None = None) -> Pin:
        pins = {pin.name: pin for pin in self.pins()}
        if name in pins:
            return pins[name]
        near = get_close_matches(name, [*pins, *(others or [])], n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}?" if near else "Type: livewatch models list"
        raise ModelError("model-unknown", f"There is no model named {name!r}.", hint)

    def _pin_of(self, archive: Path) -> Pin | None:
        for pin in self.pins():
            if pin.url and archive.name == pin.url.rsplit("/", 1)[-1]:
                if archive.stat().st_size != pin.size or sha256_of(archive) != pin.sha256:
                    raise ModelError(
                        "model-checksum",
                        f"{archive} is not the pinned {archive.name}: its size or checksum differs.",
                        "Fetch or copy it once more; a model of your own goes under another name.",
                    )
                return pin
        return None


def _language(name: str) -> str:
    """Vosk's own names say it: vosk-model-small-en-us-0.15."""
    found = re.match(r"vosk-model-(?:small-|spk-)?([a-z]{2}(?:-[a-z]{2})?)(?=-|$)", name)
    return found[1] if found else ""


def _model_folder(unpacked: Path) -> Path:
    """Find the model in a freshly unpacked folder: the folder itself or the one folder in it that is a model."""
    if vosk_model.is_model(unpacked):
        return unpacked
    inner = [folder for folder in sorted(unpacked.iterdir()) if folder.is_dir() and vosk_model.is_model(folder)]
    if len(inner) != 1:
        raise ModelError(
            "model-unknown",
            f"There are {len(inner)} Vosk models in it where one is needed.",
            "A model has am/final.mdl.",
        )
    return inner[0]


def _moonshine_folder() -> Path | None:
    spec = importlib.util.find_spec("moonshine_voice")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)), "assets", "tiny-en")
    return folder if folder.is_dir() else None
