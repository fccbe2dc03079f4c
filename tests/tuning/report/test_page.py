"""The page in a real browser: its figures, its controls, its looks, and that nothing in it is more than text."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from livewatch.events import Level
from livewatch.tuning.evaluate.summary import Summary
from livewatch.tuning.report.before import Before, CallBefore
from livewatch.tuning.report.page import write_report
from tests.tuning.report.made import (
    HOSTILE,
    REMOTE,
    ROWS,
    chromium,
    needs_browser,
    settings,
    watch,
    with_recording,
    write_manifest,
)

pytestmark = needs_browser

CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE"].includes(node.tagName) || node.closest("svg")) continue;
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    seen += 1;
    const [one, other] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort();
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) poor.push([ratio.toFixed(2), walker.currentNode.data.trim().slice(0, 40)]);
  }
  return { seen, poor };
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calls")
    found = watch([write_manifest(folder / "small.jsonl", ROWS)])
    return with_recording(found, "caught-1", folder / "caught 1.wav")


@pytest.fixture(scope="module")
def report(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(path, replace(run, about={"": "23 November 2026"}))
    return path


@pytest.fixture(scope="module")
def browser():
    with chromium() as (page, trouble):
        yield page, trouble


@pytest.fixture
def page(browser, report):
    """The report, freshly opened; whatever it complains about fails the test."""
    opened, trouble = browser
    trouble.clear()
    yield show(opened, report)
    assert not trouble


def show(page: Any, path: Path | str) -> Any:
    page.goto("about:blank")
    page.goto(path if isinstance(path, str) else path.as_uri())
    page.wait_for_selector("html[data-ready]")
    return page


def until(page: Any, expression: str, seconds: float = 10.0) -> None:
    """Wait for `expression`. Playwright's own waiting is done by strings that the page's policy forbids to run."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


