"""A dask cluster: a real scheduler and real workers, killed, replaced, different and gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import soundfile

from livewatch.cli.main import main
from livewatch.cli.replay_cluster import check_options
from livewatch.errors import ClusterError, LostClusterError, UsageError
from livewatch.settings import Settings, load
from livewatch.tuning.corpus.manifest import LabelledCall, Problem, read_corpus
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.evaluate.run import evaluate
from livewatch.tuning.work import cluster, scheduler
from livewatch.tuning.work.cluster import Cluster
from livewatch.tuning.work.executor import watch_all
from livewatch.tuning.work.watch import watch_corpus
from tests.command import ROOT, livewatch, start
from tests.tuning.calls import ScriptedWatcher, a_call
from tests.tuning.corpus.test_manifest import write
from tests.tuning.work.dask import Dask, within

SAMPLE = ROOT / "samples" / "bank-code.wav"
SCAM = "this is your bank please read me the code on your phone right now and do not hang up"


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A scheduler with two workers; whoever kills one can count on its nanny."""
    with Dask(tmp_path_factory.mktemp("dask")) as running:
        running.worker()
        running.worker()
        assert within(60, lambda: len(running.pids()) == 2)
        yield running


@pytest.fixture
def settings() -> Settings:
    chosen: dict[str, object] = {"engine.name": "moonshine", "cache.enabled": False}
    return load(chosen, {"LIVEWATCH_CONFIG": os.devnull}).settings


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Twelve calls as text."""
    rows = [
        {"id": f"t{n}", "label": "scam", "text": f"{SCAM} {'and so on and on ' * n}", "campaign": f"c{n % 3}"}
        for n in range(12)
    ]
    return write(tmp_path, *rows)


def watched(dask: Dask, calls: Sequence[LabelledCall], log: Path | None = None) -> dict[str, str]:
    """What became of each call: "watched" or the code of its problem."""
    done = list(watch_all(Cluster(dask.address, partial(ScriptedWatcher, log)), calls))
    assert len({call.id for call, _ in done}) == len(done)
    return {call.id: "watched" if isinstance(outcome, CallResult) else outcome.code for call, outcome in done}


def test_every_call_is_watched_once_and_each_worker_opens_one_watcher(dask: Dask, tmp_path: Path):
    log = tmp_path / "log"
    calls = [a_call(f"c{number}", "sleep:0.03") for number in range(30)]
    assert watched(dask, calls, log) == {call.id: "watched" for call in calls}
    lines = [line.split() for line in log.read_text().splitlines()]
    assert {int(process) for process, _ in lines} == {*dask.pids()}
    assert [what for _, what in lines].count("opened") == 2
    assert sorted(what for _, what in lines if what != "opened") == sorted(call.id for call in calls)


def test_a_killed_worker_costs_no_call_and_changes_no_result(
    dask: Dask, manifest: Path, settings: Settings, tmp_path: Path
):
    sound, rate = soundfile.read(SAMPLE, 6 * 8_000, dtype="int16")
    soundfile.write(tmp_path / "call.wav", sound, rate)
    other = write(tmp_path, {"id": "s", "label": "scam", "audio": "call.wav"}, name="sound.jsonl")
    corpus = read_corpus([manifest, other])
    told: list[CallResult] = []

    def tell(result: CallResult) -> None:
        told.append(result)
        if len(told) == 3:
            os.kill(dask.pids()[0], signal.SIGKILL)

    here = watch_corpus(corpus, settings)
    there = watch_corpus(corpus, settings, cluster=dask.address, told=tell)
    assert there.problems == ()
    assert there.results == here.results
    assert len(there.results) == 13
    assert {result.level.value for result in there.results[:-1]} == {"danger"}
    assert sorted(result.call.id for result in told) == sorted(call.id for call in corpus.calls)


def test_a_call_that_kills_its_workers_is_named_and_no_other_is_lost(dask: Dask):
    calls = [*[a_call(f"c{number}") for number in range(6)], a_call("killer", "die"), a_call("last", "sleep:0.1")]
    became = watched(dask, calls)
    assert became.pop("killer") == "worker-died"
    assert became == {call.id: "watched" for call in calls if call.id != "killer"}


def test_closing_the_generator_frees_the_workers(dask: Dask):
    watching = watch_all(
        Cluster(dask.address, ScriptedWatcher), [a_call("quick"), *[a_call(f"w{n}", "wait") for n in range(9)]]
    )
    assert next(watching)[0].id == "quick"
    watching.close()
    assert watched(dask, [a_call("next")]) == {"next": "watched"}  # nobody waits any more for a word to stop


def test_a_recording_that_workers_cannot_read_is_named_with_the_worker(dask: Dask, tmp_path: Path):
    gone = LabelledCall("gone", a_call("").label, "set", "set.jsonl:7", tmp_path / "gone.wav", ())
    done = dict(watch_all(Cluster(dask.address, ScriptedWatcher), [gone, a_call("good")]))
    problem = done.pop(gone)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.place) == ("worker-cannot-read", "set.jsonl:7")
    assert "tcp://127.0.0.1:" in problem.message
    assert "gone.wav" in problem.message
    assert [isinstance(outcome, CallResult) for outcome in done.values()] == [True]


def test_a_worker_of_another_version_is_named_and_left_out_when_it_comes_late(dask: Dask, tmp_path: Path):
    other = tmp_path / "other"
    shutil.copytree(ROOT / "livewatch", other / "livewatch", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "livewatch" / "events.py").open("a") as file:
        file.write("# another version\n")
    executor = Cluster(dask.address, ScriptedWatcher)
    late = dask.worker("--no-nanny", environ={"PYTHONPATH": f"{other}{os.pathsep}{ROOT}"})
    try:
        assert within(60, lambda: late.pid in dask.pids())
        calls = [a_call(f"c{number}", "sleep:0.05") for number in range(20)]
        done = dict(watch_all(executor, calls))
        assert all(isinstance(outcome, CallResult) for outcome in done.values())
        assert len(done) == 20
        with pytest.raises(
            ClusterError, match=r"The worker tcp://\S+ is not like this computer: livewatch \("
        ) as caught:
            Cluster(dask.address, ScriptedWatcher)
        assert caught.value.code == "cluster-differs"
    finally:
        dask.end(late)


def test_a_phrase_list_must_be_the_same_there(dask: Dask, tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text("one")
    executor = Cluster(dask.address, ScriptedWatcher, files=[str(path)])
    path.write_text("two")  # another one under this path, as the workers see it
    ((_, problem),) = watch_all(executor, [a_call("a")])
    assert isinstance(problem, Problem)
    assert problem.code == "worker-differs"
    assert str(path) in problem.message


def test_evaluate_gives_what_it_gives_here(dask: Dask, manifest: Path, tmp_path: Path, settings: Settings):
    from pyarrow import parquet

    there, here, table = tmp_path / "there.jsonl", tmp_path / "here.jsonl", tmp_path / "table.parquet"
    done = livewatch(
        "evaluate", manifest.name, "--cluster", dask.address, "--details", there, "--parquet", table, "--json",
        cwd=tmp_path, LIVEWATCH_CACHE_ENABLED="false",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    figures = evaluate([manifest], settings, details=here).to_json()
    assert {**json.loads(done.stdout), "wall_s": 0} == {**figures, "wall_s": 0}
    assert there.read_bytes() == here.read_bytes()
    rows = {row["id"]: row for row in parquet.read_table(table).to_pylist()}
    lines = [json.loads(line) for line in there.read_text().splitlines()]
    assert len(lines) == len(rows) == 12
    for line in lines:
        assert {key: rows[line["id"]][key] for key in line} == line


def test_replay_gives_what_it_gives_here(
    dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(f"{SCAM} and so on " * (number + 1))
    (tmp_path / "6.txt").write_bytes(b"\xff\xfe\x00")
    arguments = ["replay", *[f"{number}.txt" for number in (0, 1, 6)], "--engine", "scripted", "--json"]
    there = livewatch(*arguments, "--cluster", dask.address, "--write", "srt", "--output", "out", cwd=tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVEWATCH_CONFIG", os.devnull)
    assert there.returncode == main(arguments) == 1
    here = capsys.readouterr()
    assert there.stderr.replace(f"{tmp_path}/", "") == here.err
    assert _calls(there.stdout) == _calls(here.out)
    assert len(_calls(there.stdout)) == 2
    assert len([*(tmp_path / "out").iterdir()]) == 2


def test_replay_says_what_a_cluster_cannot_do():
    for wrong in (["call.wav", "--realtime"], ["call.wav", "-"]):
        with pytest.raises(UsageError, match="A cluster"):
            check_options(wrong, realtime="--realtime" in wrong)


def _calls(text: str) -> dict[object, list[dict[str, object]]]:
    """The events of each call, which must follow each other, without what the clock says."""
    calls: dict[object, list[dict[str, object]]] = {}
    name: object = None
    for event in map(json.loads, text.splitlines()):
        if event["event"] == "call_started":
            name = event["call"]
            assert name not in calls
        calls.setdefault(name, []).append({key: event[key] for key in event if key not in ("wall_s", "cpu_s")})
    assert all(events[-1]["event"] == "call_ended" and events[-1]["call"] == name for name, events in calls.items())
    return calls


def test_ctrl_c_leaves_what_is_done_and_frees_the_workers(dask: Dask, tmp_path: Path):
    rows = [{"id": f"t{n}", "label": "scam", "text": f"{SCAM} " * 60} for n in range(60)]
    details = tmp_path / "details.jsonl"
    run = start(
        "evaluate", write(tmp_path, *rows), "--cluster", dask.address, "--details", details, "--json",
        environ={"LIVEWATCH_CACHE_ENABLED": "false"},
    )  # fmt: skip
    assert within(60, lambda: details.exists() and details.read_text().count("\n") > 1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in err) == (130, False)
    figures = json.loads(out)
    assert figures["interrupted"]
    assert 2 <= figures["calls"] == details.read_text().count("\n") < 60
    assert watched(dask, [a_call("next")]) == {"next": "watched"}


def test_losing_workers_or_scheduler_ends_the_run_with_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cluster, "PATIENCE_S", 1.0)
    monkeypatch.setattr(scheduler, "CONNECT_S", 1.0)
    calls = [a_call(f"c{number}", "sleep:0.1") for number in range(50)]
    with Dask(tmp_path) as running:
        with pytest.raises(ClusterError, match="has no workers") as caught:
            Cluster(running.address, ScriptedWatcher)
        assert f"dask worker {running.url}" in caught.value.hint
        monkeypatch.setattr(scheduler, "CONNECT_S", 60.0)
        for lose, what in ((running.worker("--no-nanny"), "lost all its workers"), (running.scheduler, "went away")):
            if lose is running.scheduler:
                running.worker("--no-nanny")
            watching = watch_all(Cluster(running.address, ScriptedWatcher), calls)
            assert [isinstance(next(watching)[1], CallResult) for _ in range(3)] == [True] * 3
            lose.kill()
            with pytest.raises(LostClusterError, match=what):
                list(watching)


@pytest.mark.parametrize(
    "address", ["", "dask://", "127.0.0.1:8786", "tcp://127.0.0.1:8786", "dask://host:many", "dask://host:1/path"]
)
def test_what_is_not_an_address_is_a_mistake_of_the_command_line(address: str):
    with pytest.raises(UsageError, match="not the address of a cluster"):
        scheduler.connect(address)


def test_certificates_that_dask_was_not_told_of_are_asked_for():
    with pytest.raises(ClusterError, match="needs certificates"):
        scheduler.connect("dask+tls://127.0.0.1:1")


@pytest.mark.parametrize(
    ("greeting", "cause"),
    [(None, "Connection refused"), (b"", "no answer"), (b"SSH-2.0-OpenSSH_9.2\r\n", "something else answers there")],
)
def test_whoever_else_answers_there_is_named_soon(greeting: bytes | None, cause: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if greeting is None:
            server.close()
        else:
            threading.Thread(target=_greet, args=(server, greeting), daemon=True).start()
        began = time.monotonic()
        with pytest.raises(
            ClusterError, match=f"No dask scheduler answers at dask://127.0.0.1:{port}: {cause}"
        ) as caught:
            scheduler.connect(f"dask://127.0.0.1:{port}")
        assert time.monotonic() - began < 10
        assert caught.value.hint.endswith(f"dask scheduler --port {port}")


def _greet(server: socket.socket, greeting: bytes) -> None:
    with server.accept()[0] as line:
        line.sendall(greeting)
        time.sleep(2)
