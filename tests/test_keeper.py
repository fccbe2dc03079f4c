"""The sound of live calls that somebody asked to keep: what is in the file, whatever happens to program and disk."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import soundfile

from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE, AudioChunk, Side
from livewatch.runner import keeper as module
from livewatch.runner.call import CallSound
from livewatch.runner.keeper import KEEPING, LEAD, PAUSED, WAITING, Keeper
from livewatch.sinks.kept_sound import KeptSound, expire
from tests.command import ROOT
from tests.needs import needs

S = SAMPLE_RATE
posix = needs(os.name == "posix", "file modes and signals as on Unix")


def noise(samples: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, samples, np.int16)


def chunks(samples: np.ndarray, side: Side = "any", start: int = 0) -> Iterator[AudioChunk]:
    for first in range(0, len(samples), 960):
        yield AudioChunk(samples[first : first + 960], start + first, side=side)


def told(keeper: Keeper) -> list[tuple[str, str]]:
    return [(notice.kind, notice.message) for notice in keeper.notices(0)]


def until(keeper: Keeper, said: str) -> None:
    end = time.monotonic() + 10
    while not keeper.said.startswith(said):
        assert time.monotonic() < end, keeper.said
        time.sleep(0.02)


def keep(folder: Path, *parts: AudioChunk, sides: tuple[Side, ...] = ("any",), spare: int = 0) -> Keeper:
    """Keep one call that is a call from the beginning."""
    keeper = Keeper(folder, sides, 30, spare=spare)
    keeper.begin()
    keeper.words()
    for part in parts:
        keeper.hear(part)
    keeper.end()
    keeper.close()
    return keeper


def read(folder: Path) -> np.ndarray:
    (path,) = folder.glob("*.wav")
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == S
    return samples


def test_the_call_is_kept_as_it_was_heard_and_what_was_lost_is_silence(tmp_path):
    sound = noise(3 * S)
    keeper = keep(tmp_path / "kept", *chunks(sound[:S]), *chunks(sound[2 * S :], start=2 * S))
    assert (read(tmp_path / "kept") == np.concatenate([sound[:S], np.zeros(S, np.int16), sound[2 * S :]])).all()
    ((kind, message),) = told(keeper)
    assert kind == "keeping"
    assert str(next((tmp_path / "kept").iterdir())) in message
    assert keeper.kept == 1


def test_of_two_tracks_the_caller_is_left_however_late_either_comes(tmp_path):
    caller, me = noise(2 * S), noise(2 * S, 2)
    parts = [*chunks(me[:S], "me"), *chunks(caller, "caller"), *chunks(me[S:], "me", S)]
    keep(tmp_path, *parts, sides=("me", "caller"))
    assert (read(tmp_path) == np.stack([caller, me], axis=1)).all()
    (path,) = tmp_path.glob("*.wav")
    left = np.concatenate([chunk.samples for chunk in open_recording(path, caller="left")])
    assert np.abs(left.astype(int) - caller).max() <= 1


@posix
def test_only_its_user_can_read_it(tmp_path):
    before = os.umask(0)
    try:
        keep(tmp_path / "a" / "kept", *chunks(noise(S)))
    finally:
        os.umask(before)
    folder = tmp_path / "a" / "kept"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_before_the_first_word_nothing_is_written_and_half_a_minute_is_kept_of_it(tmp_path):
    sound = noise(LEAD + 20 * S)
    keeper = Keeper(tmp_path, ("any",), 30, spare=0)
    keeper.begin()
    for chunk in chunks(sound[:-S]):
        keeper.hear(chunk)
    time.sleep(1.2)
    assert keeper.said == WAITING
    assert list(tmp_path.iterdir()) == []
    keeper.words()
    for chunk in chunks(sound[-S:], start=len(sound) - S):
        keeper.hear(chunk)
    until(keeper, KEEPING)
    keeper.pause(True)
    assert keeper.said == PAUSED
    keeper.close()
    kept = read(tmp_path)
    assert LEAD + S - 960 <= len(kept) <= LEAD + S + 960
    assert (kept == sound[-len(kept) :]).all()
    assert f"It begins {(len(sound) - len(kept)) / S:g} s into the call" in told(keeper)[0][1]


def test_a_call_without_a_word_leaves_nothing(tmp_path):
    keeper = Keeper(tmp_path, ("any",), 30, spare=0)
    keeper.begin()
    for chunk in chunks(noise(S)):
        keeper.hear(chunk)
    keeper.end()
    keeper.close()
    assert list(tmp_path.iterdir()) == []
    assert (told(keeper), keeper.kept) == ([], 0)


def test_what_is_said_in_a_pause_is_not_kept(tmp_path):
    """As the listener passes it on."""
    sound, call = noise(3 * S), CallSound(both=False)
    parts: list[AudioChunk] = []
    for chunk in chunks(sound, start=7 * S):
        call.paused = 8 * S <= chunk.start < 9 * S
        parts += call.take(chunk.start / S, chunk)
    keep(tmp_path, *parts)
    kept = read(tmp_path)
    assert len(kept) == 3 * S
    assert (kept[:S] == sound[:S]).all()
    assert not kept[S + 960 : 2 * S].any()
    assert (kept[2 * S + 960 :] == sound[2 * S + 960 :]).all()


def test_each_call_has_a_file_of_its_own(tmp_path):
    keeper = Keeper(tmp_path, ("any",), 30, spare=0)
    for seed in (1, 2):
        keeper.begin()
        keeper.words()
        for chunk in chunks(noise(S, seed)):
            keeper.hear(chunk)
        keeper.end()
    keeper.close()
    files = [soundfile.read(path, dtype="int16")[0] for path in tmp_path.iterdir()]
    assert sorted(map(bytes, files)) == sorted(bytes(noise(S, seed)) for seed in (1, 2))
    assert keeper.kept == 2


@pytest.mark.parametrize("sides", [("any",), ("caller", "me")])
def test_a_file_cut_off_anywhere_or_not_counted_to_its_end_can_be_read(tmp_path, sides):
    keep(tmp_path / "kept", *(part for side in sides for part in chunks(noise(S), side)), sides=sides)
    (path,) = (tmp_path / "kept").iterdir()
    whole, chance = path.read_bytes(), random.Random(3)
    cut = tmp_path / "cut.wav"
    for _ in range(60):
        size = chance.randrange(60, len(whole))
        cut.write_bytes(whole[:size])
        heard = sum(len(chunk.samples) for chunk in open_recording(cut))
        assert abs(heard - (size - 44) // (2 * len(sides))) <= 1
    for _ in range(60):  # killed between the sound and the header: what follows may look like anything
        cut.write_bytes(whole + chance.randbytes(chance.randrange(1, 40_000)))
        source = open_recording(cut)
        heard = np.concatenate([chunk.samples for chunk in source])
        assert (len(heard), source.problems) == (S, [])


@posix
def test_when_livewatch_is_killed_what_was_kept_can_be_played(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from tests.test_keeper import *\n"
        "keeper = Keeper(Path(sys.argv[1]), ('caller', 'me'), 30, spare=0); keeper.begin(); keeper.words()\n"
        "began = time.monotonic()\n"
        "for first in range(0, 100 * S, 960):\n"
        "    for side in ('caller', 'me'): keeper.hear(AudioChunk(noise(960), first, side=side))\n"
        "    time.sleep(max(0, began + first / S - time.monotonic()))\n"
        "    if first % 4800 == 0: print(first + 960, flush=True)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path], env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) > 3.3 * S:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    (path,) = tmp_path.iterdir()
    source = open_recording(path)
    heard = np.concatenate([chunk.samples for chunk in source])
    assert source.problems == []
    assert len(heard) > (3.3 - 1.5) * S
    assert (heard[:960] == noise(960)).all()  # both sides say the same here


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)], capture_output=True, check=False
    ) if shutil.which("mount") else None  # fmt: skip
    if mounted is None or mounted.returncode:
        pytest.skip("a file system can only be mounted by root")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_on_a_full_disk_what_fitted_is_kept_and_it_is_told_once(small_disk):
    sound = noise(10 * S)
    keeper = Keeper(small_disk, ("any",), 30, spare=0)
    for _ in range(2):
        keeper.begin()
        keeper.words()
        for chunk in chunks(sound):
            keeper.hear(chunk)
        until(keeper, "The sound is no")
        assert "No space left on device" in keeper.said
        keeper.end()
    keeper.close()
    kept = read(small_disk)  # the second call left nothing
    assert 2 * S < len(kept) < 4.1 * S  # 128 kB are 4.1 s
    assert (kept == sound[: len(kept)]).all()
    kinds = [kind for kind, _ in told(keeper)]
    assert kinds.count("not_kept") == 1


def test_room_is_left_on_the_disk_for_others(small_disk):
    keeper = keep(small_disk, *chunks(noise(S)), spare=module.SPARE)
    ((kind, message),) = told(keeper)
    assert kind == "not_kept"
    assert "less than 200 MB are free" in message
    assert list(small_disk.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_before_anybody_has_called(tmp_path):
    (tmp_path / "file").write_text("")
    keeper = Keeper(tmp_path / "file" / "kept", ("any",), 30)
    keeper.begin()
    until(keeper, "The sound is not kept: ")
    keeper.close()
    ((kind, message),) = told(keeper)
    assert kind == "not_kept"
    assert "Warnings go on." in message
    assert "livewatch listen --keep-sound FOLDER" in message


def test_a_call_without_an_end_is_kept_as_long_as_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 2 * S)
    keeper = keep(tmp_path, *chunks(noise(5 * S)))
    assert 2 * S - 960 <= len(read(tmp_path)) <= 2 * S
    assert [kind for kind, _ in told(keeper)][-1:] == ["not_kept"]


def test_old_calls_go_but_none_that_a_corpus_has_and_nothing_else(tmp_path):
    now = datetime.now(UTC)
    paths = []
    for days in (40, 35, 10):
        kept = KeptSound(tmp_path, 1, now - timedelta(days=days))
        kept.write(0, 0, noise(S))
        kept.close()
        paths.append(kept.path)
    (tmp_path / "call-20200101T000000Z-mine.wav").write_bytes(b"mine")
    (tmp_path / "manifest.jsonl").write_text(f'{{"id":"a","label":"unsure","audio":"{paths[0].name}"}}\n')
    assert expire(tmp_path, 30, now) == 1
    assert {path.name for path in tmp_path.glob("*.wav")} == {
        paths[0].name, paths[2].name, "call-20200101T000000Z-mine.wav",
    }  # fmt: skip
