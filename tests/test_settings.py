"""Settings: which layer wins, what is refused, and what people are told about it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.errors import SettingsError
from livewatch.settings import TYPES, Loaded, Settings, config_path, convert, default_text, load


def _load(tmp_path: Path, text: str = "", command_line: dict[str, object] | None = None, **environ: str) -> Loaded:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return load(command_line, {"LIVEWATCH_CONFIG": str(path), **environ})


def _refused(tmp_path: Path, text: str = "", **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text, **environ)
    assert caught.value.exit_code == 2
    return caught.value.message


def test_the_defaults_are_complete_and_lawful():
    loaded = load(environ={"LIVEWATCH_CONFIG": "/dev/null"})
    assert isinstance(loaded.settings, Settings)
    assert set(loaded.origins) == set(TYPES)
    assert set(loaded.origins.values()) == {"default"}


def test_every_default_is_explained():
    lines = default_text().splitlines()
    for number, line in enumerate(lines):
        if line and line[0] not in "#[":
            assert lines[number - 1].startswith("#"), line


def test_the_command_line_beats_the_environment_beats_the_file_beats_the_default(tmp_path):
    text = '[engine]\nthreads = 2\nname = "vosk"\nupdate_every_s = 0.5\n'
    loaded = _load(
        tmp_path, text, {"engine.threads": 4}, LIVEWATCH_ENGINE_THREADS="3", LIVEWATCH_ENGINE_NAME="moonshine"
    )
    assert loaded.settings.engine.threads == 4
    assert loaded.settings.engine.name == "moonshine"
    assert loaded.settings.engine.update_every_s == 0.5
    assert loaded.settings.engine.vosk_model == ""
    assert loaded.origins["engine.threads"] == "command line"
    assert loaded.origins["engine.name"] == "LIVEWATCH_ENGINE_NAME"
    assert loaded.origins["engine.update_every_s"] == f"{tmp_path / 'config.toml'}:4"
    assert loaded.origins["engine.vosk_model"] == "default"


def test_all_mistakes_are_told_at_once_with_their_lines_and_what_was_meant(tmp_path):
    text = '[engine]\nnam = "vosk"\nthreads = 99\nname = "mooshine"\n\n[riks]\nx = 1\n'
    message = _refused(tmp_path, text, LIVEWATCH_SPEECH_AGRESSIVENESS="1", LIVEWATCH_RISK_DANGER_POINTS="many")
    where = tmp_path / "config.toml"
    assert f"{where}:2: engine.nam: there is no such setting. Did you mean engine.name?" in message
    assert f"{where}:3: engine.threads = 99: expected a whole number <= 8." in message
    assert f"{where}:4: engine.name = 'mooshine': expected one of auto, moonshine, vosk, scripted." in message
    assert "Did you mean moonshine?" in message
    assert f"{where}:6: riks: there is no such setting. Did you mean risk?" in message
    assert "Did you mean LIVEWATCH_SPEECH_AGGRESSIVENESS?" in message
    assert "LIVEWATCH_RISK_DANGER_POINTS: risk.danger_points = 'many': expected a number." in message


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("[engine]\nupdate_every_s = nan", "engine.update_every_s = nan"),
        ("[engine]\nupdate_every_s = 0.0", "expected a number >= 0.1"),
        ("[engine]\nthreads = 1.5", "expected a whole number"),
        ("[engine]\nthreads = true", "expected a whole number"),
        ("[phrases]\nlanguages = []", "phrases.languages = []"),
        ("[phrases]\nfiles = [1]", "phrases.files = [1]: expected text"),
        ("[terminal]\nwords = 1", "expected true or false"),
        ("engine = 3", "engine: there is no such setting"),
        ("[risk]\ncaution_points = 40", "risk.danger_points must be more than risk.caution_points"),
    ],
)
def test_a_wrong_value_is_refused_with_its_cause(tmp_path, line, cause):
    assert cause in _refused(tmp_path, line)


def test_a_file_that_is_not_toml_is_named_with_its_line(tmp_path):
    message = _refused(tmp_path, "[engine]\nname = vosk\n")
    assert str(tmp_path / "config.toml") in message
    assert "line 2" in message


def test_a_file_that_is_not_text_or_a_folder_is_refused(tmp_path):
    bad = tmp_path / "config.toml"
    bad.write_bytes(b"\xff\xfe\x00")
    for path in (bad, tmp_path):
        with pytest.raises(SettingsError, match="cannot be read"):
            load(environ={"LIVEWATCH_CONFIG": str(path)})


def test_a_file_asked_for_by_name_must_be_there(tmp_path):
    with pytest.raises(SettingsError, match="there is no such settings file"):
        load(environ={"LIVEWATCH_CONFIG": str(tmp_path / "none.toml")})


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf[engine]\r\nthreads = 2\r\n")
    loaded = load(environ={"LIVEWATCH_CONFIG": str(tmp_path / "config.toml")})
    assert loaded.settings.engine.threads == 2


def test_lists_in_the_environment_are_separated_by_commas_or_written_as_toml(tmp_path):
    assert _load(tmp_path, LIVEWATCH_PHRASES_LANGUAGES="en, de").settings.phrases.languages == ("en", "de")
    assert _load(tmp_path, LIVEWATCH_PHRASES_FILES='["/a,b.toml"]').settings.phrases.files == ("/a,b.toml",)
    assert "expected a list" in _refused(tmp_path, LIVEWATCH_PHRASES_FILES="[a")


def test_other_variables_of_livewatch_are_not_taken_for_settings(tmp_path):
    others = {"LIVEWATCH_MODELS": "/m", "LIVEWATCH_VOSK_MODEL": "/v", "LIVEWATCH_MODELS_URL": "http://localhost"}
    assert "default" in _load(tmp_path, **others).origins["engine.vosk_model"]


def test_paths_in_the_users_file_start_from_its_folder_and_on_the_command_line_from_here(tmp_path):
    text = '[phrases]\nfiles = ["own.toml", "/abs.toml", "~/home.toml"]\n'
    files = _load(tmp_path, text, {"phrases.files": ["here.toml"]}).settings.phrases.files
    assert files == (str(tmp_path / "own.toml"), "/abs.toml", str(Path.home() / "home.toml"), "here.toml")


def test_the_usual_place_is_used_when_none_is_named():
    assert config_path({}).name == "config.toml"
    assert config_path({}).parent.name == "livewatch"
    assert config_path({"LIVEWATCH_CONFIG": "x.toml"}) == Path("x.toml")


@given(st.sampled_from(sorted(TYPES)), st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.text()), st.none()))
def test_whatever_is_given_raises_nothing_but_a_refusal(name, value):
    for as_text in (False, True):
        with suppress(ValueError):
            convert(name, value, as_text=as_text)
