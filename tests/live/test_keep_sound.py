"""`livewatch listen --keep-sound` on a real sound server: a recogniser and a run that are killed, and no disk."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import numpy as np

from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE, Samples
from tests.command import livewatch
from tests.live.listening import SAMPLES, Listening, kill_child
from tests.live.pulse import Pulse, needs_pulse

pytestmark = needs_pulse

SAMPLE = SAMPLES / "microsoft-short.wav"


def _sound(path: Path, caller: str = "mix") -> Samples:
    return np.concatenate([chunk.samples for chunk in open_recording(path, caller=caller)])  # type: ignore[arg-type]


def _likeness(kept: Samples, played: Samples) -> float:
    """The correlation of what was kept with what was played, where they fit best; 1 is the same."""
    size = len(kept) + len(played)
    spectrum = np.fft.rfft(kept.astype(float), size) * np.conj(np.fft.rfft(played.astype(float), size))
    begin = int(np.argmax(np.fft.irfft(spectrum, size)[: len(kept)]))
    part = kept[begin : begin + len(played)]
    return float(np.corrcoef(part, played[: len(part)])[0, 1])


def test_a_killed_recogniser_costs_no_sound_and_a_killed_run_leaves_a_call_for_the_corpus(pulse: Pulse, tmp_path: Path):
    folder = tmp_path / "kept"
    arguments = ("--device", "other", "--loopback", "telephone", "--keep-sound", str(folder))
    with Listening(pulse.environ, *arguments) as listening:
        listening.listens()
        time.sleep(1.5)
        pulse.play(SAMPLE, "call")
        told = listening.notice("keeping", 30)
        kill_child(listening, signal.SIGSEGV)
        listening.notice("restarted", 10)
        time.sleep(7)
        listening.process.kill()
        listening.process.wait()
    (path,) = folder.iterdir()
    assert str(path) in told.event["message"]
    caller, me = _sound(path, "left"), _sound(path, "right")
    played = _sound(SAMPLE)[: 8 * SAMPLE_RATE]
    assert _likeness(caller, played) > 0.95
    assert np.abs(me).max() < 50  # nothing was played there
    added = livewatch("corpus", "add", folder, "--label", "unsure")
    assert added.returncode == 0, added.stderr
    (row,) = map(json.loads, (folder / "manifest.jsonl").read_text().splitlines())
    assert (row["audio"], row["label"]) == (path.name, "unsure")


def test_where_nothing_can_be_kept_it_is_told_once_and_the_warning_comes_all_the_same(pulse: Pulse, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with Listening(pulse.environ, "--keep-sound", str(tmp_path / "file" / "kept")) as listening:
        listening.listens()
        told = listening.notice("not_kept", 5)
        assert "Not a directory" in told.event["message"]
        pulse.play(SAMPLE)
        listening.alert(30, level="caution")
        assert listening.stop()["event"] == "call_ended"
        assert listening.told().count("not_kept") == 1


def test_no_sound_is_kept_unless_somebody_asks(pulse: Pulse, tmp_path: Path):
    before = {*Path(pulse.environ["HOME"]).rglob("*")}
    with Listening({**pulse.environ, "TMPDIR": str(tmp_path)}) as listening:
        listening.listens()
        pulse.play(SAMPLE)
        listening.wait(lambda event: event["event"] == "words" and event["text"], 30)
        listening.stop()
        assert not {"keeping", "not_kept"} & set(listening.told())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    written = {*Path(pulse.environ["HOME"]).rglob("*")} - before
    assert [path for path in written if path.suffix == ".wav"] == []
