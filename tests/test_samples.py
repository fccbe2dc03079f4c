"""The sample calls: what is shipped is whole, is what the scripts say, and gives the level due."""

import json
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

FOLDER = Path(__file__).parents[1] / "samples"
SAMPLES = tomllib.loads((FOLDER / "samples.toml").read_text(encoding="utf-8"))["sample"]
SCRIPTS = tomllib.loads((FOLDER / "scripts.toml").read_text(encoding="utf-8"))["call"]

every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=[sample["name"] for sample in SAMPLES])


def labels(sample) -> list[tuple[float, float, str]]:
    lines = (FOLDER / f"{sample['name']}.labels.txt").read_text(encoding="utf-8").splitlines()
    return [(float(start), float(end), text) for start, end, text in (line.split("\t") for line in lines)]


def sound(sample) -> tuple[np.ndarray, int]:
    return soundfile.read(FOLDER / sample["file"], dtype="float64", always_2d=True)


def decibels(samples: np.ndarray) -> float:
    return 10 * np.log10(np.mean(samples**2) + 1e-12)


def test_every_recording_has_a_row_and_labels_and_every_row_its_files():
    names = [sample["name"] for sample in SAMPLES]
    assert len(names) == len(set(names))
    assert {path.name for path in FOLDER.glob("*.wav")} == {sample["file"] for sample in SAMPLES}
    assert {path.name for path in FOLDER.glob("*.labels.txt")} == {f"{name}.labels.txt" for name in names}


def test_the_samples_are_small_enough_to_ship():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 3_000_000


def test_there_is_one_demo_and_its_alert_is_due_soon():
    (demo,) = [sample for sample in SAMPLES if sample["demo"]]
    audio, rate = sound(demo)
    assert demo["level"] == "danger"
    assert len(audio) / rate <= 30
    assert demo["level_by_s"] <= 15.5


def test_all_three_levels_are_shown():
    assert {sample["level"] for sample in SAMPLES} == {"none", "caution", "danger"}


@every_sample
def test_the_labels_are_the_lines_of_the_script(sample):
    (script,) = [script for script in SCRIPTS if script["name"] == sample["name"]]
    lines = [
        f"{speaker}: {line.replace('{!', '').replace('{', '').replace('}', '')}" for speaker, line in script["lines"]
    ]
    assert [text for _, _, text in labels(sample)] == lines
    assert (sample["title"], sample["level"], sample["shows"]) == (script["title"], script["level"], script["shows"])


@every_sample
def test_the_labels_follow_one_another_inside_the_recording(sample):
    audio, rate = sound(sample)
    spans = [(start, end) for start, end, _ in labels(sample)]
    assert spans[0][0] >= 0
    assert spans[-1][1] <= len(audio) / rate
    assert all(start < end for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@every_sample
def test_there_is_speech_in_the_labels_and_only_room_noise_between(sample):
    audio, rate = sound(sample)
    spans = labels(sample)
    quietest = min(decibels(audio[int(start * rate) : int(end * rate)]) for start, end, _ in spans)
    # 20 ms on either side: the coders smear a little, and a voice fades for a moment below the -40 dB of its label
    pauses = [
        audio[int((before[1] + 0.02) * rate) : int((after[0] - 0.02) * rate)] for before, after in pairwise(spans)
    ]
    assert quietest > max(decibels(pause) for pause in pauses) + 15


@every_sample
def test_each_phrase_lies_in_the_label_that_says_it(sample):
    for phrase in sample["phrases"]:
        assert phrase["start_s"] < phrase["end_s"]
        (text,) = [
            text
            for start, end, text in labels(sample)
            if start - 0.05 <= phrase["start_s"] and phrase["end_s"] <= end + 0.05
        ]
        assert text.startswith(f"{phrase['speaker']}: ")
        assert phrase["says"] in text
    ends = [phrase["end_s"] for phrase in sample["phrases"]]
    assert ("level_by_s" in sample) == (sample["level"] != "none")
    assert sample.get("level_by_s", ends and ends[0]) in (ends or [[]])


@every_sample
def test_the_recording_sounds_like_a_telephone_call_at_a_sane_level(sample):
    audio, rate = sound(sample)
    assert rate == 8000
    assert 15 <= len(audio) / rate <= 70
    assert -12 < 20 * np.log10(np.abs(audio).max()) < -0.01
    for start, end, _ in labels(sample):
        loudest = max(decibels(channel[int(start * rate) : int(end * rate)]) for channel in audio.T)
        assert -32 < loudest < -14


def test_the_two_channel_sample_has_the_caller_left_and_the_callee_right():
    (sample,) = [sample for sample in SAMPLES if sound(sample)[0].shape[1] == 2]
    audio, rate = sound(sample)
    for start, end, text in labels(sample):
        left, right = (decibels(channel[int(start * rate) : int(end * rate)]) for channel in audio.T)
        assert (left > right + 15) if text.startswith("caller: ") else (right > left + 15)


def replay(sample, folder: Path, *options: str) -> tuple[int, list[dict]]:
    """Exit code and events of a replay with default settings, whatever the user's own are."""
    command = [sys.executable, "-m", "livewatch", "replay", str(FOLDER / sample["file"]), "--json"]
    done = subprocess.run(
        [*command, "--engine", "moonshine", *options],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(FOLDER.parent)},
    )
    assert done.returncode in (0, 3), done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@every_sample
def test_a_replay_gives_the_level_due_for_the_words_that_make_it_due(sample, tmp_path):
    code, events = replay(sample, tmp_path)
    assert events[-1]["event"] == "call_ended"
    assert events[-1]["level"] == sample["level"]
    assert code == (0 if sample["level"] == "none" else 3)
    alerts = [event for event in events if event["event"] == "alert"]
    if sample["level"] == "none":
        assert alerts == []
        return
    (decides,) = [phrase for phrase in sample["phrases"] if phrase["end_s"] == sample["level_by_s"]]
    alert = next(alert for alert in alerts if alert["level"] == sample["level"])
    assert alert["at_s"] < decides["end_s"] or any(
        heard["start_s"] < decides["end_s"] and heard["end_s"] > decides["start_s"] for heard in alert["evidence"]
    )


def test_the_callers_channel_alone_gives_the_same_level(tmp_path):
    (sample,) = [sample for sample in SAMPLES if sound(sample)[0].shape[1] == 2]
    _, events = replay(sample, tmp_path, "--caller", "left")
    said = " ".join(event["text"] for event in events if event["event"] == "words" and event["final"]).lower()
    assert events[-1]["level"] == sample["level"]
    assert "hackers" in said
    assert "working this morning" not in said
