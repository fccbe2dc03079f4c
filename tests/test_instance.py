"""Only one livewatch listens; a lock that a killed process left behind is never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from livewatch.errors import LivewatchError
from livewatch.runner.instance import Instance
from tests.command import ROOT

HOLD = """
import sys, time
from pathlib import Path
from livewatch.runner.instance import Instance
with Instance(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert child.stdout.readline() == b"held\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


def test_a_second_one_is_told_which_process_listens_and_what_to_type(tmp_path, holder):
    with pytest.raises(LivewatchError) as caught, Instance(tmp_path):
        pass
    assert f"(process {holder.pid})" in caught.value.message
    assert f"kill {holder.pid}" in caught.value.hint


def test_a_lock_of_a_killed_process_is_stale(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / "listen.lock").read_text() == str(holder.pid)
    with Instance(tmp_path):
        assert (tmp_path / "listen.lock").read_text() == str(os.getpid())


def test_a_file_with_the_number_of_another_living_process_is_no_lock(tmp_path):
    (tmp_path / "listen.lock").write_text("1")
    with Instance(tmp_path):
        pass
    with Instance(tmp_path):
        pass


def test_listening_goes_on_where_no_lock_can_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with Instance(tmp_path / "file" / "deep"):
        pass


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="needs O_NOFOLLOW")
def test_a_link_that_somebody_put_there_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "listen.lock").symlink_to(victim)
    with Instance(tmp_path):
        pass
    assert victim.read_text() == "precious"
