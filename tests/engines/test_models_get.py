"""`livewatch models get` against a real web server on loopback that breaks, lies and moves."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from livewatch.engines.download import fetch
from livewatch.engines.install import Staging
from livewatch.errors import ModelError
from tests.engines.model_files import NAME, model_zip, pin_file, serving, store


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVEWATCH_MODELS", "LIVEWATCH_MODELS_URL", "LIVEWATCH_VOSK_MODEL", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return model_zip(tmp_path)


def left_over(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "models").iterdir() if path.name != ".lock")


def test_get_installs_what_the_pin_says_and_tells_how_far_it_is(tmp_path: Path, content: bytes) -> None:
    seen: list[tuple[int, int]] = []
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        installed = models.get(NAME, lambda done, total: seen.append((done, total)))
    assert installed == models.find("vosk")
    assert installed.pinned
    assert installed.path == tmp_path / "models" / NAME
    assert (installed.path / "am" / "final.mdl").read_bytes() == (
        tmp_path / "made" / NAME / "am/final.mdl"
    ).read_bytes()
    assert models.check(NAME) == ()
    assert seen == sorted(seen)
    assert seen[0] == (0, len(content))
    assert seen[-1] == (len(content), len(content))
    assert left_over(tmp_path) == [NAME]


def test_a_model_that_is_there_is_not_fetched_again_but_a_damaged_one_is(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        models.get(NAME)
        models.get(NAME)
        assert len(site.asked) == 1
        file = models.path(NAME) / "graph" / "Gr.fst"
        file.write_bytes(b"?" + file.read_bytes()[1:])
        assert models.check(NAME) == (f"{file} is damaged: its checksum differs.",)
        models.get(NAME)
        assert len(site.asked) == 2
    assert models.check(NAME) == ()


def test_a_broken_connection_is_taken_up_where_it_broke(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        site.cuts = [70_000, 5_000]
        store(tmp_path, pin_file(tmp_path, content, site.url)).get(NAME)
    assert site.asked == [None, "bytes=70000-", "bytes=75000-"]


def test_a_connection_that_keeps_breaking_is_told_and_the_next_get_goes_on(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        site.cuts = [10_000, 10_000, 10_000, 10_000]
        with pytest.raises(ModelError, match="goes on where it stopped") as caught:
            models.get(NAME)
        assert caught.value.code == "download-broken"
        assert models.installed() == () or models.find("vosk") is None
        models.get(NAME)
    assert site.asked[-1] == "bytes=40000-"
    assert models.check(NAME) == ()


def test_a_server_that_knows_no_parts_is_asked_for_the_whole(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        site.cuts, site.ranges = [50_000], False
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        models.get(NAME)
    assert models.check(NAME) == ()
    assert site.asked == [None, "bytes=50000-"]


def test_a_part_of_another_file_is_thrown_away(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        models.root.mkdir()
        part = models.root / f".{NAME}-{hashlib.sha256(content).hexdigest()[:8]}.part"
        part.write_bytes(b"x" * 30_000)
        models.get(NAME)
        assert site.asked == ["bytes=30000-", None]
        assert models.check(NAME) == ()


@pytest.mark.parametrize("surplus", [0, 1])
def test_a_part_as_long_as_the_file_or_longer_ends_in_the_right_file(
    tmp_path: Path, content: bytes, surplus: int
) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        models.root.mkdir()
        part = models.root / f".{NAME}-{hashlib.sha256(content).hexdigest()[:8]}.part"
        part.write_bytes(b"x" * (len(content) + surplus))
        models.get(NAME)
    assert models.check(NAME) == ()


def test_a_server_whose_file_has_shrunk_answers_416_and_is_asked_again(tmp_path: Path, content: bytes) -> None:
    with serving(content[:20_000]) as site:
        part = tmp_path / "x.part"
        part.write_bytes(content[:30_000])
        with pytest.raises(ModelError, match="20,000 bytes where the pinned model has") as caught:
            fetch(site.url, part, len(content), "0" * 64, lambda *_: None)
    assert site.asked == ["bytes=30000-", None]
    assert caught.value.code == "model-changed"


def test_the_wrong_size_is_refused_before_anything_is_fetched(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url, size=len(content) + 1))
        with pytest.raises(ModelError) as caught:
            models.get(NAME)
    assert caught.value.code == "model-changed"
    assert f"livewatch models add {NAME}.zip" in caught.value.hint
    assert left_over(tmp_path) == []


def test_the_wrong_checksum_is_refused_before_anything_is_unpacked(tmp_path: Path, content: bytes) -> None:
    with serving(content[:-1] + b"?") as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        with pytest.raises(ModelError, match="checksum differs") as caught:
            models.get(NAME)
    assert caught.value.code == "model-checksum"
    assert left_over(tmp_path) == []


def test_a_redirect_is_followed(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        site.redirect = site.url
        models = store(tmp_path, pin_file(tmp_path, content, site.url.replace(NAME, "moved")))
        models.get(NAME)
    assert models.check(NAME) == ()


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_a_redirect_away_from_the_web_is_not_followed(tmp_path: Path, content: bytes, scheme: str) -> None:
    with serving(content) as site:
        site.redirect = f"{scheme}://127.0.0.1{tmp_path / NAME}.zip"
        with pytest.raises(ModelError) as caught:
            fetch(site.url.replace(NAME, "moved"), tmp_path / "x.part", len(content), "0" * 64, lambda *_: None)
    assert caught.value.code in ("download-address", "download-refused")
    assert not (tmp_path / "x.part").exists()


def test_a_pin_with_a_local_address_is_refused(tmp_path: Path, content: bytes) -> None:
    models = store(tmp_path, pin_file(tmp_path, content, (tmp_path / f"{NAME}.zip").as_uri()))
    with pytest.raises(ModelError) as caught:
        models.get(NAME)
    assert caught.value.code == "download-address"


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_refusal_names_the_status_and_the_way_without_a_network(tmp_path: Path, content: bytes, status: int) -> None:
    with serving(content) as site:
        site.status = status
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        with pytest.raises(ModelError, match=str(status)) as caught:
            models.get(NAME)
    assert caught.value.code == "download-refused"
    assert f"livewatch models add {NAME}.zip" in caught.value.hint


def test_no_network_is_one_sentence_with_the_way_round_it(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        url = site.url
    models = store(tmp_path, pin_file(tmp_path, content, url))
    with pytest.raises(ModelError, match="cannot be reached") as caught:
        models.get(NAME)
    assert f"livewatch models add {NAME}.zip" in caught.value.hint


def test_a_server_that_falls_silent_does_not_hold_us_for_ever(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        site.pause_s = 1.0
        started = time.monotonic()
        with pytest.raises(ModelError) as caught:
            fetch(site.url, tmp_path / "x.part", len(content), "0" * 64, lambda *_: None, timeout_s=0.1)
    assert caught.value.code == "download-broken"
    assert time.monotonic() - started < 5
    assert (tmp_path / "x.part").read_bytes() == content[:40_000]


def test_a_mirror_stands_in_for_the_address(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, f"https://models.invalid/some/where/{NAME}.zip"))
        monkeypatch.setenv("LIVEWATCH_MODELS_URL", site.url.rsplit("/", 1)[0])
        models.get(NAME)
    assert models.check(NAME) == ()


def test_two_at_once_do_not_clash(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        with Staging(models.root), pytest.raises(ModelError) as caught:
            models.get(NAME)
        assert caught.value.code == "model-busy"
        models.get(NAME)


CHILD = """
import sys
from pathlib import Path
from tests.engines.model_files import NAME, store
from livewatch.errors import ModelError
tmp_path = Path(sys.argv[1])
if len(sys.argv) > 2:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    store(tmp_path, tmp_path / "models.toml").get(NAME, lambda done, total: print(done, flush=True))
except ModelError as error:
    print(error.code, error)
