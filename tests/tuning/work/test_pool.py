"""Several processes: no finished call is lost, whatever happens to the processes."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from livewatch.tuning.corpus.manifest import LabelledCall, Problem
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.pool import CRASHES, watch_here, watch_in_processes
from tests.tuning.calls import ScriptedWatcher, a_call


def outcomes(calls: list[LabelledCall], jobs: int = 2, log: Path | None = None) -> dict[str, str]:
    """What became of each call: "watched" or the code of its problem."""
    done = list(watch_in_processes(calls, partial(ScriptedWatcher, log), jobs))
    assert len({call.id for call, _ in done}) == len(done)
    return {call.id: "watched" if isinstance(outcome, CallResult) else outcome.code for call, outcome in done}


def test_every_call_is_watched_once_and_each_process_opens_one_watcher(tmp_path: Path):
    log = tmp_path / "log"
    calls = [a_call(f"c{number}", "sleep:0.02") for number in range(40)]
    assert outcomes(calls, 2, log) == {call.id: "watched" for call in calls}
    lines = [line.split() for line in log.read_text().splitlines()]
    processes = {process for process, _ in lines}
    assert 1 <= len(processes) <= 2
    assert str(os.getpid()) not in processes
    assert [what for _, what in lines].count("opened") == len(processes)
    assert not multiprocessing.active_children()


def test_here_means_in_this_process(tmp_path: Path):
    log = tmp_path / "log"
    calls = [a_call("a"), a_call("b")]
    assert [call for call, _ in watch_here(calls, ScriptedWatcher(log))] == calls
    assert log.read_text().split() == [word for what in ("opened", "a", "b") for word in (str(os.getpid()), what)]


def test_long_recordings_go_first_and_text_last(tmp_path: Path):
    (tmp_path / "unknown.wav").write_bytes(bytes(16_000 * 20))
    log = tmp_path / "log"
    text = a_call("text")
    calls = [text] + [
        LabelledCall(name, text.label, "set", "set.jsonl:1", tmp_path / f"{name}.wav", text.turns, None, duration_s)
        for name, duration_s in (("short", 10.0), ("long", 30.0), ("unknown", None), ("gone", None))
    ]
    outcomes(calls, 1, log)
    assert [line.split()[1] for line in log.read_text().splitlines()] == [
        "opened",
        "long",
        "unknown",
        "short",
        "gone",
        "text",
    ]


def test_a_call_that_kills_its_process_is_named_and_no_other_is_lost():
    calls = [a_call(f"c{number}") for number in range(12)]
    calls[5] = a_call("killer", "die")
    became = outcomes(calls)
    assert became.pop("killer") == "worker-died"
    assert became == {call.id: "watched" for call in calls if call.id != "killer"}


def test_a_process_that_was_killed_once_costs_nothing(tmp_path: Path):
    calls = [*[a_call(f"c{number}") for number in range(6)], a_call("unlucky", f"die-once:{tmp_path / 'died'}")]
    assert set(outcomes(calls).values()) == {"watched"}
    assert (tmp_path / "died").exists()


def test_processes_that_always_die_are_given_up():
    became = outcomes([a_call(f"c{number}", "die") for number in range(30)])
    assert len(became) == 30
    assert set(became.values()) == {"worker-died", "workers-died"}
    assert list(became.values()).count("worker-died") == CRASHES


def test_closing_the_generator_stops_the_calls_under_way():
    watching = watch_in_processes([a_call("quick"), *[a_call(f"w{n}", "wait") for n in range(9)]], ScriptedWatcher, 2)
    began = time.monotonic()
    for call, _ in watching:
        assert call.id == "quick"
        break
    watching.close()
    assert time.monotonic() - began < 30
    assert not multiprocessing.active_children()


def test_a_problem_is_an_outcome_like_any_other():
    call = a_call("waits", "wait")
    done = list(watch_here([call], lambda call, stopped: Problem(call.place, "x", "It was bad.")))
    assert done == [(call, Problem(call.place, "x", "It was bad."))]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("delay_s", [0.3, 1.0, 3.0])
def test_ctrl_c_in_the_terminal_ends_all_processes_without_a_traceback(delay_s: float):
    """The terminal sends SIGINT to the whole group, at any moment of starting up, working or ending."""
    program = (
        "from tests.tuning.calls import ScriptedWatcher, a_call\n"
        "from livewatch.tuning.work.pool import watch_in_processes\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        print('ready', flush=True)\n"
        "        list(watch_in_processes([a_call(str(n), 'wait') for n in range(9)], ScriptedWatcher, 2))\n"
        "    except KeyboardInterrupt:\n"
        "        print('interrupted')\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    time.sleep(delay_s)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (out, err) == ("interrupted\n", "")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the processes in /proc")
def test_workers_do_not_outlive_a_main_process_that_was_killed(tmp_path: Path):
    log = tmp_path / "log"
    program = (
        "from functools import partial; from pathlib import Path\n"
        "from tests.tuning.calls import ScriptedWatcher, a_call\n"
        "from livewatch.tuning.work.pool import watch_in_processes\n"
        f"list(watch_in_processes([a_call('w', 'wait')], partial(ScriptedWatcher, Path({str(log)!r})), 1))\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program])
    try:
        assert within(30, lambda: log.exists() and " w\n" in log.read_text())
    finally:
        run.kill()
        run.wait()
    worker = Path("/proc") / log.read_text().split()[0]
    assert within(10, lambda: not worker.exists() or "State:\tZ" in (worker / "status").read_text())


def within(limit_s: float, holds) -> bool:
    """Whether `holds()` comes true within `limit_s` seconds."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False
