"""`evaluate --report` and `--plots`, as people type them."""

import json
import re
import sys
from dataclasses import replace

import pytest

from livewatch.cli.evaluate_report import Reports
from livewatch.cli.parser.tree import build_parser
from livewatch.errors import LivewatchError, UsageError
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.plots import check_plots, write_plots
from tests.command import livewatch
from tests.tuning.report.made import GIFTS, ROWS, settings, watch, write_manifest


@pytest.fixture
def manifest(tmp_path):
    return write_manifest(tmp_path / "calls.jsonl", ROWS)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The calls as they were, and one whose names would be formulas."""
    rows = [*ROWS, {"id": "$x_1$", "label": "scam", "text": GIFTS, "source": "$\\frac{1"}]
    return watch([write_manifest(tmp_path_factory.mktemp("before") / "calls.jsonl", rows)])


def data_of(path):
    page = path.read_text("utf-8")
    return json.loads(page.partition('<script type="application/json" id="data">')[2].partition("</script>")[0])


def test_a_report_has_the_figures_that_are_printed_and_what_changed_since_the_run_before(tmp_path, manifest, run):
    details = tmp_path / "before.jsonl"
    details.write_text("".join(json.dumps(result.to_json()) + "\n" for result in run.results), "utf-8")
    changed = [row | {"text": GIFTS} if row["id"] == "missed-1" else row for row in ROWS]
    write_manifest(manifest, changed)
    report = tmp_path / "report.html"
    done = livewatch(
        "evaluate", manifest, "--json", "--report", report, "--before", details, "--mask", "--jobs", "1", cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"Wrote the report to {report}" in done.stderr
    data = data_of(report)
    assert data["summary"] == json.loads(done.stdout)
    assert data["masked"]
    assert {call["id"]: call["change"] for call in data["calls"] if call["change"] != "same"} == {"missed-1": "better"}
    assert data["before"]["name"] == "before.jsonl"
    assert data["before"]["gone"] == 1
    assert data["about"][""]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--mask"], 2, "--mask belongs to a report"),
        (["--report", "calls.jsonl"], 2, "calls.jsonl is read or written by the same run"),
        (["--report", "r.html", "--details", "r.html"], 2, "r.html is read or written by the same run"),
        (["--report", "r.html", "--before", "gone.jsonl"], 1, "gone.jsonl cannot be read"),
        (["--report", "no/where.html"], 1, "no/where.html cannot be written"),
        (["--report", "r.html", "--embed-audio", "-1"], 2, "--embed-audio -1 is no size"),
        (["--report", "r.html", "--embed-audio", "5", "--mask"], 2, "would say what --mask hides"),
        (["--plots", "calls.jsonl"], 1, "calls.jsonl cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_calls_are_watched(manifest, monkeypatch, arguments, code, said):
    monkeypatch.chdir(manifest.parent)
    before = manifest.read_bytes()
    options = build_parser().parse_args(["evaluate", "calls.jsonl", *arguments])
    with pytest.raises(LivewatchError, match=re.escape(said)) as raised:
        Reports(options, settings())
    assert raised.value.exit_code == code
    assert raised.value.hint
    assert manifest.read_bytes() == before


def test_tune_diff_reports_the_calls_under_both_lists(tmp_path, manifest):
    new = tmp_path / "new.toml"
    new.write_text(
        'language = "en"\nsource = "x"\n[[phrase]]\nid = "new.tea"\ncategory = "code"\nsay = ["some tea after that"]\n'
        'why = "Only said in tests."\npoints = 40\n',
        "utf-8",
    )
    report = tmp_path / "diff.html"
    done = livewatch(
        "tune", "diff", "shipped", new, manifest, "--json", "--report", report, "--jobs", "1", cwd=tmp_path
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    data = data_of(report)
    assert data["before"]["name"] == "shipped"
    assert data["settings"]["lists"] == ["new.toml"]
    changes = {call["id"]: call["change"] for call in data["calls"]}
    assert changes["missed-1"] == "better"
    assert changes["quiet-0"] == "worse"
    counts = json.loads(done.stdout)["counts"]
    assert sum(counts.values()) == sum(data["before"]["changes"][kind] for kind in ("better", "worse"))


def test_plots_are_drawn_as_svg_and_png_and_the_same_run_gives_the_same_svg(tmp_path, run):
    check_plots(tmp_path / "a" / "b")
    written = write_plots(tmp_path / "a" / "b", run)
    assert [path.stem for path in written] == ["recall", "recall", "seconds", "seconds", "phrases", "phrases"]
    for path in written:
        assert path.read_bytes().startswith(b"\x89PNG" if path.suffix == ".png" else b"<?xml")
    seconds = written[2].read_text("utf-8")
    assert "scam calls alerted, %" in seconds
    assert "\\frac" in seconds
    assert "money.gift-cards" in written[4].read_text("utf-8")
    again = write_plots(tmp_path, run)
    assert again[0].read_bytes() == written[0].read_bytes()


def test_nothing_to_plot_is_no_empty_plot(tmp_path, run):
    results = [result for result in run.results if result.call.label is Label.CAUTION]
    assert write_plots(tmp_path, replace(run, results=results, summary=Summary.of(results, []))) == []


def test_without_matplotlib_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as Python marks a module that cannot be imported
    with pytest.raises(UsageError, match=r"--plots needs matplotlib") as raised:
        check_plots(tmp_path / "plots")
    assert "livewatch[plots]" in raised.value.hint
    assert not (tmp_path / "plots").exists()
