"""What is installed, and from where, without a network."""

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import livewatch
from livewatch.engines import install
from livewatch.engines.models import ModelStore
from livewatch.engines.pins import own_pin_file
from livewatch.engines.trial import try_model
from livewatch.errors import ModelError
from tests.engines.model_files import NAME, model_folder, model_zip, pin_file, store, zip_of
from tests.needs import needs

needs_moonshine = needs(importlib.util.find_spec("moonshine_voice") is not None, "moonshine-voice is not installed")
needs_vosk = needs(importlib.util.find_spec("vosk") is not None, "vosk is not installed")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVEWATCH_MODELS", "LIVEWATCH_MODELS_URL", "LIVEWATCH_VOSK_MODEL"):
        monkeypatch.delenv(name, raising=False)


def test_the_pins_of_livewatch_are_whole() -> None:
    pins = {pin.name: pin for pin in ModelStore().pins()}
    small = pins["vosk-model-small-en-us-0.15"]
    assert (small.size, small.md5, small.licence) == (41_205_931, "09ab50ccd62b674cbaa231b825f9c1cb", "Apache-2.0")
    assert small.sha256 == "30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498"
    for pin in pins.values():
        assert pin.good_for
        assert pin.built_in or (pin.url.startswith("https://") and len(pin.sha256) == 64 and pin.size and pin.folder)


def test_wrong_pins_name_the_file_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text('[[model]]\nname = "x"\nsise = 3\n')
    with pytest.raises(ModelError, match=r"models\.toml cannot be used"):
        ModelStore(tmp_path, pins=tmp_path / "models.toml").pins()


def test_the_models_folder_is_the_users_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ModelStore().root.parts[-2:] == ("livewatch", "models")
    monkeypatch.setenv("LIVEWATCH_MODELS", str(tmp_path))
    assert ModelStore().root == tmp_path
    assert ModelStore(tmp_path / "other").root == tmp_path / "other"


@needs_moonshine
def test_moonshine_is_built_in_and_its_files_are_those_of_the_wheel(tmp_path: Path) -> None:
    models = store(tmp_path)
    found = models.find("moonshine")
    assert found is not None
    assert (found.name, found.origin, found.language) == ("moonshine-tiny-en", "built-in", "en")
    assert models.get("moonshine-tiny-en") == found
    assert models.check("moonshine-tiny-en") == ()
    assert (models.path("moonshine-tiny-en") / "encoder_model.ort").is_file()


def test_without_a_vosk_model_there_is_none(tmp_path: Path) -> None:
    models = store(tmp_path)
    assert models.find("vosk") is None
    assert not (tmp_path / "models").exists()


def test_a_zip_is_added_under_the_name_of_its_folder(tmp_path: Path) -> None:
    zip_of(model_folder(tmp_path / "vosk-model-small-de-0.15"), tmp_path / "download(1).zip")
    added = store(tmp_path).add(tmp_path / "download(1).zip")
    assert (added.name, added.language, added.pinned) == ("vosk-model-small-de-0.15", "de", False)
    assert added.path == tmp_path / "models" / "vosk-model-small-de-0.15"
    assert store(tmp_path).check(added.name) == ()


def test_a_zip_of_bare_files_is_added_under_its_own_name(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "made")
    (tmp_path / "mine.zip").touch()
    import zipfile

    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as opened:
        for path in folder.rglob("*"):
            opened.write(path, path.relative_to(folder))
    assert store(tmp_path).add(tmp_path / "mine.zip").name == "mine"
    assert store(tmp_path).check("mine") == ()


