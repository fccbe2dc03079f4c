"""`livewatch phrases` and `livewatch explain` as their users run them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.command import livewatch

BARN = ["burn the old barn", "--category", "threat", "--why", "Threatens your barn.", "--points", "15"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An empty settings file of one's own."""
    path = tmp_path / "config.toml"
    path.write_text("")
    return {"LIVEWATCH_CONFIG": str(path)}


def own(home: dict[str, str]) -> Path:
    return Path(home["LIVEWATCH_CONFIG"]).parent / "phrases.toml"


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_add_makes_a_list_names_it_in_the_settings_and_it_works(home):
    done = livewatch("phrases", "add", *BARN, **home)
    assert done.returncode == 0, done.stderr
    (entry,) = tomllib.loads(own(home).read_text())["phrase"]
    assert entry == {
        "id": "own.burn-the-old-barn",
        "category": "threat",
        "say": ["burn the old barn"],
        "why": "Threatens your barn.",
        "points": 15,
    }
    assert tomllib.loads(Path(home["LIVEWATCH_CONFIG"]).read_text())["phrases"]["files"] == [str(own(home))]
    (match,) = [
        row for row in rows(livewatch("phrases", "try", "we burn the old barn", "--json", **home).stdout)
        if row["event"] == "match"
    ]  # fmt: skip
    assert (match["phrase"], match["points"]) == ("own.burn-the-old-barn", 15)


def test_add_keeps_what_is_there_and_gives_another_id(home):
    own(home).write_text("# mine\n")
    livewatch("phrases", "add", *BARN, **home)
    done = livewatch("phrases", "add", *BARN, **home)
    assert "own.burn-the-old-barn-2" in done.stdout
    assert "duplicate" in done.stderr
    assert own(home).read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["burn (the barn", *BARN[1:]], 1, 'say: "(" is not closed.'),
        (["barn", *BARN[1:]], 1, "single word"),
        ([*BARN[:2], "treat", *BARN[3:]], 1, "did you mean threat?"),
        ([*BARN[:-1], "700"], 1, "points must be 0 to 60"),
        (BARN[:3], 2, "--why is missing"),
        ([], 2, "WORDING is missing"),
        ([*BARN, "--id", "Not An Id"], 1, "cannot be an id"),
        ([*BARN, "--id", "code.pin\u001b[2J"], 1, "control character"),
    ],
)
def test_add_writes_nothing_that_cannot_be_used(home, arguments, code, said):
    done = livewatch("phrases", "add", *arguments, **home)
    assert done.returncode == code
    assert said.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert not own(home).exists()


def test_off_and_on_change_only_the_users_list(home):
    done = livewatch("phrases", "off", "code.pin", **home)
    assert done.returncode == 0, done.stderr
    assert tomllib.loads(own(home).read_text())["phrase"] == [{"id": "code.pin", "enabled": False}]
    told = rows(livewatch("phrases", "try", "tell me your PIN", "--json", **home).stdout)
    assert [row["phrase"] for row in told if row["event"] == "off"] == ["code.pin"]
    assert "code.pin" not in [row["phrase"] for row in told if row["event"] == "match"]
    listed = [line for line in livewatch("phrases", "list", **home).stdout.splitlines() if line.startswith("code.pin ")]
    assert " off " in listed[0]
    assert livewatch("phrases", "on", "code.pin", **home).returncode == 0
    told = rows(livewatch("phrases", "try", "tell me your PIN", "--json", **home).stdout)
    assert "code.pin" in [row["phrase"] for row in told if row["event"] == "match"]


@pytest.mark.parametrize("action", ["show", "explain", "off", "on"])
def test_an_unknown_phrase_is_answered_with_the_nearest(home, action):
    done = livewatch("phrases", action, "code.pim", **home)
    assert done.returncode == 1
    assert "Did you mean code.pin?" in done.stderr


def test_show_and_explain_tell_all_about_a_phrase(home):
    shown = livewatch("phrases", "show", "code.pin", **home).stdout
    for word in ("code.pin", "points", "source", "say", "en/code.toml:"):
        assert word in shown
    told = livewatch("phrases", "explain", "code.pin", **home).stdout
    for word in ("times likelier", "For example, it finds:", "It does not count", "denied"):
        assert word in told
    (row,) = rows(livewatch("phrases", "show", "code.pin", "--json", **home).stdout)
    assert row["id"] == "code.pin"


