"""The promise of docs/privacy.md, line by line: nothing leaves the computer, nothing is kept that was not asked for."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import LIVEWATCH, ROOT, environment, livewatch
from tests.needs import needs

SAMPLE = ROOT / "samples" / "microsoft-short.wav"
NETWORK = {
    "socket",
    "ssl",
    "http",
    "urllib",
    "ftplib",
    "smtplib",
    "asyncio",
    "requests",
    "httpx",
    "aiohttp",
    "websockets",
    "dask",
    "distributed",
}
MAY_CONNECT = {
    "engines/download.py": "models get",
    "engines/vosk.py": "keeps a library from trying out a socket",
    "tuning/report/sound.py": "urllib.parse alone, to write addresses of files",
    "tuning/work/scheduler.py": "--cluster",
    "tuning/work/cluster.py": "--cluster",
    "tuning/work/on_worker.py": "asks dask which worker it runs in",
    "sinks/window/probe.py": "the display, a Unix socket",
    "sinks/window/app.py": "wakes the window at Ctrl-C, a pair within the process",
}
"""Modules that may use the network, and what for"""


def _namespaces() -> bool:
    return (
        shutil.which("unshare") is not None and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0
    )


@pytest.fixture
def away(tmp_path: Path) -> dict[str, str]:
    """A home, a place for temporary files and a settings file of its own, all of them empty."""
    for name in ("home", "tmp", "run", "here"):
        (tmp_path / name).mkdir()
    names = {name: "" for name in os.environ if name.startswith("XDG_")}
    return names | {
        "HOME": str(tmp_path / "home"),
        "USERPROFILE": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PULSE_SERVER": "unix:/nonexistent",
    }


def _events(text: str) -> list[dict[str, object]]:
    """What was decided, without what the clock says."""
    events = [json.loads(line) for line in text.splitlines()]
    return [{key: value for key, value in event.items() if key not in ("wall_s", "cpu_s")} for event in events]


@needs(_namespaces(), "user namespaces are not allowed here")
def test_without_a_network_it_says_the_same():
    alone = subprocess.run(
        ["unshare", "-rn", *LIVEWATCH, "replay", SAMPLE, "--json"], env=environment(), capture_output=True, check=False
    )
    assert alone.returncode == 3, alone.stderr
    assert _events(alone.stdout.decode()) == _events(livewatch("replay", SAMPLE, "--json").stdout)


@needs(shutil.which("strace") is not None, "needs strace: apt install strace")
@pytest.mark.parametrize("arguments", [("replay", SAMPLE), ("report", SAMPLE), ("doctor",)])
def test_no_socket_of_the_internet_is_opened_and_no_file_is_written(arguments, away, tmp_path):
    """By the system calls of livewatch and of every process it starts, libraries included.

    Seen: onnxruntime 1.29 and later reports to Microsoft and keeps a number of the device, except under CI=true.
    """
    environ = environment(**away)
    environ.pop("CI", None)
    trace = tmp_path / "trace"
    calls = "trace=network,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", trace, "-e", calls, *LIVEWATCH, *arguments],
        env=environ, cwd=tmp_path / "here", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    assert sum("openat(" in line for line in lines) > 500  # it did watch
    assert [line for line in lines if "AF_INET" in line] == []
    written = [line for line in lines if _writes(line)]
    assert written == []


@needs(shutil.which("strace") is not None, "needs strace: apt install strace")
def test_vosk_is_loaded_without_trying_out_a_socket(away, tmp_path):
    """Seen: its HTTP library binds a socket to ::1 while it is imported."""
    trace = tmp_path / "trace"
    code = "from livewatch.engines.vosk import import_vosk; print(import_vosk().Model)"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", trace, "-e", "trace=network,openat", sys.executable, "-c", code],
        env=environment(**away), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "vosk.Model" in done.stdout, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    assert any("libvosk" in line for line in lines)
    assert [line for line in lines if "AF_INET" in line] == []


def _writes(line: str) -> bool:
    """Whether a traced call makes or changes something on a disk, and succeeded."""
    if re.search(r"\) = -1 E", line):
        return False
    if "open" in line:
        place = re.search(r'"([^"]*)"', line)
        harmless = place is not None and place[1].startswith(("/dev/", "/proc/", "/sys/"))
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE", line)) and not harmless
    return bool(re.search(r"\b(creat|mkdir|mkdirat|rename|renameat|renameat2|link|linkat|symlink|symlinkat)\(", line))


def test_a_fresh_home_stays_empty(away, tmp_path):
    environ = environment(**away)
    for name in ("CI", "LIVEWATCH_CONFIG"):
        environ.pop(name, None)
    for arguments, code in (
        (("replay", SAMPLE), 3),
        (("replay", SAMPLE, "--json"), 3),
        (("report", SAMPLE), 0),
        (("history", "list"), 0),
        (("models", "list"), 0),
        (("config", "show"), 0),
        (("autostart", "status"), 0),
        (("doctor",), None),
        (("listen", "--no-window", "--device", "there is no such device"), None),
    ):
        done = subprocess.run(
            [*LIVEWATCH, *arguments], env=environ, cwd=tmp_path / "here", stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert code in (None, done.returncode), done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_only_what_fetches_a_model_or_asks_a_cluster_can_use_the_network():
    """By what the modules import; `engines/download.py` is only reached from `models get`, a cluster by `--cluster`."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "livewatch").rglob("*.py")):
        imported: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
        if imported & NETWORK:
            found[path.relative_to(ROOT / "livewatch").as_posix()] = imported & NETWORK
    assert found.keys() <= MAY_CONNECT.keys(), found


def test_nothing_of_a_cluster_is_even_loaded_unless_it_is_asked_for(tmp_path):
    (tmp_path / "set.jsonl").write_text('{"id": "a", "label": "ordinary", "text": "hello there"}\n')
    (tmp_path / "0.txt").write_text("hello there")
    code = (
        "import sys; from livewatch.cli.main import main\n"
        "codes = main(['evaluate', 'set.jsonl', '--jobs', '1']), main(['replay', '0.txt', '--engine', 'scripted'])\n"
        "print(codes, sorted({'dask', 'distributed', 'pyarrow', 'tornado'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(LIVEWATCH_CACHE_ENABLED="false"), cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "(0, 0) []"


def test_what_is_kept_on_request_holds_no_number_and_no_ordinary_word(tmp_path):
    script = tmp_path / "call.txt"
    script.write_text(
        "My sister Angela is at home on Sunday. I need remote access to your computer. "
        "Read me the code on your phone 4 8 2 9 1 3 right now."
    )
    folder = tmp_path / "history"
    livewatch("replay", script, "--engine", "scripted", "--history", LIVEWATCH_HISTORY_FOLDER=str(folder))
    (kept,) = folder.iterdir()
    text = kept.read_text()
    assert "remote access" in text
    assert "Angela" not in text
    assert "4 8 2" not in text