def test_a_folder_is_added_and_may_be_added_again(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mine")
    models = store(tmp_path)
    models.add(folder)
    (folder / "am" / "final.mdl").write_bytes(b"newer")
    models.add(folder)
    assert (models.path("mine") / "am" / "final.mdl").read_bytes() == b"newer"
    assert models.check("mine") == ()
    assert sorted(path.name for path in models.root.iterdir()) == [".lock", "mine"]


def test_an_installed_model_may_be_added_from_where_it_is(tmp_path: Path) -> None:
    models = store(tmp_path)
    models.add(model_folder(tmp_path / "mine"))
    models.add(models.path("mine"))
    assert models.check("mine") == ()


def test_a_zip_named_like_a_pinned_one_must_be_it(tmp_path: Path) -> None:
    content = model_zip(tmp_path)
    models = store(tmp_path, pin_file(tmp_path, content, f"https://models.invalid/{NAME}.zip"))
    assert models.add(tmp_path / f"{NAME}.zip").pinned
    (tmp_path / f"{NAME}.zip").write_bytes(content + b"?")
    with pytest.raises(ModelError, match="is not the pinned"):
        models.add(tmp_path / f"{NAME}.zip")


@pytest.mark.parametrize(
    ("gone", "named"),
    [("am/final.mdl", "am/final.mdl"), ("conf/mfcc.conf", "conf/mfcc.conf"), ("graph/Gr.fst", "graph/Gr.fst")],
)
def test_an_incomplete_model_is_named_with_what_it_lacks(tmp_path: Path, gone: str, named: str) -> None:
    folder = model_folder(tmp_path / "mine")
    (folder / gone).unlink()
    with pytest.raises(ModelError) as caught:
        store(tmp_path).add(folder)
    assert named in caught.value.message
    assert caught.value.hint


def test_an_empty_file_in_a_model_is_named(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "mine")
    (folder / "graph" / "HCLr.fst").write_bytes(b"")
    with pytest.raises(ModelError, match=r"graph/HCLr\.fst is empty"):
        store(tmp_path).add(folder)


def test_the_old_flat_layout_is_a_model_too(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("final.mdl", "mfcc.conf", "HCLG.fst"):
        (folder / name).write_bytes(b"x")
    assert store(tmp_path).add(folder).name == "old"


@pytest.mark.parametrize("name", ["nothing", "text.txt", "photos"])
def test_what_is_no_model_is_one_sentence_with_a_hint(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.txt").write_text("not a zip")
    (tmp_path / "photos").mkdir()
    with pytest.raises(ModelError) as caught:
        store(tmp_path).add(tmp_path / name)
    assert caught.value.hint
    assert store(tmp_path).find("vosk") is None


def test_check_names_every_file_that_is_not_as_it_was(tmp_path: Path) -> None:
    models = store(tmp_path)
    folder = models.add(model_folder(tmp_path / "mine")).path
    (folder / "conf" / "model.conf").write_bytes(b"")
    (folder / "graph" / "Gr.fst").unlink()
    final = folder / "am" / "final.mdl"
    final.write_bytes(final.read_bytes()[:-1] + b"?")
    (folder / "extra").touch()
    assert sorted(models.check("mine")) == sorted(
        [
            f"{folder / 'conf/model.conf'} has 0 bytes instead of 17.",
            f"{folder / 'graph/Gr.fst'} is missing.",
            f"{final} is damaged: its checksum differs.",
            f"{folder / 'extra'} was not part of the model.",
        ]
    )


def test_a_damaged_manifest_is_said_and_the_model_still_listed(tmp_path: Path) -> None:
    models = store(tmp_path)
    folder = models.add(model_folder(tmp_path / "mine")).path
    (folder / install.MANIFEST).write_text("{")
    assert models.find("vosk") is not None
    assert len(models.check("mine")) == 1
    assert install.MANIFEST in models.check("mine")[0]


def test_a_folder_put_there_by_hand_counts(tmp_path: Path) -> None:
    model_folder(tmp_path / "models" / "by-hand")
    models = store(tmp_path)
    assert [model.name for model in models.installed() if model.engine == "vosk"] == ["by-hand"]
    assert models.check("by-hand") == ()


def test_english_and_pinned_models_are_taken_first(tmp_path: Path) -> None:
    content = model_zip(tmp_path)
    models = store(tmp_path, pin_file(tmp_path, content, f"https://models.invalid/{NAME}.zip"))
    for name in ("vosk-model-small-de-0.15", "vosk-model-en-us-0.22", "aaa"):
        models.add(model_folder(tmp_path / name))
    models.add(tmp_path / f"{NAME}.zip")
    assert [model.name for model in models.installed() if model.engine == "vosk"] == [
        NAME,
        "vosk-model-en-us-0.22",
        "aaa",
        "vosk-model-small-de-0.15",
    ]


def test_the_environment_names_a_model_before_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = store(tmp_path)
    models.add(model_folder(tmp_path / "mine"))
    monkeypatch.setenv("LIVEWATCH_VOSK_MODEL", str(model_folder(tmp_path / "named")))
    found = models.find("vosk")
    assert found is not None
    assert (found.name, found.origin, found.path) == ("named", "environment", tmp_path / "named")
    assert models.check("named") == ()
    monkeypatch.setenv("LIVEWATCH_VOSK_MODEL", str(tmp_path / "gone"))
    with pytest.raises(ModelError, match="LIVEWATCH_VOSK_MODEL"):
        models.find("vosk")


def test_a_mistyped_name_gets_a_suggestion(tmp_path: Path) -> None:
    models = store(tmp_path)
    with pytest.raises(ModelError, match=r"Did you mean vosk-model-small-en-us-0\.15"):
        models.path("vosk-small-en-us")
    with pytest.raises(ModelError, match=r"livewatch models get vosk-model-small-en-us-0\.15"):
        models.path("vosk-model-small-en-us-0.15")


@pytest.mark.parametrize("name", ["..", "a\nb", ".hidden"])
def test_a_folder_with_an_unfit_name_is_refused(tmp_path: Path, name: str) -> None:
    with install.Staging(tmp_path / "models") as staging:
        (staging.folder / "m").mkdir()
        with pytest.raises(ModelError, match="cannot be the name"):
            staging.install(staging.folder / "m", install.Manifest(name, "vosk", "", False, ()))


def test_a_models_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    models = ModelStore(tmp_path / "file" / "models")
    with pytest.raises(ModelError, match="LIVEWATCH_MODELS"):
        models.add(model_folder(tmp_path / "mine"))
    with pytest.raises(ModelError, match="LIVEWATCH_MODELS"):
        models.installed()


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    model_folder(tmp_path / "models" / ".new-killed" / "half")
    models = store(tmp_path)
    assert models.find("vosk") is None
    models.add(model_folder(tmp_path / "mine"))
    assert sorted(path.name for path in models.root.iterdir()) == [".lock", "mine"]


@needs_vosk
def test_vosk_itself_is_asked_in_a_child_process_and_refuses_what_is_no_model(tmp_path: Path) -> None:
    models = ModelStore(tmp_path / "models")
    with pytest.raises(ModelError) as caught:
        models.add(model_folder(tmp_path / "mine"))
    assert caught.value.code == "model-damaged"
    assert "damaged" in caught.value.message
    assert models.find("vosk") is None


def test_a_recogniser_that_kills_its_process_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vosk aborts on some models; a package of that name that aborts at once stands for it."""
    (tmp_path / "vosk.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "crashes" in (try_model("vosk", model_folder(tmp_path / "mine")) or "")


SOCKETS = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "urllib.Request"):
        raise SystemExit(f"{event} {arguments}")
sys.addaudithook(refuse)
"""


def test_list_add_path_and_check_open_no_socket(tmp_path: Path) -> None:
    """In this process and in the children it starts: a sitecustomize puts the hook into every Python."""
    (tmp_path / "hook").mkdir()
    (tmp_path / "hook" / "sitecustomize.py").write_text(SOCKETS)
    folder = model_folder(tmp_path / "mine")
    program = f"""
import pathlib
from livewatch.engines.models import ModelStore
from livewatch.errors import ModelError
models = ModelStore(pathlib.Path({str(tmp_path / "models")!r}))
models.pins(), models.installed(), models.find("vosk")
try:
    models.add(pathlib.Path({str(folder)!r}))
except ModelError as error:
    assert error.code == "model-damaged", error
accepting = ModelStore(models.root, trial=lambda engine, folder: None)
accepting.add(pathlib.Path({str(folder)!r}))
accepting.path("mine")
print(models.check("mine"))
import urllib.request
try:
    urllib.request.urlopen("http://127.0.0.1:9/")
except SystemExit:
    print("the hook is awake")
"""
    root = str(Path(livewatch.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "hook"), root])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "the hook is awake" in done.stdout
    assert "socket." not in done.stdout


def test_only_the_download_and_the_cluster_can_reach_a_network() -> None:
    package = Path(livewatch.__file__).parent
    reaching = (
        "socket",
        "ssl",
        "http",
        "urllib.request",
        "requests",
        "urllib3",
        "ftplib",
        "asyncio",
        "xmlrpc",
        "smtplib",
    )
    found: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if used := {name for name in names if f"{name}.".startswith(tuple(f"{module}." for module in reaching))}:
                found.setdefault(file.relative_to(package).as_posix(), set()).update(used)
    assert found == {
        "engines/download.py": {"http.client", "urllib.request"},
        "engines/vosk.py": {"socket"},  # keeps vosk from trying out a socket while it is imported
        "sinks/window/app.py": {"socket"},  # a pair that wakes the window at Ctrl-C
        "sinks/window/probe.py": {"socket"},  # the display's own, a file
        "tuning/work/scheduler.py": {"socket"},  # the cluster that --cluster names
    }


def test_vosk_is_never_told_to_find_a_model_itself() -> None:
    """`Model(lang=…)` and `Model(model_name=…)` download without asking and end the process."""
    package = Path(livewatch.__file__).parent
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                assert not {keyword.arg for keyword in node.keywords} & {"lang", "model_name"}, f"{file}:{node.lineno}"


def test_the_pins_are_found_in_a_source_checkout() -> None:
    assert own_pin_file().is_file()


@needs_moonshine
def test_check_loads_the_built_in_model(tmp_path: Path) -> None:
    assert ModelStore(tmp_path / "models").check("moonshine-tiny-en") == ()