def test_list_can_be_of_one_category(home):
    lines = rows(livewatch("phrases", "list", "--category", "card", "--json", **home).stdout)
    assert lines
    assert {line["category"] for line in lines} == {"card"}
    wrong = livewatch("phrases", "list", "--category", "cart", **home)
    assert wrong.returncode == 2
    assert "card" in wrong.stderr


def test_try_says_what_matched_what_almost_did_and_why_not(home):
    livewatch("phrases", "add", *BARN, **home)
    said = livewatch("phrases", "try", "They will never burn the old barn. Now burn the cold barn.", **home).stdout
    assert 'own.burn-the-old-barn: "burn the old barn.", denied by "never"' in said
    assert 'own.burn-the-old-barn: "burn the cold barn."; missing: old' in said
    mine = rows(livewatch("phrases", "try", "burn the old barn", "--side", "me", "--json", **home).stdout)
    assert [(row["event"], row.get("reason")) for row in mine if row.get("phrase") == "own.burn-the-old-barn"] == [
        ("discounted", "side")
    ]


@pytest.mark.parametrize(("text", "code"), [("gone.wav", 2), ("", 2), ("x" * 5_000, 0), ("\u001b[2J burn", 0)])
def test_try_never_harms_the_terminal(home, text, code):
    done = livewatch("phrases", "try", text, **home)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_check_says_where_why_and_what_to_write(home, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[phrase]]\nid = "own.a"\ncategory = "hurry"\nsay = [\n  "right now",\n]\nwhy = "W."\npoints = 15\n'
    )
    done = livewatch("phrases", "check", path, **home)
    assert done.returncode == 0
    assert f"{path}:5: too-common: " in done.stdout
    assert "right now" in done.stdout.splitlines()[-1]
    assert livewatch("phrases", "check", path, "--strict", **home).returncode == 1
    found = rows(livewatch("phrases", "check", path, "--json", **home).stdout)
    assert [(row["event"], row.get("kind")) for row in found] == [("finding", "too-common"), ("line", None)]
    path.write_text(path.read_text().replace("right now", "(right now"))
    assert livewatch("phrases", "check", path, **home).returncode == 1


def test_check_counts_in_ordinary_calls_that_are_given(home, tmp_path):
    path, manifest, table = tmp_path / "mine.toml", tmp_path / "calls.jsonl", tmp_path / "counts.toml"
    path.write_text(
        '[[phrase]]\nid = "own.a"\ncategory = "other"\nsay = ["old barn", "new barn"]\nwhy = "W."\npoints = 15\n'
    )
    calls = [
        {"id": "1", "label": "ordinary", "text": "the old barn. " + "so it goes on. " * 300 + "the old barn"},
        {"id": "2", "label": "scam", "text": "the new barn"},
    ]
    manifest.write_text("".join(json.dumps(call) + "\n" for call in calls))
    done = livewatch("phrases", "check", path, "--ordinary", manifest, "--table", table, "--json", **home)
    assert done.returncode == 0, done.stderr
    hits = {row["wording"]: row["hits"] for row in rows(done.stdout) if row["event"] == "line"}
    assert hits == {"old barn": 2, "new barn": 0}
    written = tomllib.loads(table.read_text())
    assert sum(written["hits"]["own.a"].values()) == 2
    assert "barn" not in table.read_text().replace("own.a", "")
    assert livewatch("phrases", "check", path, "--table", table, **home).returncode == 2


def test_explain_prints_the_ledger_with_what_did_not_count(home, tmp_path):
    livewatch("phrases", "add", *BARN, **home)
    call = tmp_path / "call.txt"
    call.write_text(
        "We will never burn the old barn.\nNow we burn the old barn.\nBurn the old barn!\nRead me the code.\n"
    )
    done = livewatch("explain", call, **home)
    assert done.returncode == 0, done.stderr
    barn = [line for line in done.stdout.splitlines() if "own.burn-the-old-barn" in line]
    assert '[denied by "never"]' in barn[0]
    assert "+15.0" in barn[1]
    assert "repeated" in barn[2]
    assert "DANGER" in done.stdout.splitlines()[-1]
    told = rows(livewatch("explain", call, "--json", **home).stdout)
    counted = [row for row in told if row["event"] == "counted"]
    assert abs(sum(row["added"] for row in counted) - counted[-1]["total"]) < 0.1
    assert [row["reason"] for row in told if row["event"] == "discounted"] == ["denied"]


@pytest.mark.parametrize("name", ["gone.txt", "gone.wav"])
def test_explain_of_nothing_is_an_error_without_a_traceback(home, tmp_path, name):
    done = livewatch("explain", tmp_path / name, **home)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert name in done.stderr
