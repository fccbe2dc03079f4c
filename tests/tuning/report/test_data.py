"""What the page is made from: outcomes, changes, links, masks, and JSON that cannot break out."""

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import soundfile

from livewatch.errors import CorpusError, UsageError
from livewatch.events import Level
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.report.before import Before, CallBefore, read_before
from livewatch.tuning.report.data import report_data
from livewatch.tuning.report.outcome import Outcome, outcome
from livewatch.tuning.report.page import check_report, in_script, to_html, write_report
from livewatch.tuning.report.sound import link, sounds
from tests.tuning.report.made import GIFTS, HOSTILE, ROWS, settings, watch, write_manifest


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return watch([write_manifest(tmp_path_factory.mktemp("data") / "calls.jsonl", ROWS)])


def test_misses_and_false_alarms_come_first_and_every_call_is_there(run):
    calls = report_data(run)["calls"]
    outcomes = {call["id"]: call["outcome"] for call in calls}
    assert [call["id"] for call in calls[:2]] == ["missed-1", "false-alarm"]
    assert outcomes["caught-1"] == outcomes["warned"] == "caught"
    assert outcomes["false-alarm"] == "false-danger"
    assert sorted(outcomes) == sorted(str(row["id"]) for row in ROWS)


def test_what_becomes_of_a_call():
    assert outcome(Label.SCAM, Level.CAUTION) is Outcome.ONLY_CAUTION
    assert outcome(Label.CAUTION, Level.NONE) is Outcome.MISSED
    assert outcome(Label.CAUTION, Level.DANGER) is Outcome.CAUGHT
    assert outcome(Label.ORDINARY, Level.CAUTION) is Outcome.FALSE_CAUTION
    assert outcome(Label.ORDINARY, Level.NONE) is Outcome.QUIET
    assert [one for one in Outcome if one.wrong] == sorted(Outcome, key=lambda one: one.rank)[:4]


def test_hits_carry_the_ledger_of_the_call(run):
    result = next(one for one in run.results if one.call.id == "caught-1")
    data = report_data(run)
    call = next(one for one in data["calls"] if one["id"] == "caught-1")
    assert [data["phrases"][hit[0]][0] for hit in call["hits"]] == [match.phrase for match in result.matches]
    assert call["hits"][-1][10] == "danger" == call["level"]
    total = 0.0
    for hit in call["hits"]:
        total += hit[8]
        assert total == pytest.approx(hit[9], abs=0.1)  # both are rounded to 0.01


def test_words_stand_where_they_were_said(run):
    call = next(one for one in report_data(run)["calls"] if one["id"] == "caught-2")
    assert [one[2] for one in call["said"]] == ["caller", "me", "caller"]
    assert call["said"][1][3] == "no"
    assert call["said"][0][0] == 0
    assert call["said"][0][1] == pytest.approx(15 / 2.7, abs=0.001)


def test_masking_hides_what_was_read_out(tmp_path):
    text = f"{GIFTS} it is four one two five five nine"
    run = watch([write_manifest(tmp_path / "m.jsonl", [{"id": "a", "label": "scam", "text": text}])])
    assert "four one two" in json.dumps(report_data(run))
    masked = json.dumps(report_data(run, mask=True))
    assert "four one two" not in masked
    assert "* * *" in masked


def test_nothing_changed_against_the_same_run_and_its_details(run, tmp_path):
    details = tmp_path / "details.jsonl"
    details.write_text("".join(json.dumps(result.to_json()) + "\n" for result in run.results), "utf-8")
    for before in (Before.of("same", run.results), read_before(details)):
        data = report_data(replace(run, before=before))
        assert data["before"]["changes"]["same"] == len(ROWS), data["before"]["changes"]
        assert all("before" not in call for call in data["calls"])


def test_what_got_worse_and_better_is_told_apart(run):
    nothing = CallBefore(Level.NONE, None, None, ())
    danger = CallBefore(Level.DANGER, 16000, 16000, ())
    same = Before.of("x", run.results).calls
    later = replace(same["caught-2"], first_danger=160)
    other = replace(same["warned"], matches=())
    before = Before(
        "old",
        same
        | {"caught-1": nothing, "missed-1": danger, "false-alarm": nothing, "quiet-0": danger, "caught-2": later}
        | {"warned": other, "not-there-any-more": nothing},
    )
    del before.calls["quiet-1"]
    data = report_data(replace(run, before=before))
    assert {call["id"]: call["change"] for call in data["calls"] if call["change"] != "same"} == {
        "caught-1": "better",
        "missed-1": "worse",
        "false-alarm": "worse",
        "quiet-0": "better",
        "caught-2": "time",
        "warned": "hits",
        "quiet-1": "new",
    }
    assert data["before"]["gone"] == 1
    moved = {(row["label"], row["before"]): row["now"] for row in data["before"]["moves"]}
    assert moved["scam", "none"] == [0, 0, 1]
    assert sum(map(sum, moved.values())) == len(ROWS) - 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no calls"),
        ('{"id": "a"}\n', ":1 is not a line of details"),
        ("\xff\xfe", ":1 is not"),
        ("[", ":1 is"),
    ],
)
def test_a_file_that_is_no_details_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "old.jsonl"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CorpusError, match=said):
        read_before(path)
    with pytest.raises(CorpusError, match="cannot be read"):
        read_before(tmp_path / "gone.jsonl")


