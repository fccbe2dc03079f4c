"""The Parquet file of `evaluate`: complete, or as it was before."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import ArrowInvalid, parquet

from livewatch.errors import ClusterError, CorpusError, UsageError
from livewatch.settings import load
from livewatch.tuning.evaluate import parquet as rows
from livewatch.tuning.evaluate.parquet import ParquetRows, schema
from livewatch.tuning.evaluate.run import evaluate
from tests.command import ROOT
from tests.needs import needs
from tests.tuning.calls import a_call, a_result


def test_a_row_holds_the_details_line_and_where_the_call_belongs(tmp_path: Path):
    path = tmp_path / "calls.parquet"
    results = [
        a_result(a_call("quiet", group="one")),
        a_result(a_call("loud", campaign="c7", group="two"), 1.5, 2.5, phrases="code hurry"),
    ]
    table = ParquetRows(path, [])
    for result in results:
        table.add(result)
    table.finish(complete=True)
    assert table.problems == []
    assert parquet.read_schema(path).remove_metadata().equals(schema())
    read = {row["id"]: row for row in parquet.read_table(path).to_pylist()}
    for result in results:
        line = json.loads(json.dumps(result.to_json()))
        assert read[result.call.id] == {**line, "set": result.call.set, "campaign": result.call.campaign, "damage": []}
    assert [*tmp_path.iterdir()] == [path]


def test_rows_go_to_the_disk_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "GROUP", 10)
    path = tmp_path / "calls.parquet"
    table = ParquetRows(path, [])
    sizes = []
    for number in range(25):
        table.add(a_result(a_call(f"c{number}"), phrases="code"))
        sizes.append((tmp_path / "calls.parquet.part").stat().st_size)
    assert sizes[8] < sizes[9] == sizes[18] < sizes[19] == sizes[24]
    assert not path.exists()
    table.finish(complete=False)
    file = parquet.ParquetFile(path)
    assert [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] == [10, 10, 5]
    assert file.metadata.metadata[b"complete"] == b"no"
    assert file.read().column("id").to_pylist() == [f"c{number}" for number in range(25)]


def test_a_run_without_calls_still_gives_a_table(tmp_path: Path):
    path = tmp_path / "calls.parquet"
    ParquetRows(path, []).finish(complete=True)
    assert parquet.read_table(path).num_rows == 0
    assert parquet.read_metadata(path).metadata[b"complete"] == b"yes"


def test_a_killed_run_leaves_the_file_before_it_alone(tmp_path: Path):
    path = tmp_path / "calls.parquet"
    before = ParquetRows(path, [])
    before.add(a_result(a_call("before")))
    before.finish(complete=True)
    program = (
        "import os, signal; from pathlib import Path\n"
        "from livewatch.tuning.evaluate import parquet; from tests.tuning.calls import a_call, a_result\n"
        f"parquet.GROUP = 1; table = parquet.ParquetRows(Path({str(path)!r}), [])\n"
        "for n in range(5): table.add(a_result(a_call(str(n))))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert parquet.read_table(path).column("id").to_pylist() == ["before"]
    part = tmp_path / "calls.parquet.part"
    assert part.stat().st_size > 100
    with pytest.raises(ArrowInvalid):
        parquet.read_table(part)


@needs(Path("/dev/full").exists(), "there is no /dev/full here")
@pytest.mark.filterwarnings("error")
def test_a_full_disk_costs_the_file_but_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rows, "GROUP", 1)
    (tmp_path / "calls.parquet.part").symlink_to("/dev/full")
    table = ParquetRows(tmp_path / "calls.parquet", [])
    for number in range(3):
        table.add(a_result(a_call(f"c{number}")))
    table.finish(complete=True)
    (problem,) = table.problems
    assert problem.code == "parquet-unwritable"
    assert "No space left on device" in problem.message
    assert not (tmp_path / "calls.parquet").exists()


def test_what_cannot_be_written_is_said_before_any_call_is_watched(tmp_path: Path):
    manifest = tmp_path / "set.jsonl"
    manifest.touch()
    with pytest.raises(UsageError, match="is a manifest"):
        ParquetRows(manifest, [manifest])
    for path in (tmp_path, tmp_path / "no" / "calls.parquet"):
        with pytest.raises(CorpusError, match="cannot be written"):
            ParquetRows(path, [])


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        ParquetRows(tmp_path / "calls.parquet", [])
    assert "pip install 'livewatch[cluster]'" in caught.value.hint
    assert [*tmp_path.iterdir()] == []


def test_a_run_that_never_began_leaves_nothing(tmp_path: Path):
    path = tmp_path / "calls.parquet"
    (tmp_path / "set.jsonl").write_text('{"id": "a", "label": "ordinary", "text": "hello"}\n')
    settings = load({"cache.enabled": False}, {"LIVEWATCH_CONFIG": os.devnull}).settings
    with pytest.raises(ClusterError, match="Connection refused"):
        evaluate([tmp_path / "set.jsonl"], settings, parquet=path, cluster="dask://127.0.0.1:1")
    assert [entry.name for entry in tmp_path.iterdir()] == ["set.jsonl"]


def test_nothing_is_written_unless_it_is_asked_for():
    table = ParquetRows(None, [])
    table.add(a_result(a_call("a")))
    table.finish(complete=True)
    assert table.problems == []