"""


def child(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", CHILD, *arguments], stdout=subprocess.PIPE, text=True)


def test_a_killed_get_leaves_nothing_half_installed_and_is_taken_up(tmp_path: Path, content: bytes) -> None:
    with serving(content) as site:
        site.pause_s = 0.05
        models = store(tmp_path, pin_file(tmp_path, content, site.url))
        process = child(str(tmp_path))
        assert process.stdout is not None
        while int(process.stdout.readline()) < 50_000:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert models.find("vosk") is None
        site.pause_s = 0
        models.get(NAME)
        assert site.asked[0] is None
        assert int((site.asked[1] or "").removeprefix("bytes=").rstrip("-")) >= 50_000
    assert models.check(NAME) == ()
    assert left_over(tmp_path) == [NAME]


@pytest.mark.skipif(os.name == "nt", reason="file size limits are a POSIX thing")
@pytest.mark.parametrize("where", ["download", "unpacking"])
def test_a_full_disk_is_one_sentence_and_leaves_no_model(tmp_path: Path, where: str) -> None:
    content = model_zip(tmp_path) if where == "download" else compressible_model(tmp_path)
    limit = 60_000 if where == "download" else len(content) + 10_000
    with serving(content) as site:
        pin_file(tmp_path, content, site.url)
        process = child(str(tmp_path), str(limit))
        out, _ = process.communicate(timeout=30)
    assert out.splitlines()[-1].startswith("disk ")
    assert "File too large" in out
    assert store(tmp_path).find("vosk") is None


def compressible_model(tmp_path: Path) -> bytes:
    from tests.engines.model_files import model_folder, zip_of

    folder = model_folder(tmp_path / "made" / NAME, size=20_000)
    (folder / "graph" / "words.txt").write_bytes(b"the 1\n" * 100_000)
    return zip_of(folder, tmp_path / f"{NAME}.zip").read_bytes()
