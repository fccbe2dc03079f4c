"""`livewatch config` and `livewatch models`: the user's own files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from livewatch.settings import default_text
from tests.command import livewatch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "config.toml"


def test_path_is_printed_whatever_is_wrong_with_the_file(file):
    done = livewatch("config", "path", LIVEWATCH_CONFIG=str(file))
    assert done.stdout == f"{file}\n"
    assert done.returncode == 0


def test_init_writes_the_explained_defaults_once(file):
    done = livewatch("config", "init", LIVEWATCH_CONFIG=str(file))
    assert done.returncode == 0
    assert file.read_text("utf-8") == default_text()
    file.write_text("# mine\n")
    again = livewatch("config", "init", LIVEWATCH_CONFIG=str(file))
    assert again.returncode == 2
    assert file.read_text() == "# mine\n"


def test_set_keeps_comments_and_show_says_where_values_come_from(file):
    file.parent.mkdir()
    file.write_text("# about me\n[engine]\n# two is enough\nthreads = 2  # really\n")
    done = livewatch("config", "set", "engine.threads", "4", LIVEWATCH_CONFIG=str(file))
    assert done.returncode == 0, done.stderr
    assert file.read_text() == "# about me\n[engine]\n# two is enough\nthreads = 4  # really\n"
    assert livewatch("config", "set", "phrases.languages", "en", LIVEWATCH_CONFIG=str(file)).returncode == 0
    shown = livewatch("config", "show", LIVEWATCH_CONFIG=str(file), LIVEWATCH_TERMINAL_WORDS="no").stderr
    assert "expected true or false" in shown
    shown = livewatch("config", "show", LIVEWATCH_CONFIG=str(file), LIVEWATCH_TERMINAL_WORDS="false").stdout
    assert f"threads = 4                      # {file}:4" in shown
    assert "words = false                    # LIVEWATCH_TERMINAL_WORDS" in shown
    assert tomllib.loads(shown)["speech"] == {"aggressiveness": 1}
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("engine.thread", "2", "Did you mean engine.threads?"),
        ("threads", "2", "Did you mean engine.threads?"),
        ("engine.threads", "many", "expected a whole number"),
        ("engine.name", "voks", "Did you mean vosk?"),
        ("risk.danger_points", "5", "must be more than risk.caution_points"),
    ],
)
def test_a_wrong_setting_changes_nothing(file, key, value, told):
    file.parent.mkdir()
    file.write_text("[engine]\nthreads = 2\n")
    done = livewatch("config", "set", key, value, LIVEWATCH_CONFIG=str(file))
    assert done.returncode == 2
    assert told in done.stderr
    assert file.read_text() == "[engine]\nthreads = 2\n"


def test_set_can_mend_a_file_with_other_mistakes(file):
    file.parent.mkdir()
    file.write_text("[engine]\nthreads = 99\nname = 'x'\n")
    done = livewatch("config", "set", "engine.threads", "2", LIVEWATCH_CONFIG=str(file))
    assert "engine.name" in done.stderr
    assert "threads = 2" in file.read_text()
    assert livewatch("config", "set", "engine.name", "auto", LIVEWATCH_CONFIG=str(file)).returncode == 0


def test_a_list_of_ones_own_is_stored_with_its_whole_path(file, tmp_path):
    done = livewatch("config", "set", "phrases.files", "own.toml", cwd=tmp_path, LIVEWATCH_CONFIG=str(file))
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(file.read_text())["phrases"]["files"] == [str(tmp_path / "own.toml")]


def test_models_are_listed_and_found_without_any_network(tmp_path):
    listed = livewatch("models", "list", LIVEWATCH_MODELS=str(tmp_path))
    assert listed.returncode == 0
    assert "moonshine-tiny-en  [installed]" in listed.stdout
    assert "vosk-model-small-en-us-0.15  [not installed]" in listed.stdout
    assert "Apache-2.0" in listed.stdout
    assert livewatch("models", "path", LIVEWATCH_MODELS=str(tmp_path)).stdout == f"{tmp_path}\n"


def test_a_model_that_is_not_there_is_told_with_what_to_type(tmp_path):
    for arguments in (("path", "vosk-model-small-en-us-0.15"), ("check", "vosk-model-small-en-us-0.15")):
        done = livewatch("models", *arguments, LIVEWATCH_MODELS=str(tmp_path))
        assert done.returncode == 1
        assert "livewatch models get vosk-model-small-en-us-0.15" in done.stderr
    done = livewatch("models", "get", "vosk-model-smal-en-us", LIVEWATCH_MODELS=str(tmp_path))
    assert done.returncode == 1
    assert "Did you mean vosk-model-small-en-us-0.15?" in done.stderr


def test_the_recogniser_asked_for_by_name_is_never_replaced(tmp_path):
    script = tmp_path / "x.wav"
    script.write_bytes(b"")
    done = livewatch("replay", script, "--engine", "vosk", LIVEWATCH_MODELS=str(tmp_path))
    assert done.returncode == 1
    assert "livewatch models get vosk-model-small-en-us-0.15" in done.stderr


def test_the_built_in_model_passes_its_check(tmp_path):
    done = livewatch("models", "check", LIVEWATCH_MODELS=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "moonshine-tiny-en: good\n"


def test_a_damaged_download_address_is_one_sentence(tmp_path):
    done = livewatch(
        "models", "get", "vosk-model-small-en-us-0.15", "--yes",
        LIVEWATCH_MODELS=str(tmp_path), LIVEWATCH_MODELS_URL="http://127.0.0.1:9",
    )  # fmt: skip
    assert done.returncode == 1
    assert "41.2 MB, licence Apache-2.0" in done.stderr
    assert "Traceback" not in done.stderr