def test_data_cannot_leave_its_script_element():
    written = in_script({"a": HOSTILE, "b": ["<!--", "]]>", "&amp;"]})
    assert not set("<>&") & set(written)
    assert json.loads(written) == {"a": HOSTILE, "b": ["<!--", "]]>", "&amp;"]}


def test_control_and_direction_signs_are_gone_from_every_text(tmp_path):
    rows = [{"id": HOSTILE, "label": "scam", "campaign": HOSTILE, "text": f"{GIFTS} {HOSTILE}", "source": HOSTILE}]
    data = report_data(watch([write_manifest(tmp_path / "\u202eevil\x1b.jsonl", [*rows, *ROWS])]))
    written = json.dumps(data, ensure_ascii=False)
    assert "onerror" in written
    assert not any(sign in written for sign in "\x1b\u202e")
    assert "\\u001b" not in written


def test_recordings_are_linked_relative_to_the_report_whatever_their_names(tmp_path):
    for name in ("a b.wav", "javascript:alert(1).wav", "100%.wav", "ü?#.wav", "</script>.wav".replace("/", "_")):
        path = tmp_path / "calls" / name
        written = link(path, tmp_path / "reports")
        assert written.startswith("../calls/")
        assert unquote(written) == f"../calls/{name}"
        assert ":" not in written
        assert not set(written) & set('<>"?#')


def test_only_what_fits_is_carried_inside_the_worst_calls_first(tmp_path):
    files = [tmp_path / name for name in ("big.wav", "small.wav", "gone.wav", "broken.wav", "next.flac")]
    for path, size in zip(files, (9000, 300, None, None, 100), strict=True):
        if size:
            soundfile.write(path, np.zeros(size, np.int16), 16000)
    files[3].write_bytes(b"no sound")
    found = sounds([(path.stem, path) for path in files], tmp_path / "report.html", inside_bytes=9000)
    assert list(found.inside) == ["small", "next"]
    assert found.inside["small"].startswith("data:audio/wav;base64,")
    assert found.inside["next"].startswith("data:audio/flac;base64,")
    assert found.left_out == 3
    assert list(found.links) == ["big", "small", "gone", "broken", "next"]
    assert not sounds([("big", files[0])], tmp_path / "r.html").inside


def test_what_no_browser_plays_is_carried_as_livewatch_hears_it(tmp_path):
    path = tmp_path / "telephone.wav"
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(16000) / 8000)).astype(np.int16)
    soundfile.write(path, tone, 8000, subtype="GSM610")
    found = sounds([("a", path)], tmp_path / "report.html", inside_bytes=100_000).inside["a"]
    kind, _, sound = found.partition(";base64,")
    heard, rate = soundfile.read(io.BytesIO(base64.b64decode(sound)))
    assert (kind, rate) == ("data:audio/flac", 16000)
    assert len(heard) == pytest.approx(2 * 16000, abs=400)  # GSM comes in blocks of 20 ms
    assert 0.1 < np.sqrt((heard**2).mean()) < 0.25


def test_a_report_never_overwrites_what_the_run_reads_and_says_what_cannot_be_written(run, tmp_path):
    manifest = Path(run.manifests[0])
    with pytest.raises(UsageError, match="read or written by the same run"):
        check_report(manifest, [manifest])
    with pytest.raises(CorpusError, match="cannot be written"):
        check_report(tmp_path / "no" / "where.html", [])
    with pytest.raises(CorpusError, match="cannot be written: Is a directory"):
        check_report(tmp_path, [])
    path = tmp_path / "report.html"
    path.write_text("the report of yesterday", "utf-8")
    path.with_name("report.html.part").mkdir()
    with pytest.raises(CorpusError, match="cannot be written"):
        write_report(path, run)
    assert path.read_text("utf-8") == "the report of yesterday"


def test_the_page_names_nothing_outside_itself(run):
    page = to_html(report_data(run))
    head, _, rest = page.partition('<script type="application/json"')
    code = head + rest.partition("</script>")[2]
    for outside in ("http://", "https://", "//cdn", "@import", "url(", "innerHTML", "eval(", "document.write"):
        assert outside not in code.replace("http://www.w3.org/2000/svg", ""), outside


def test_settings_stand_in_the_data(run):
    found = report_data(run)["settings"]
    risk = settings().risk
    assert (found["caution_points"], found["danger_points"]) == (risk.caution_points, risk.danger_points)
