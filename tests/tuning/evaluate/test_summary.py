"""The summary as JSON and as tables."""

import io
import json

import pytest
from rich.console import Console

from livewatch.tuning.corpus.manifest import Label, Problem
from livewatch.tuning.evaluate.summary import Summary
from tests.tuning.calls import a_call, a_result

RESULTS = [
    a_result(a_call("a", label=Label.SCAM, group="scams", campaign="c"), 4.25, 12.5, phrases="give-code"),
    a_result(a_call("b", label=Label.SCAM, group="scams", campaign="c")),
    a_result(a_call("c", group="talk"), 9.0, audio_s=3600, phrases="give-code [bold]"),
]
PROBLEM = Problem("scams.jsonl:7", "missing-audio", "The recording 'x.wav' is not there.", "Look for it.")


def rendered(summary: Summary, width: int = 200) -> str:
    """What people read, without colours."""
    console = Console(file=io.StringIO(), width=width, no_color=True)
    summary.render(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_json_holds_what_was_counted():
    data = json.loads(json.dumps(Summary.of(RESULTS, [PROBLEM], wall_s=1.25).to_json(), allow_nan=False))
    assert {key: data[key] for key in ("calls", "hours", "wall_s", "interrupted")} == {
        "calls": 3,
        "hours": 1.0333,
        "wall_s": 1.25,
        "interrupted": False,
    }
    (recall,) = data["recall"]
    assert (recall["set"], recall["label"], recall["level"]) == ("scams", "scam", "danger")
    assert (recall["calls"]["count"], recall["calls"]["of"], recall["calls"]["share"]) == (1, 2, 0.5)
    assert recall["campaigns"]["mean"]["count"] == 0.5
    assert recall["first_alert"]["median_s"] == 4.25
    assert recall["to_level"]["median_s"] == 12.5
    assert [(entry["set"], entry["level"], entry["calls"]["count"]) for entry in data["false_alarms"]] == [
        ("talk", "caution", 1),
        ("talk", "danger", 0),
    ]
    assert data["phrases"][0]["phrase"] == "give-code"
    assert data["problems"] == [
        {"place": PROBLEM.place, "code": PROBLEM.code, "message": PROBLEM.message, "hint": PROBLEM.hint}
    ]


def test_the_tables_say_the_same():
    text = rendered(Summary.of(RESULTS, [PROBLEM]))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "scams scam calls that reached danger 1/2 50.0% 9.5%-90.5%" in rows
    assert "the same, campaigns counted once 0.5/1 50.0% 5.5%-94.5%" in rows
    assert "scams scam, first alert 1 of 2 4.2 4.2" in rows
    assert "talk caution or more 1/1 100.0% 20.7%-100.0% 1.00 1.00 0.03-5.57" in rows
    assert "give-code give-codes 2 1 0 1 1.00 0.03-5.57" in rows
    assert "[bold]" in text
    assert "scams.jsonl:7: The recording 'x.wav' is not there. Look for it." in text


def test_a_run_without_any_call_says_so_and_shows_no_empty_table():
    text = rendered(Summary.of([], [PROBLEM]))
    assert text.startswith("0 calls")
    assert "Caught" not in text
    assert "scams.jsonl:7" in text


def test_an_interrupted_run_says_so():
    assert "interrupted" in rendered(Summary.of(RESULTS, [], interrupted=True))
    assert Summary.of(RESULTS, [], interrupted=True).to_json()["interrupted"] is True


def test_many_problems_of_one_kind_are_told_once():
    many = [
        Problem(f"calls.jsonl:{line}", "model", "The model is missing.", "livewatch models get x")
        for line in range(500)
    ]
    text = rendered(Summary.of([], [*many, PROBLEM]))
    assert text.count("The model is missing.") == 1
    assert "the same at 499 more places, the last at calls.jsonl:499" in text
    assert "scams.jsonl:7" in text


@pytest.mark.parametrize("width", [80, 60])
def test_a_narrow_terminal_cuts_no_figure(width: int):
    text = rendered(Summary.of(RESULTS, [PROBLEM]), width)
    for figure in ("9.5%-90.5%", "20.7%-100.0%", "0.03-5.57"):
        assert figure in text
    assert "…" not in text
