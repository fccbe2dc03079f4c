"""What changes under another list, call by call and counted."""

import json
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from scipy.stats import binomtest

from livewatch.assembly import load_book
from livewatch.cli.main import main
from livewatch.events import Level
from livewatch.tuning.change.calls import Kind, compare, kind_of
from livewatch.tuning.change.counts import ALL, count
from livewatch.tuning.change.diff import Difference, diff
from livewatch.tuning.change.lists import PhraseChange, changes, with_list
from livewatch.tuning.change.significance import mcnemar
from livewatch.tuning.change.tables import render
from livewatch.tuning.corpus.manifest import Label, read_corpus
from livewatch.tuning.work.rejudge import rejudge, rules_of
from livewatch.tuning.work.watch import watch_corpus
from tests.needs import needs
from tests.tuning.calls import a_call, a_result
from tests.tuning.made import LIST, ROWS, listed, manifest, settings, without

SCAMS = Path(__file__).parents[4] / "shared" / "corpus" / "scam_calls.jsonl"


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (5, 1), (3, 3), (40, 61), (0, 1200), (300, 340)])
def test_mcnemar_is_the_exact_test_of_the_changed_pairs(gained: int, lost: int):
    exact = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == mcnemar(lost, gained) == pytest.approx(exact, rel=1e-9)


def test_every_change_of_level_has_its_meaning():
    none, caution, danger = Level.NONE, Level.CAUTION, Level.DANGER
    meanings = {
        (Label.SCAM, danger, caution): Kind.LOST,
        (Label.SCAM, caution, none): Kind.LOWERED,
        (Label.SCAM, none, caution): Kind.RAISED,
        (Label.SCAM, none, danger): Kind.GAINED,
        (Label.CAUTION, caution, none): Kind.LOST,
        (Label.CAUTION, danger, caution): Kind.LOWERED,
        (Label.CAUTION, none, caution): Kind.GAINED,
        (Label.CAUTION, caution, danger): Kind.RAISED,
        (Label.ORDINARY, none, caution): Kind.NEW_CAUTION,
        (Label.ORDINARY, caution, danger): Kind.NEW_DANGER,
        (Label.ORDINARY, danger, caution): Kind.DANGER_GONE,
        (Label.ORDINARY, caution, none): Kind.CAUTION_GONE,
    }
    for (label, before, after), kind in meanings.items():
        assert kind_of(label, before, after) is kind
    assert kind_of(Label.SCAM, danger, danger) is None


def test_a_list_without_a_phrase_loses_just_the_calls_that_only_this_phrase_catches(tmp_path: Path):
    old, calls = listed(tmp_path), manifest(tmp_path)
    new = listed(tmp_path, without(LIST, "test.elephant"), "new.toml")
    found = diff("current", str(new), [calls], settings(old))
    assert {call.call.id: call.kind for call in found.changed} == {
        "scam-pair": Kind.LOST,
        "caution-elephant": Kind.LOST,
    }
    assert {call.because for call in found.changed} == {("test.elephant",)}
    assert [(one.phrase, one.change) for one in found.phrases] == [("test.elephant", "removed")]


@needs(SCAMS.exists(), "../shared/corpus is not here")
def test_a_shipped_phrase_that_alone_catches_a_real_call_is_missed(tmp_path: Path):
    corpus = read_corpus([SCAMS])
    now = watch_corpus(type(corpus)(corpus.calls[::5], ()), settings()).results
    rules = rules_of(settings().risk)
    alone: dict[str, list[str]] = {}
    for result in now:
        for name in {match.phrase for match in result.matches if match.phrase != "gist"}:
            if result.level is Level.DANGER and rejudge(result, rules, without=(name,)).level is not Level.DANGER:
                alone.setdefault(name, []).append(result.call.id)
    assert len(alone) >= 2
    name = max(alone, key=lambda name: (len(alone[name]), name))
    rows = [line for line in SCAMS.read_text("utf-8").splitlines() if json.loads(line)["id"] in alone[name]]
    calls = tmp_path / "calls.jsonl"
    calls.write_text("\n".join(rows), "utf-8")
    off = listed(tmp_path, f'[[phrase]]\nid = "{name}"\nenabled = false\n')
    found = diff("current", str(off), [calls], settings())
    assert {call.call.id for call in found.of(Kind.LOST)} == {*alone[name]}
    assert all(name in call.because for call in found.changed)


