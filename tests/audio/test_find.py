import os

import pytest

from livewatch.audio.file import find_recordings
from tests.needs import needs


@pytest.fixture
def calls(tmp_path, monkeypatch):
    """A folder with recordings at two depths, among other things; the working folder is its parent."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "calls/b.wav",
        "calls/a.MP3",
        "calls/deep/c.m4a",
        "calls/notes.txt",
        "calls/.hidden.wav",
        "calls/.git/d.wav",
        "elsewhere/e.wav",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    return tmp_path


def names(found):
    return [path.as_posix() for path in found.recordings]


def codes(found):
    return [error.code for error in found.errors]


@pytest.mark.usefixtures("calls")
def test_a_folder_is_searched_to_the_bottom_in_order_without_hidden_files():
    found = find_recordings(["calls"])
    assert names(found) == ["calls/a.MP3", "calls/b.wav", "calls/deep/c.m4a"]
    assert found.errors == ()


@pytest.mark.usefixtures("calls")
def test_a_file_given_by_name_may_end_as_it_likes_and_keeps_its_place():
    assert names(find_recordings(["calls/notes.txt", "calls/.hidden.wav"])) == ["calls/notes.txt", "calls/.hidden.wav"]


@pytest.mark.usefixtures("calls")
def test_a_pattern_that_no_shell_expanded_is_expanded():
    assert names(find_recordings(["calls/*.wav"])) == ["calls/b.wav"]
    assert names(find_recordings(["**/*.m4a"])) == ["calls/deep/c.m4a"]
    assert names(find_recordings(["call?/d*"])) == ["calls/deep/c.m4a"]


def test_a_file_with_signs_of_a_pattern_in_its_name_is_that_file(calls):
    (calls / "call [1].wav").write_bytes(b"x")
    (calls / "call 1.wav").write_bytes(b"x")
    assert names(find_recordings(["call [1].wav"])) == ["call [1].wav"]


def test_one_bad_path_does_not_stop_the_others(calls):
    found = find_recordings(["nowhere/x.wav", "calls/b.wav", "empty", "*.ogg", str(calls / "elsewhere"), "a\0b.wav"])
    assert names(found) == ["calls/b.wav", (calls / "elsewhere/e.wav").as_posix()]
    assert codes(found) == ["missing", "no_recordings", "missing", "missing"]
    sentences = [error.message for error in found.errors]
    assert sentences[0] == 'There is no file or folder "nowhere/x.wav".'
    assert sentences[1] == 'The folder "empty" holds no recordings.'
    assert sentences[2] == 'Nothing fits "*.ogg".'
    assert r'"a\x00b.wav"' in sentences[3]
    assert found.errors[0].hint == 'There is no folder "nowhere" either.'


@pytest.mark.usefixtures("calls")
def test_a_mistyped_name_is_answered_with_the_nearest_one():
    [error] = find_recordings(["calls/bb.wav"]).errors
    assert error.hint == f'Did you mean "{os.path.join("calls", "b.wav")}"?'  # noqa: PTH118 - as the system writes it


def test_a_recording_named_twice_is_read_once(calls):
    found = find_recordings(["calls/b.wav", str(calls / "calls/b.wav"), "./calls/../calls/b.wav", "calls"])
    assert names(found) == ["calls/b.wav", "calls/a.MP3", "calls/deep/c.m4a"]


@needs(hasattr(os, "symlink") and os.name != "nt", "this system has no symbolic links for everyone")
def test_links_that_lead_out_of_the_folder_are_not_followed(calls):
    (calls / "calls/out.wav").symlink_to(calls / "elsewhere/e.wav")
    (calls / "calls/outside").symlink_to(calls / "elsewhere")
    (calls / "calls/round").symlink_to(calls / "calls")
    (calls / "calls/gone.wav").symlink_to(calls / "elsewhere/gone.wav")
    (calls / "calls/same.wav").symlink_to(calls / "calls/b.wav")
    assert names(find_recordings(["calls"])) == ["calls/a.MP3", "calls/b.wav", "calls/deep/c.m4a", "calls/same.wav"]
    assert names(find_recordings(["calls/out.wav"])) == ["calls/out.wav"]  # asked for by name


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every folder")
def test_a_folder_that_may_not_be_read_is_named_and_the_rest_is_found(calls):
    (calls / "calls/deep").chmod(0)
    try:
        found = find_recordings(["calls"])
    finally:
        (calls / "calls/deep").chmod(0o700)
    assert names(found) == ["calls/a.MP3", "calls/b.wav"]
    assert codes(found) == ["unreadable"]
