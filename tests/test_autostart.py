"""`livewatch autostart`: an entry of the user's own, in the form each system reads."""

from __future__ import annotations

import configparser
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch import autostart
from livewatch.autostart import DesktopFile, LaunchAgent, RunKey
from tests.command import livewatch
from tests.needs import needs

linux = needs(sys.platform.startswith("linux"), "the entry of another system")
LINES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1), min_size=1
)


@linux
def test_on_status_off(tmp_path):
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert livewatch("autostart", "status", **home).stdout.startswith("off")
    assert list(tmp_path.iterdir()) == []
    assert livewatch("autostart", "on", **home).returncode == 0
    file = tmp_path / "autostart" / "livewatch.desktop"
    assert list(file.parent.iterdir()) == [file]
    assert livewatch("autostart", "status", **home).stdout.startswith(f"on: {sys.executable}"[:12])
    assert livewatch("autostart", "on", **home).returncode == 0
    assert "no longer" in livewatch("autostart", "off", **home).stdout
    assert not file.exists()
    assert "either" in livewatch("autostart", "off", **home).stdout


@linux
@needs(shutil.which("desktop-file-validate") is not None, "needs desktop-file-validate: apt install desktop-file-utils")
def test_the_desktop_file_is_one_by_the_referee(tmp_path):
    livewatch("autostart", "on", XDG_CONFIG_HOME=str(tmp_path))
    done = subprocess.run(
        ["desktop-file-validate", tmp_path / "autostart" / "livewatch.desktop"], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")


def test_the_command_that_is_started_listens(tmp_path):
    done = subprocess.run([*autostart.command(), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "usage: livewatch listen" in done.stdout


@given(LINES)
def test_any_command_line_survives_the_desktop_file(line):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        where = DesktopFile(Path(folder))
        where.write(line)
        assert where.read() == line
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string((Path(folder) / "livewatch.desktop").read_text("utf-8"))
        assert parser["Desktop Entry"]["type"] == "Application"


@given(LINES)
def test_any_command_line_survives_the_property_list(line):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        where = LaunchAgent(Path(folder))
        where.write(line)
        assert where.read() == line
        agent = plistlib.loads((Path(folder) / "livewatch.plist").read_bytes())
        assert agent["RunAtLoad"] is True


@pytest.mark.skipif(sys.platform != "win32", reason="the registry is only there on Windows")
def test_the_run_key():
    where = RunKey()
    autostart.switch_on(where)
    assert where.read() == autostart.command()
    assert autostart.switch_off(where)
    assert where.read() is None


@linux
def test_an_entry_for_another_livewatch_or_switched_off_by_the_desktop_is_told(tmp_path):
    where = DesktopFile(tmp_path / "autostart")
    where.write(["/gone/livewatch", "listen"])
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert "what it would start is gone" in livewatch("autostart", "status", **home).stdout
    where.write(["/bin/true"])
    assert "another livewatch" in livewatch("autostart", "status", **home).stdout
    file = tmp_path / "autostart" / "livewatch.desktop"
    file.write_text(file.read_text() + "Hidden=true\n")
    assert livewatch("autostart", "status", **home).stdout.startswith("off")


@linux
def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "autostart").write_text("a file")
    done = livewatch("autostart", "on", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_property_list_is_one_sentence(tmp_path):
    (tmp_path / "livewatch.plist").write_bytes(b"<plist>")
    with pytest.raises(autostart.LivewatchError, match="damaged"):
        autostart.current(LaunchAgent(tmp_path))