def test_before_and_after_are_counted_by_call_and_by_campaign():
    calls = [a_call(f"{campaign}{n}", label=Label.SCAM, campaign=campaign) for campaign in "ab" for n in range(4)]
    caught, missed = [a_result(one, 1, 2) for one in calls], [a_result(one) for one in calls]
    pairs = [*zip(caught[:4], missed[:4], strict=True), *zip(missed[4:], [caught[4], *missed[5:]], strict=True)]
    ordinary = a_call("o", group="talk"), a_call("p", group="work")
    pairs += [(a_result(ordinary[0], audio_s=3600), a_result(ordinary[0], 5, audio_s=3600))]
    pairs += [(a_result(ordinary[1], 5, 6, audio_s=1800), a_result(ordinary[1], audio_s=1800))]
    rows = {(row.set, row.level): row for row in count(pairs)}
    one = rows["set", Level.DANGER]
    assert (one.calls.before.count, one.calls.after.count, one.calls.up, one.calls.down) == (4, 1, 1, 4)
    assert one.calls.p == pytest.approx(binomtest(1, 5).pvalue)
    assert (one.campaigns.before.count, one.campaigns.after.count) == (1.0, 0.25)
    assert (one.campaigns.up, one.campaigns.down, one.campaigns.p) == (1, 1, 1.0)
    both = rows[ALL, Level.CAUTION]
    assert (both.before, both.after) == (both.after, both.before)
    assert both.before is not None
    assert (both.before.count, both.before.hours, both.calls.up, both.calls.down) == (1, 1.5, 1, 1)
    assert rows["talk", Level.DANGER].calls.up == 0


def test_old_and_new_stand_for_the_first_of_the_lists(tmp_path: Path):
    mine, other = listed(tmp_path), listed(tmp_path, LIST, "other.toml")
    now = settings(mine, other)
    assert with_list(now, "shipped").phrases.files == ()
    assert with_list(now, "current") == now
    assert with_list(now, str(other)) == now
    assert with_list(now, "new.toml").phrases.files == ("new.toml", str(other))
    assert with_list(settings(), "new.toml").phrases.files == ("new.toml",)
    edited = LIST.replace("points = 12", "points = 13").replace("Only said", "Hardly said", 1)
    edited = edited.replace('id = "test.kettle"', 'id = "test.kettle"\nenabled = false')
    books = [load_book(settings(path)) for path in (mine, listed(tmp_path, edited, "edited.toml"))]
    assert [str(one) for one in changes(*books)] == ["test.kettle (switched off)", "test.violin (changed: points)"]
    back = {str(one) for one in changes(*reversed(books))}
    assert back == {"test.kettle (switched on)", "test.violin (changed: points)"}


def test_a_bad_line_is_named_and_costs_only_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LIVEWATCH_CONFIG", "/dev/null")
    monkeypatch.setenv("LIVEWATCH_CACHE_ENABLED", "false")
    old, new = (
        listed(tmp_path),
        listed(tmp_path, LIST.replace('"code"', '"cod"').replace("purple", "violet"), "new.toml"),
    )
    calls = manifest(tmp_path, [*ROWS, ROWS[0], {"id": "x", "text": "no label"}])
    assert main(["tune", "diff", str(old), str(new), str(calls), "--jobs", "1", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    places = {problem["place"].replace(f"{tmp_path}/", "") for problem in found["problems"]}
    assert places == {"new.toml:8", "calls.jsonl:9", "calls.jsonl:10"}
    changed = {call["id"]: (call["kind"], call["because"]) for call in found["changed"]}
    assert changed == {
        "scam-umbrella": ("lost", ["test.umbrella"]),
        "scam-pair": ("lost", ["test.elephant"]),
        "caution-elephant": ("lost", ["test.elephant"]),
    }
    assert found["calls"] == len(ROWS)
    assert found["counts"]["lost"] == 3


def test_lists_that_say_the_same_are_watched_once(tmp_path: Path):
    mine, same = listed(tmp_path), listed(tmp_path, LIST + "\n# nothing more\n", "same.toml")
    seen: list[tuple[int, int]] = []
    found = diff(str(mine), str(same), [manifest(tmp_path)], settings(), progress=lambda *now: seen.append(now))
    assert (found.phrases, found.changed, found.calls, seen[-1]) == ((), (), len(ROWS), (len(ROWS), len(ROWS)))


def test_names_out_of_manifests_cannot_do_anything_to_the_terminal():
    call = a_call("evil\x1b[2J", label=Label.SCAM, campaign="c\x1b]0;title\x07", group="set[red]\x1b[1m")
    changed = compare(a_result(call, 1, 2), a_result(call), rules_of(settings().risk), ())
    assert changed is not None
    pairs = [(a_result(call, 1, 2), a_result(call))]
    added = PhraseChange("own.new", "added")
    shown = Difference(
        "a", "b\x1b[0m", (added,), 1, Counter([Label.SCAM]), 1.0, (changed,), (), tuple(count(pairs)), ()
    )
    console = Console(file=StringIO(), width=100, force_terminal=True, color_system=None)
    render(shown, console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "evil" in said
    assert "set[red]" in said
    assert "\x1b" not in said.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert "\x07" not in said