def texts(page: Any, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def rows(page: Any, section: str, table: int = 0) -> list[list[str]]:
    """The cells of a table, row by row."""
    cells = (
        page.locator(f"{section} table")
        .nth(table)
        .evaluate("table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText))")
    )
    return [[" ".join(cell.split()) for cell in row] for row in cells]


def ids(page: Any) -> list[str]:
    return texts(page, ".call-row .opener")


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def test_the_figures_are_those_of_the_json(page, run):
    summary = json.loads(json.dumps(run.summary.to_json()))
    inside = page.evaluate("JSON.parse(document.getElementById('data').textContent).summary")
    assert inside == summary
    caught, alarms = rows(page, "#summary", 0), rows(page, "#summary", 2)
    assert len(caught) == len(summary["recall"])
    for cells, entry in zip(caught, summary["recall"], strict=True):
        assert cells[:2] == [entry["set"], entry["label"]]
        shares = [entry["calls"], *entry["campaigns"].values(), entry["caution_or_more"]]
        for cell, share in zip(cells[2:], shares, strict=True):
            ends = f"{percent(share['low'])} to {percent(share['high'])}"
            assert cell == f"{percent(share['share'])} {ends} {round(share['count'], 1):g} of {share['of']}"
    for cells, entry in zip(alarms, summary["false_alarms"], strict=True):
        assert cells[1] == entry["level"]
        assert cells[2].startswith(percent(entry["calls"]["share"]))
        rate = entry["per_hour"]
        assert cells[3].startswith(f"{rate['rate']:.2f} {rate['low']:.2f} to" if rate["rate"] > 0.1 else "0 0 to")
        assert cells[3].endswith(f"{rate['count']} in {rate['hours']:.3f} h")
    times = rows(page, "#summary", 1)
    first = summary["recall"][0]["first_alert"]
    assert f"{first['median_s']:.1f} s" in times[0][2]
    assert "with the others: " in times[0][2]
    phrases = {cells[0].split()[0]: cells for cells in rows(page, "#phrases")}
    assert len(phrases) == len(summary["phrases"])
    for entry in summary["phrases"]:
        counts = ("hits", "calls", "scam_calls", "caution_calls", "ordinary_calls")
        assert phrases[entry["phrase"]][2:7] == [str(entry[key]) for key in counts]
    assert page.title() == f"livewatch: {summary['calls']} labelled calls"


def test_figures_that_this_page_has_never_heard_of_show_up(run, tmp_path, browser):
    class More(Summary):
        def to_json(self):
            found = super().to_json()
            for entry in found["phrases"]:
                entry["only_this_caught_it"] = 3
            share = {"count": 1, "of": 4, "share": 0.25, "low": 0.05, "high": 0.7}
            row = {"channel": "telephone", "reached": share, "hours": 1.5, "calls": ["missed-1", "<b>"]}
            return found | {"conditions": [row], "never_heard": ["one", "two"]}

    fields = {name: getattr(run.summary, name) for name in Summary.__slots__}
    path = tmp_path / "more.html"
    write_report(path, replace(run, summary=More(**fields)))
    page = show(browser[0], path)
    assert "Only this caught it" in [head.split(" ↕")[0].strip() for head in texts(page, "#phrases thead th")]
    place = texts(page, "#summary caption").index(
        "Conditions By what the manifests say of the calls, and by recogniser."
    )
    assert rows(page, "#summary", place) == [["telephone", "25.0 % 5.0 % to 70.0 % 1 of 4", "1.5", "2"]]
    assert texts(page, ".silent summary") == ["2 phrases of the lists were never heard"]


def test_the_worst_calls_come_first_and_headings_sort(page):
    assert ids(page)[:2] == ["missed-1", "false-alarm"]
    heading = page.get_by_role("button", name="Length")
    heading.click()
    assert page.locator("#calls th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert ids(page)[:2] == ["quiet-4", "quiet-3"]
    heading.click()
    assert ids(page)[-1] == "quiet-4"
    page.locator("#phrases").get_by_role("button", name="Phrase", exact=True).click()
    names = [cells[0].split()[0] for cells in rows(page, "#phrases")]
    assert names == sorted(names)


def test_filters_and_search(page):
    page.get_by_label("Outcome").select_option("wrong")
    assert ids(page) == ["missed-1", "false-alarm"]
    assert texts(page, "#calls .count") == [f"2 of {len(ROWS)} calls"]
    page.get_by_label("Outcome").select_option("")
    page.locator("#calls").get_by_label("Label").select_option("caution")
    assert ids(page) == ["warned"]
    page.locator("#calls").get_by_label("Label").select_option("")
    page.get_by_label("Search id, campaign").fill("REMOTE access")
    until(page, "document.querySelectorAll('.call-row').length === 2")
    assert set(ids(page)) == {"caught-1", "caught-2"}
    page.get_by_label("Search phrase").fill("gift")
    until(page, "document.querySelectorAll('#phrases tbody tr').length === 1")
    assert rows(page, "#phrases")[0][0].startswith("money.gift-cards")


def test_the_hits_of_a_phrase_lead_to_its_calls(page):
    row = page.locator("#phrases tbody tr", has_text="money.gift-cards")
    row.get_by_role("button").click()
    assert set(ids(page)) == {"caught-1", "caught-2", "false-alarm"}
    page.get_by_role("button", name="Show all calls").click()
    assert len(ids(page)) == len(ROWS)


def test_a_call_opens_with_its_timeline_hits_and_words(page, run):
    page.get_by_role("button", name="caught-2").click()
    call = page.locator(".inside .call")
    result = next(one for one in run.results if one.call.id == "caught-2")
    label = call.locator(".timeline svg").get_attribute("aria-label")
    assert f"danger at 00:{result.first_danger // 16000:02}" in label
    assert call.locator(".step-danger").count() >= 1
    heard = call.locator("tbody tr", has_text="control.remote-access").locator("q").inner_text()
    assert heard == "need remote access"
    assert "need remote access" in " ".join(texts(page, ".words mark"))
    assert texts(page, ".words .side")[:2] == ["caller", "me"]
    address = page.url
    page.get_by_role("button", name="caught-2").click()
    assert not page.locator(".inside").count()
    assert page.url != address
    show(page, address)
    assert page.locator(".call-row.opened .opener").inner_text() == "caught-2", "the address names the call"


def test_a_recording_plays_from_a_hit(page):
    page.get_by_role("button", name="caught-1").click()
    audio = page.locator("audio")
    assert audio.get_attribute("src").endswith("/caught%201.wav")
    assert audio.get_attribute("preload") == "none"
    page.locator(".inside tbody tr", has_text="control.remote-access").get_by_role("button").click()
    until(page, "document.querySelector('audio').currentTime > 0.1")
    start = page.evaluate("document.querySelector('audio').currentTime")
    assert 2 < start < 8  # "need remote access" is said at 3.3 s
    until(page, "!document.querySelector('.playhead').hasAttribute('visibility')")
    page.evaluate("document.querySelector('audio').pause()")


def test_a_recording_that_is_gone_is_said_to_be_and_one_inside_plays_without_its_file(run, tmp_path, browser):
    browser[1].clear()
    found = with_recording(run, "caught-2", tmp_path / "one.wav", seconds=2)
    path = tmp_path / "inside.html"
    write_report(path, found, embed_audio_mb=0.1)
    (tmp_path / "one.wav").unlink()
    page = show(browser[0], path)
    assert "1 recordings are not inside" in " ".join(texts(page, "#notices"))
    page.get_by_role("button", name="caught-2").click()
    page.locator(".inside").get_by_role("button", name="hit 1", exact=False).first.click()
    until(page, "document.querySelector('audio').duration > 1.9")
    assert page.evaluate("document.querySelector('audio').src.startsWith('data:audio/wav')")
    write_report(path, found)
    page = show(browser[0], path)
    page.get_by_role("button", name="caught-2").click()
    page.locator(".inside").get_by_role("button", name="hit 1", exact=False).first.click()
    until(page, "document.querySelector('.call [role=status]').textContent.includes('cannot be played')")
    assert browser[1] == ["console: Failed to load resource: net::ERR_FILE_NOT_FOUND"]


def test_the_curve_marks_the_setting_and_follows_the_slider(page):
    page.locator("#curve").scroll_into_view_if_needed()
    slider = page.get_by_role("slider")
    slider.wait_for()
    assert "set: 30 points" in page.locator("#curve svg").inner_html()
    reading = page.locator("#curve output")
    assert "Danger from 30 points (as it is set): 66.7 % caught, 2 of 3" in reading.inner_text()
    slider.focus()
    page.keyboard.press("Home")
    assert "Danger from 5 points:" in reading.inner_text()
    assert slider.get_attribute("aria-valuetext") == page.evaluate(
        "document.querySelector('#curve output').textContent"
    )
    page.get_by_label("Level", exact=True).select_option("caution")
    assert "Caution from 20 points (as it is set): 66.7 % caught" in reading.inner_text()
    page.get_by_text("All figures of the curve").click()
    assert ["20 (set)", "2 of 3"] in [row[:2] for row in rows(page, "#curve")]


def test_everything_works_from_the_keyboard_and_shows_where_it_is(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the calls"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "opener":
            break
    style = page.evaluate(
        "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
    )
    assert style == "solid3px"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    page.keyboard.press("Enter")
    assert not page.locator(".inside").count()
    page.get_by_role("button", name="Length").focus()
    page.keyboard.press("Space")
    assert page.locator("#calls th[aria-sort]").count() == 1


def test_landmarks_headings_and_names(page):
    page.locator("#curve").scroll_into_view_if_needed()
    page.get_by_role("slider").wait_for()
    page.get_by_role("button", name="caught-2").click()
    assert page.locator("html").get_attribute("lang") == "en"
    for role in ("banner", "navigation", "main"):
        assert page.get_by_role(role).count() == 1
    levels = [int(tag[1]) for tag in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => one.tagName)")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in page.locator("table").all():
        assert table.locator("> caption").count() or table.get_attribute("aria-labelledby")
    for field in page.locator("input, select").all():
        assert field.evaluate("one => one.labels.length") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(report, browser, scheme):
    page = browser[0]
    page.emulate_media(color_scheme=scheme)
    show(page, report).get_by_role("button", name="missed-1").click()
    page.get_by_role("button", name="caught-2").click()
    found = page.evaluate(CONTRAST)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="light")
    assert found["seen"] > 100
    assert not found["poor"]
    assert ground == ("rgb(28, 30, 32)" if scheme == "dark" else "rgb(246, 246, 243)")


def test_on_a_narrow_screen_nothing_but_tables_is_wider_than_it(page):
    page.set_viewport_size({"width": 400, "height": 800})
    page.get_by_role("button", name="caught-2").click()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert width == 400


def test_paper_shows_what_matters_and_the_screen_is_as_before(page):
    page.evaluate("""() => {
      const rows = () => [...document.querySelectorAll(".call-row")];
      const name = (row) => row.querySelector(".opener").textContent;
      addEventListener("afterprint", () => { window.printed = document.querySelectorAll(".inside").length; });
      addEventListener("beforeprint", () => {
        window.paper = rows().filter((row) => !row.classList.contains("screen-only"))
          .map((row) => [name(row), row.classList.contains("opened")]);
      });
    }""")
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) >= 2
    assert page.evaluate("window.paper") == [["missed-1", True], ["false-alarm", True]]
    assert page.evaluate("window.printed") == 0
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert page.locator("#curve svg").count() == 1, "drawn for paper even if nobody has scrolled to it"
    page.emulate_media(media="screen")


def test_nothing_hostile_is_more_than_text(tmp_path, browser):
    page, trouble = browser
    trouble.clear()
    hostile = [
        {"id": HOSTILE, "label": "scam", "campaign": HOSTILE, "text": f"{REMOTE} {HOSTILE}", "source": HOSTILE},
        {"id": "long" * 2000, "label": "ordinary", "text": "x" * 5000, "source": "b"},
    ]
    lists = tmp_path / "evil.toml"
    lists.write_text(
        f'language = "en"\nsource = "x"\n[[phrase]]\nid = "evil.one"\ncategory = "code"\nsay = ["rained all day"]\n'
        f"why = {json.dumps(HOSTILE.replace(chr(0x202E), ''))}\npoints = 40\n",
        "utf-8",
    )
    found = watch(
        [write_manifest(tmp_path / "<img src=x onerror=alert(1)>.jsonl", [*hostile, *ROWS])],
        settings(lists),
    )
    nothing = CallBefore(Level.NONE, None, None, ())
    found = replace(found, before=Before(HOSTILE, {HOSTILE: nothing}), about={HOSTILE: HOSTILE})
    path = tmp_path / "evil.html"
    write_report(path, found)
    show(page, path)
    for opener in page.locator(".opener").all():
        opener.click()
    page.pdf()
    shown = page.evaluate("document.body.innerText")
    assert (
        '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2"><!--<script>$title${data}'
        in shown
    )
    assert page.evaluate("window.hacked") is None
    assert page.locator("img, iframe, object, embed, link, body style").count() == 0
    assert page.locator("script").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert not trouble


def test_the_policy_lets_nothing_out(page, browser):
    blocked = page.evaluate("""async () => {
      const found = [];
      document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
      new Image().src = "http://127.0.0.1:9/x";
      await fetch("http://127.0.0.1:9/x").catch(() => {});
      const audio = new Audio("http://127.0.0.1:9/x.wav");
      audio.load();
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
      await new Promise((done) => setTimeout(done, 100));
      return [found.sort(), window.hacked];
    }""")
    browser[1].clear()  # the browser says what it has blocked
    assert blocked == [["connect-src", "img-src", "media-src", "script-src-elem"], None]


def test_two_thousand_calls_open_and_only_the_first_rows_are_built(run, tmp_path, browser):
    many = [
        replace(result, call=replace(result.call, id=f"{result.call.id}-{number}"))
        for number in range(2000 // len(ROWS))
        for result in run.results
    ]
    path = tmp_path / "many.html"
    write_report(path, replace(run, results=many, summary=Summary.of(many, [])))
    page = show(browser[0], path)
    assert page.locator(".call-row").count() == 100
    assert texts(page, "#calls .count") == ["2,000 calls"]
    assert page.evaluate("performance.now()") < 10_000  # benchmarks/report_open.py measures it; this is a net
    page.locator("#calls .more").scroll_into_view_if_needed()
    until(page, "document.querySelectorAll('.call-row').length >= 200")
    show(page, path.as_uri() + "#call=quiet-4-199")
    assert page.locator(".call-row.opened .opener").inner_text() == "quiet-4-199"
