"""`livewatch tune sweep` from manifests to figures."""

import csv
import json
from pathlib import Path

import pytest

from livewatch.cli.main import main
from livewatch.phrases.gist import NO_GIST
from tests.tuning.made import listed, manifest, row


def test_the_curve_is_printed_and_written_with_what_to_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LIVEWATCH_CONFIG", "/dev/null")
    monkeypatch.setenv("LIVEWATCH_CACHE_ENABLED", "false")
    monkeypatch.setattr("livewatch.phrases.book.load_gist", lambda languages: NO_GIST)
    calls, table = manifest(tmp_path), tmp_path / "curve.csv"
    common = ["tune", "sweep", str(calls), "--phrases", str(listed(tmp_path)), "--jobs", "1"]
    assert main([*common, "--json", "--csv", str(table), "--setting", "risk.danger_points=25:40"]) == 0
    found = json.loads(capsys.readouterr().out)
    (danger,) = found["settings"]
    points = {point["value"]: point for point in danger["points"]}
    # 34 umbrella, 31 kettle, 32 elephant and violin, 65 both; 20 elephant
    assert [points[value]["calls"]["count"] for value in (25, 31, 32, 33, 34, 35)] == [4, 4, 3, 2, 2, 1]
    assert points[30]["campaigns"]["count"] == 3.0
    assert points[32]["campaigns"]["count"] == 2.5
    assert (danger["current"], danger["recommended"], danger["level"]) == (30, None, "danger")
    rows = [*csv.DictReader(table.open(encoding="utf-8"))]
    assert {(line["value"], line["recall_count"]) for line in rows if line["set"] == "all"} >= {
        ("31.0", "4"),
        ("35.0", "1"),
    }

    assert main([*common, "--budget", "90000", "--caution-budget", "0.1"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Keep risk.danger_points = 30: no value within the budget catches more." in said
    assert "On calls it was not made on:" in said
    assert "No value keeps to the budget of 0.1 an hour for false cautions: 0.0 hours" in said
    assert "it takes 37 hours" in said


def test_what_cannot_be_weighed_is_said_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LIVEWATCH_CONFIG", "/dev/null")
    calls = manifest(tmp_path, [row("scam-a", "x"), row("ordinry-b", "y")])
    assert main(["tune", "sweep", str(calls)]) == 2
    said = capsys.readouterr().err
    assert "no ordinary call" in said
    assert "calls.jsonl:2" in said
    assert main(["tune", "sweep", str(calls), "--csv", str(calls)]) == 2
    assert main(["tune", "sweep", str(calls), "--budget", "0"]) == 2
    assert main(["tune", "sweep", str(calls), "--budget-calls", "1.5"]) == 2
