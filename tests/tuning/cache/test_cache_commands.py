"""The cache as people meet it: a run that was killed goes on, the commands, and what goes wrong is named."""

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

from livewatch.tuning.cache.store import Store
from tests.command import livewatch, start
from tests.tuning.corpus.test_manifest import write

TEXT = (
    "your computer is infected, read me the code that came to your phone. " + "and so we went home for tea again " * 30
)


def cached(folder: Path) -> dict[str, str]:
    return {"LIVEWATCH_CACHE_ENABLED": "true", "LIVEWATCH_CACHE_FOLDER": str(folder)}


def figures(output: str) -> dict[str, Any]:
    data = json.loads(output)
    del data["wall_s"]
    return data


def spotted(folder: Path) -> int:
    """How many calls the cache knows."""
    store = Store(folder, 10**9)
    assert store.troubles == []
    return store.sizes()["spotted"].entries


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path):
    manifest = write(tmp_path, *({"id": f"c{n}", "label": "scam", "text": f"call {n}: {TEXT}"} for n in range(6)))
    environ = cached(tmp_path / "cache")
    details = tmp_path / "details.jsonl"
    process = start("evaluate", str(manifest), "--jobs", "1", "--details", str(details), environ=environ)
    until = time.monotonic() + 60
    while not (details.exists() and details.read_bytes().count(b"\n") >= 2):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = spotted(tmp_path / "cache")
    assert 2 <= before <= 6
    again = livewatch("evaluate", manifest, "--json", "--jobs", "1", **environ)
    assert again.returncode == 0, again.stderr
    assert spotted(tmp_path / "cache") == 6
    fresh = livewatch("evaluate", manifest, "--json", "--no-cache", "--jobs", "1", **environ)
    assert figures(again.stdout) == figures(fresh.stdout)


def test_the_commands_show_limit_and_clear(tmp_path: Path):
    environ = {**cached(tmp_path / "cache"), "LIVEWATCH_CONFIG": str(tmp_path / "config.toml")}
    (tmp_path / "config.toml").touch()
    manifest = write(tmp_path, {"id": "a", "label": "scam", "text": "hello"})
    assert livewatch("evaluate", manifest, "--no-cache", **environ).returncode == 0
    assert not (tmp_path / "cache").exists()
    livewatch("evaluate", manifest, **environ)
    assert livewatch("cache", "limit", "7", **environ).returncode == 0
    assert "limit_mb = 7" in (tmp_path / "config.toml").read_text()
    shown = livewatch("cache", "show", **environ).stdout
    assert "at most 7 MB" in shown
    assert re.search(r" 1 .*calls judged", shown)
    assert livewatch("cache", "clear", **environ).returncode == 0
    assert spotted(tmp_path / "cache") == 0


def test_a_cache_that_is_no_cache_is_named_and_the_figures_are_right(tmp_path: Path):
    environ = cached(tmp_path / "cache")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "calls.sqlite").write_bytes(os.urandom(5000))
    manifest = write(tmp_path, {"id": "a", "label": "ordinary", "text": "hello"})
    done = livewatch("evaluate", manifest, "--json", **environ)
    assert done.returncode == 0
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] == "cache"
    assert "damaged" in problem["message"]
