"""The file of the cache: several processes, killed ones, damage, other versions, a full disk, a limit."""

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livewatch.tuning.cache.store import ASIDE, FILE, Store
from tests.command import ROOT

MB = 1_000_000
WRITER = """
import sys
from pathlib import Path
from livewatch.tuning.cache.store import Store
store = Store(Path(sys.argv[1]), 1_000_000_000)
number = 0
while True:
    key = f"{sys.argv[2]}-{number}".encode()
    store.put({"said": [(key, key * 500)], "heard": [(key, key * 100)]})
    assert not store.troubles, store.troubles
    print(number, flush=True)
    number += 1
"""
OPENERS, ROUNDS, ROUND_S = 4, 12, 0.1
OPENER = """
import sys, time
from pathlib import Path
from livewatch.tuning.cache.store import Store
start = float(sys.stdin.readline())
for number in range(int(sys.argv[3])):
    while time.time() < start + number * float(sys.argv[4]):
        pass
    store = Store(Path(sys.argv[1]) / str(number), 1_000_000)
    store.put({"said": [(sys.argv[2].encode(), b"v")]})
    print(*store.troubles, sep="\\n", end="")
"""


def writer(folder: Path, name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name], cwd=ROOT, stdout=subprocess.PIPE)


def test_what_was_put_is_there_for_everybody(tmp_path: Path):
    one, other = Store(tmp_path, MB), Store(tmp_path, MB)
    one.put({"said": [(b"a", b"1"), (b"b", b"")], "heard": [(b"a", b"2")]})
    assert other.get("said", [b"a", b"b", b"c"]) == {b"a": b"1", b"b": b""}
    other.put({"said": [(b"a", b"3")]})
    assert one.get("said", [b"a"]) == {b"a": b"3"}
    assert one.sizes()["heard"].entries == 1
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o600


def test_writers_that_are_killed_leave_whole_entries_and_no_others(tmp_path: Path):
    written: dict[str, int] = {}
    for turn in range(4):
        writers = {f"w{turn}-{number}": writer(tmp_path, f"w{turn}-{number}") for number in range(2)}
        for process in writers.values():
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(0.15 + 0.03 * turn)
        for name, process in writers.items():
            process.send_signal(signal.SIGKILL)
            told = process.communicate()[0].split()
            written[name] = int(told[-1]) if told else 0
    store = Store(tmp_path, 1000 * MB)  # nothing may go because there is too much of it
    for name, last in written.items():
        keys = [f"{name}-{number}".encode() for number in range(last + 2)]
        said, heard = store.get("said", keys), store.get("heard", keys)
        assert said.keys() == heard.keys() >= {*keys[: last + 1]}
        assert all(value == key * 500 for key, value in said.items())
    assert store.troubles == []


def test_processes_that_make_the_file_at_the_same_moment_all_use_it(tmp_path: Path):
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(tmp_path), str(number), str(ROUNDS), str(ROUND_S)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(OPENERS)
    ]
    start = time.time() + 1  # by then they have imported what they need
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write(f"{start}\n")
        opener.stdin.flush()
    assert [opener.communicate()[0] for opener in openers] == [""] * OPENERS
    keys = [str(number).encode() for number in range(OPENERS)]
    for number in range(ROUNDS):
        assert Store(tmp_path / str(number), MB).get("said", keys).keys() == {*keys}


@pytest.mark.parametrize("damage", ["cut", "no database", "overwritten", "bits"])
def test_a_damaged_file_is_named_put_aside_and_begun_anew(tmp_path: Path, damage: str):
    store = Store(tmp_path, MB)
    store.put({"said": [(bytes([number]), b"v" * 3000) for number in range(100)]})
    store.close()
    path = tmp_path / FILE
    content = bytearray(path.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "no database":
        content[:] = b"not a database at all" * 1000
    elif damage == "overwritten":
        content[8192:20480] = os.urandom(12288)
    else:
        content[content.index(b"v" * 2000) + 1000] ^= 1
    path.write_bytes(content)
    store = Store(tmp_path, MB)
    found = store.get("said", [bytes([number]) for number in range(100)])
    assert all(value == b"v" * 3000 for value in found.values())
    assert len(store.troubles) == 1
    assert "is damaged" in store.troubles[0]
    assert (tmp_path / ASIDE).exists()
    store.put({"said": [(b"new", b"1")]})
    assert Store(tmp_path, MB).get("said", [b"new"]) == {b"new": b"1"}


def test_a_file_of_another_version_is_named_and_put_aside(tmp_path: Path):
    Store(tmp_path, MB).close()
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("PRAGMA user_version=999")
    other.close()
    store = Store(tmp_path, MB)
    assert len(store.troubles) == 1
    assert "another version" in store.troubles[0]
    assert store.usable
    assert Store(tmp_path, MB).troubles == []


def test_what_was_used_longest_ago_goes_first(tmp_path: Path):
    store = Store(tmp_path, MB)
    for number in range(40):
        store.put({"said": [(bytes([number]), os.urandom(20_000))]})
    own = sqlite3.connect(tmp_path / FILE)
    own.execute("UPDATE entry SET used = used - 10000 + 100 * rowid")
    own.commit()
    own.close()
    assert store.get("said", [b"\1"])  # used now
    for number in range(40, 60):
        store.put({"said": [(bytes([number]), os.urandom(20_000))]})
    left = store.get("said", [bytes([number]) for number in range(60)])
    assert b"\1" in left
    assert b"\2" not in left
    assert bytes([59]) in left
    store.shrink(300_000)
    assert store.path.stat().st_size <= 300_000
    assert store.get("said", [bytes([59])])
    store.clear()
    assert store.sizes()["said"].entries == 0
    assert store.bytes_on_disk() < 100_000
    assert store.troubles == []


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files cannot be limited there")
def test_a_full_disk_ends_the_cache_and_not_the_run(tmp_path: Path):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    store = Store(tmp_path, 100 * MB)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
        for number in range(30):
            store.put({"said": [(bytes([number]), os.urandom(20_000))]})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert len(store.troubles) == 1
    assert "goes on without it" in store.troubles[0]
    assert store.get("said", [b"\0"]) == {}
    again = Store(tmp_path, 100 * MB)
    assert again.get("said", [b"\0"])
    assert again.troubles == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file", MB)
    store.put({"said": [(b"a", b"1")]})
    assert not store.usable
    assert len(store.troubles) == 1
