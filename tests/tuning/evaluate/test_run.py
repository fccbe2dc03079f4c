"""`evaluate` from manifests to figures, with the real pipeline."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from livewatch.assembly import Kit
from livewatch.errors import CorpusError, PhraseError, UsageError
from livewatch.events import SAMPLE_RATE, CallEnded, Match
from livewatch.settings import Settings, load
from livewatch.tuning.evaluate.run import evaluate
from tests.command import ROOT, livewatch, start
from tests.needs import needs
from tests.tuning.corpus.test_manifest import write

SAMPLE = ROOT / "samples" / "bank-code.wav"

PHRASES = """
language = "en"
source = "these tests"

[[phrase]]
id = "test.danger"
category = "code"
say = ["green umbrella festival"]
why = "Only said in tests."
points = 40

[[phrase]]
id = "test.caution"
category = "who"
say = ["purple elephant hotel"]
why = "Only said in tests."
points = 20
"""

DANGER = "and now green umbrella festival please come along"
CAUTION = "there is a purple elephant hotel down the road"
TEN_WORDS = "so we went home and had some tea after that"


@pytest.fixture
def phrases(tmp_path: Path) -> Path:
    path = tmp_path / "phrases.toml"
    path.write_text(PHRASES, "utf-8")
    return path


@pytest.fixture
def settings(phrases: Path) -> Settings:
    return load({"phrases.files": [str(phrases)], "cache.enabled": False}, {"LIVEWATCH_CONFIG": os.devnull}).settings


def rows(**texts: str) -> list[dict[str, str]]:
    """One row per text; the id begins with its label."""
    return [{"id": name, "label": name.split("_")[0], "text": text} for name, text in texts.items()]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def phrases_of(line: dict[str, Any]) -> list[dict[str, Any]]:
    return [match for match in line["matches"] if match["phrase"] != "gist"]


def test_text_is_watched_at_27_words_a_second_and_every_call_has_its_line(tmp_path: Path, settings: Settings):
    details = tmp_path / "details.jsonl"
    manifest = write(
        tmp_path,
        *rows(
            scam_a=f"{TEN_WORDS} {CAUTION} {TEN_WORDS} {DANGER} {TEN_WORDS}",
            scam_b=TEN_WORDS,
            caution_c=CAUTION,
            ordinary_d=f"{TEN_WORDS} {DANGER}",
            ordinary_e=TEN_WORDS,
        ),
    )
    summary = evaluate([manifest], settings, details=details)
    assert summary.problems == ()
    a, b, c, d, e = lines(details)
    assert list(a) == ["id", "label", "level", "first_caution_s", "first_danger_s", "audio_s", "matches"]
    assert [(row["id"], row["label"], row["level"]) for row in (a, b, c, d, e)] == [
        ("scam_a", "scam", "danger"),
        ("scam_b", "scam", "none"),
        ("caution_c", "caution", "caution"),
        ("ordinary_d", "ordinary", "danger"),
        ("ordinary_e", "ordinary", "none"),
    ]
    assert a["audio_s"] == pytest.approx(47 / 2.7, abs=0.001)
    assert a["first_caution_s"] == pytest.approx(16 / 2.7, abs=1.0)  # 16 words end with "hotel"
    assert a["first_danger_s"] == pytest.approx(34 / 2.7, abs=1.0)
    assert a["first_caution_s"] >= 16 / 2.7
    assert (b["first_caution_s"], b["first_danger_s"], phrases_of(b)) == (None, None, [])
    assert (c["first_danger_s"], d["first_caution_s"]) == (None, d["first_danger_s"])
    caution, danger = phrases_of(a)
    assert caution == {
        "at_s": a["first_caution_s"],
        "phrase": "test.caution",
        "category": "who",
        "heard": "purple elephant hotel",
        "start_s": pytest.approx(13 / 2.7, abs=0.001),
        "end_s": pytest.approx(16 / 2.7, abs=0.001),
        "points": 20.0,
        "how": "exact",
        "verified": None,
        "against": 0.0,
    }
    assert danger["phrase"] == "test.danger"

    data = summary.to_json()
    assert [(entry["label"], entry["calls"]["count"], entry["calls"]["of"]) for entry in data["recall"]] == [
        ("scam", 1, 2),
        ("caution", 1, 1),
    ]
    assert data["recall"][0]["first_alert"]["median_s"] == a["first_caution_s"]
    assert [(entry["level"], entry["calls"]["count"], entry["calls"]["of"]) for entry in data["false_alarms"]] == [
        ("caution", 1, 2),
        ("danger", 1, 2),
    ]
    assert data["false_alarms"][0]["per_hour"]["hours"] == pytest.approx(28 / 2.7 / 3600, abs=1e-4)


def test_turns_know_who_speaks(tmp_path: Path, settings: Settings, phrases: Path):
    phrases.write_text(PHRASES + 'who = "caller"\n', "utf-8")
    details = tmp_path / "details.jsonl"
    manifest = write(
        tmp_path,
        {"id": "they", "label": "scam", "turns": [["me", "hello"], ["caller", CAUTION]]},
        {"id": "me", "label": "ordinary", "turns": [["caller", "hello"], {"speaker": "me", "text": CAUTION}]},
        {"id": "anybody", "label": "scam", "turns": [["A", "hello"], ["B", CAUTION]]},
    )
    evaluate([manifest], settings, details=details)
    assert [row["level"] for row in lines(details)] == ["caution", "none", "caution"]


def test_one_bad_row_costs_only_itself(tmp_path: Path, settings: Settings):
    (tmp_path / "text.wav").write_text("this is not sound")
    (tmp_path / "empty.wav").touch()
    manifest = write(
        tmp_path,
        *rows(scam_a=DANGER),
        "{broken",
        {"id": "b", "label": "scam", "audio": "text.wav"},
        {"id": "c", "label": "ordinary", "audio": "empty.wav"},
        {"id": "d", "label": "ordinary", "audio": "missing.wav"},
        *rows(ordinary_e=TEN_WORDS),
    )
    summary = evaluate([manifest, tmp_path / "nowhere.jsonl"], settings, details=tmp_path / "details.jsonl")
    assert {problem.place.removeprefix(f"{tmp_path}/") for problem in summary.problems} == {
        "set.jsonl:2",
        "set.jsonl:3",
        "set.jsonl:4",
        "set.jsonl:5",
        "nowhere.jsonl",
    }
    assert summary.calls == 2
    assert [row["id"] for row in lines(tmp_path / "details.jsonl")] == ["scam_a", "ordinary_e"]


def test_a_recording_gets_the_result_of_a_replay(tmp_path: Path, settings: Settings):
    shutil.copy(SAMPLE, tmp_path / "sample.wav")
    manifest = write(tmp_path, {"id": "a", "label": "scam", "audio": "sample.wav", "turns": [["caller", DANGER]]})
    evaluate([manifest], settings, details=tmp_path / "details.jsonl")
    (row,) = lines(tmp_path / "details.jsonl")
    kit = Kit(settings, live=False)
    events = list(kit.watch(kit.open(SAMPLE)))
    ended = events[-1]
    assert isinstance(ended, CallEnded)
    assert (row["level"], row["audio_s"]) == (ended.level.value, round(ended.at / SAMPLE_RATE, 3))
    heard = [event.phrase for event in events if isinstance(event, Match)]
    assert [match["phrase"] for match in row["matches"]] == heard
    assert "test.danger" not in heard


def test_a_recording_that_is_cut_off_counts_with_what_is_there_and_is_named(tmp_path: Path, settings: Settings):
    whole = SAMPLE.read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 3])
    manifest = write(tmp_path, {"id": "a", "label": "scam", "audio": "cut.wav"})
    summary = evaluate([manifest], settings)
    assert summary.calls == 1
    assert [(problem.place, problem.code) for problem in summary.problems] == [(f"{manifest}:1", "damaged-recording")]


def test_without_a_recogniser_the_texts_are_watched_all_the_same(tmp_path: Path, phrases: Path):
    chosen: dict[str, object] = {
        "phrases.files": [str(phrases)],
        "engine.name": "vosk",
        "engine.vosk_model": str(tmp_path / "no-model"),
    }
    chosen["cache.enabled"] = False
    settings = load(chosen, {"LIVEWATCH_CONFIG": os.devnull}).settings
    shutil.copy(SAMPLE, tmp_path / "a.wav")
    shutil.copy(SAMPLE, tmp_path / "b.wav")
    sound = [{"id": name, "label": "scam", "audio": f"{name}.wav"} for name in "ab"]
    summary = evaluate([write(tmp_path, *sound, *rows(scam_c=DANGER))], settings)
    assert [problem.place.rpartition(":")[2] for problem in summary.problems] == ["1", "2"]
    assert "no-model" in summary.problems[0].message
    assert summary.recall[0].calls.count == summary.recall[0].calls.of == 1


def test_texts_alone_load_no_recogniser(tmp_path: Path):
    program = (
        "import sys; from pathlib import Path\n"
        "from livewatch.settings import load\n"
        "from livewatch.tuning.evaluate.run import evaluate\n"
        "settings = load({'cache.enabled': False}, {'LIVEWATCH_CONFIG': '/dev/null'}).settings\n"
        "assert evaluate([Path(sys.argv[1])], settings).calls == 1\n"
        "print(*sorted({'onnxruntime', 'vosk', 'soundfile', 'livewatch.engines.moonshine'} & set(sys.modules)))\n"
    )
    manifest = write(tmp_path, *rows(scam_a=DANGER))
    done = subprocess.run(
        [sys.executable, "-c", program, str(manifest)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"


def test_two_processes_give_the_same_as_one(tmp_path: Path, settings: Settings):
    shutil.copy(SAMPLE, tmp_path / "sample.wav")
    texts = rows(**{f"ordinary_{n}": f"{TEN_WORDS} " * n + CAUTION for n in range(1, 12)})
    manifest = write(tmp_path, *texts, {"id": "sound", "label": "scam", "audio": "sample.wav"})
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    seen: list[tuple[int, int]] = []
    first = evaluate([manifest], settings, jobs=1, details=one).to_json()
    second = evaluate([manifest], settings, jobs=2, details=two, progress=lambda *now: seen.append(now)).to_json()
    assert one.read_bytes() == two.read_bytes()
    assert {**first, "wall_s": 0} == {**second, "wall_s": 0}
    assert seen == [(done, 12) for done in range(1, 13)]


def test_mistakes_in_the_phrase_lists_are_among_the_problems(tmp_path: Path, settings: Settings, phrases: Path):
    phrases.write_text(
        PHRASES + '\n[[phrase]]\nid = "test.bad"\ncategory = "code"\nsay = ["(open"]\nwhy = "Bad."\n', "utf-8"
    )
    summary = evaluate([write(tmp_path, *rows(scam_a=DANGER))], settings)
    assert any(problem.place.startswith(f"{phrases}:") for problem in summary.problems)
    assert summary.recall[0].calls.count == 1


def test_a_phrase_list_that_is_not_there_stops_before_any_call(tmp_path: Path, settings: Settings, phrases: Path):
    phrases.unlink()
    with pytest.raises(PhraseError, match=r"phrases\.toml"):
        evaluate([write(tmp_path, *rows(scam_a=DANGER))], settings, jobs=2)


@pytest.mark.parametrize("jobs", [0, -3])
def test_there_is_at_least_one_process(tmp_path: Path, settings: Settings, jobs: int):
    with pytest.raises(UsageError, match="--jobs"):
        evaluate([write(tmp_path, *rows(scam_a=DANGER))], settings, jobs=jobs)


def test_the_details_never_overwrite_a_manifest(tmp_path: Path, settings: Settings):
    manifest = write(tmp_path, *rows(scam_a=DANGER))
    before = manifest.read_bytes()
    with pytest.raises(UsageError, match="manifest"):
        evaluate([manifest], settings, details=tmp_path / "." / "set.jsonl")
    assert manifest.read_bytes() == before


def test_details_that_cannot_be_written_stop_before_any_call(tmp_path: Path, settings: Settings):
    with pytest.raises(CorpusError, match="No such file or directory"):
        evaluate([write(tmp_path, *rows(scam_a=DANGER))], settings, details=tmp_path / "no" / "details.jsonl")


@needs(Path("/dev/full").exists(), "there is no /dev/full here")
def test_details_from_before_stay_until_there_are_new_ones(tmp_path: Path, settings: Settings):
    manifest, details = write(tmp_path, *rows(scam_a=DANGER)), tmp_path / "details.jsonl"
    details.write_text("from before, and longer than what comes now\n" * 100)
    with pytest.raises(UsageError):
        evaluate([manifest], settings, details=details, jobs=0)
    assert details.read_text().count("from before") == 100
    evaluate([manifest], settings, details=details)
    assert [row["id"] for row in lines(details)] == ["scam_a"]
    evaluate([write(tmp_path)], settings, details=details)
    assert details.read_text() == ""


def test_a_full_disk_costs_the_details_but_not_the_figures(tmp_path: Path, settings: Settings):
    summary = evaluate([write(tmp_path, *rows(scam_a=DANGER, scam_b=DANGER))], settings, details=Path("/dev/full"))
    assert [problem.code for problem in summary.problems] == ["details-unwritable"]
    assert "No space left" in summary.problems[0].message
    assert summary.calls == 2


def test_the_command_prints_json_and_its_exit_code_tells_of_bad_rows(tmp_path: Path):
    manifest = write(tmp_path, *rows(ordinary_a=TEN_WORDS))
    done = livewatch("evaluate", manifest, "--json", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["calls"] == 1
    write(tmp_path, *rows(ordinary_a=TEN_WORDS), "{")
    done = livewatch("evaluate", manifest, "--jobs", "1")
    assert done.returncode == 1
    assert f"{manifest}:2" in done.stdout.replace("\n", "")
    assert "0.0%-79.3%" in done.stdout


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_gives_what_is_there(tmp_path: Path, jobs: str):
    details = tmp_path / "details.jsonl"
    manifest = write(tmp_path, *rows(**{f"ordinary_{n}": f"{TEN_WORDS} " * 300 for n in range(40)}))
    run = start("evaluate", manifest, "--json", "--jobs", jobs, "--details", details, start_new_session=True)
    while run.poll() is None and not (details.exists() and details.read_bytes().count(b"\n") >= 1):
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (130, "")
    summary = json.loads(out)
    assert summary["interrupted"] is True
    assert 1 <= summary["calls"] == len(lines(details)) < 40
