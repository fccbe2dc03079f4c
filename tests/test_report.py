"""`livewatch report`: the draft holds what the forms ask for, and goes nowhere but where the user says."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from livewatch.events import Level
from livewatch.report import Given, make_draft, to_html, to_text
from livewatch.risk.aftermath import load_guidance
from livewatch.sinks.record import CallRecord, Sentence
from tests.command import livewatch
from tests.needs import needs
from tests.sinks.events import S, a_match, an_alert

SCAM = (
    "Hello my name is Kevin from Windows support. I need remote access to your computer. "
    "You have to pay two hundred dollars with gift cards. Read me the code on your phone."
)
SCRIPTED = ("--engine", "scripted")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = '<script src="http://evil.example/x.js"></script><img src=x onerror=alert(1)>$title\x1b[2J\u202e&amp;'


@pytest.fixture
def scam(tmp_path: Path) -> Path:
    path = tmp_path / "scam.txt"
    path.write_text(SCAM)
    return path


@pytest.fixture
def record(scam: Path, tmp_path: Path) -> Path:
    """What `replay --json` writes."""
    lines = livewatch("replay", scam, *SCRIPTED, "--json").stdout
    path = tmp_path / "record.jsonl"
    path.write_text(lines)
    return path


def test_the_draft_has_every_field_of_the_forms_and_the_quotes_with_their_times(record):
    done = livewatch(
        "report", "--json", record, "--country", "us", "--number", "+1 206 555 0123", "--name", "Kevin",
        "--company", "Windows support", "--when", "2026-11-23 10:30",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for expected in (
        "Date of the call: Monday, 23 November 2026",
        "Time of the call: 10:30",
        "Telephone number of the caller: +1 206 555 0123",
        "Name the caller gave: Kevin",
        "Company or office the caller spoke for: Windows support",
        "Asks to be let into the computer or the phone",
        "“I need remote access to your computer.”",
        "two hundred dollars",
        "“Read me the code on your phone.”",
        "Did you pay or send anything?",
        "https://reportfraud.ftc.gov",
        "https://www.ic3.gov",
        "https://www.microsoft.com/reportascam",
        "Call your bank now",
    ):
        assert expected in " ".join(done.stdout.split()), expected
    assert max(map(len, done.stdout.splitlines())) <= 78


def test_a_call_is_taken_from_a_recording_a_record_or_the_history_and_says_the_same(scam, record, tmp_path):
    history = {"LIVEWATCH_HISTORY_FOLDER": str(tmp_path / "history")}
    livewatch("replay", scam, *SCRIPTED, "--history", **history)

    def asked(*arguments: str | Path) -> str:
        done = livewatch("report", *arguments, **history)
        assert done.returncode == 0, done.stderr
        return " ".join(done.stdout.split("Money,")[0].split()).partition("What the caller did:")[2]

    assert "Asks for a code, PIN or password" in asked("--json", record)
    assert asked("--json", record) == asked(record) == asked(scam, *SCRIPTED) == asked("1") == asked()


def test_nothing_is_written_unless_the_user_says_where(record, tmp_path):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    livewatch("report", record, cwd=tmp_path, HOME=str(tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    for name in ("draft.txt", "draft.html"):
        done = livewatch("report", record, "--output", name, cwd=tmp_path)
        assert done.returncode == 0
        assert done.stdout == ""
        assert "Nothing was sent" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"scam.txt", "record.jsonl", "draft.txt", "draft.html"}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "no call is kept"),
        (("7",), 2, "There is no call 7"),
        (("nowhere.wav",), 1, "nowhere.wav"),
        (("--json", "nowhere.jsonl"), 2, "nowhere.jsonl"),
        (("--json", "scam.txt"), 2, "holds no call"),
        (("record.jsonl", "--country", "atlantis"), 2, "Choose one of au, ca, de, gb, in, us, other"),
        (("record.jsonl", "--when", "yesterday"), 2, "is not a date"),
        (("record.jsonl", "--output", "draft.pdf"), 2, "--output draft.html"),
        (("record.jsonl", "--output", "no/such/draft.txt"), 1, "cannot be written"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(record, tmp_path, arguments, code, told):
    done = livewatch("report", *arguments, cwd=tmp_path, LIVEWATCH_HISTORY_FOLDER=str(tmp_path / "none"))
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_damaged_record_gives_what_is_left(record):
    record.write_bytes(record.read_bytes()[:-40] + b"\xff\xff")
    done = livewatch("report", record)
    assert done.returncode == 0
    assert "1 damaged lines" in done.stderr
    assert "remote access" in done.stdout


class Page(HTMLParser):
    """Counts what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def _hostile_page() -> str:
    heard = a_match(HOSTILE)
    record = CallRecord(
        HOSTILE, datetime(2026, 11, 23, 10, 30).astimezone(), 60 * S, Level.DANGER,
        (an_alert(title=HOSTILE, evidence=(heard,)),), (heard,), (Sentence(0, 5 * S, HOSTILE),),
    )  # fmt: skip
    return to_html(make_draft(record, load_guidance(), "US", Given(HOSTILE, HOSTILE, HOSTILE)))


def test_the_page_shows_what_was_said_and_interprets_nothing():
    page = Page(_hostile_page())
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "style")]
    assert page.text.count("<script src=") >= 4
    assert "$title" in page.text
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text
    links = [value for name, value in page.attributes if name == "href"]
    assert links
    assert all(link.startswith("https://") and "evil" not in link for link in links)


def test_the_page_can_be_read_by_a_screen_reader_and_in_the_dark():
    text = _hostile_page()
    page = Page(text)
    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == page.tags.count("main") == 1
    assert page.tags.count("tr") == page.tags.count("th") == page.attributes.count(("scope", "row"))
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("block", [0, 1])
def test_the_colours_have_a_contrast_of_7_to_1(block):
    """Every text colour on every background it stands on, by the formula of WCAG 2."""
    import re

    palette = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", _hostile_page().split(":root")[block + 1]))

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for text, ground in (("ink", "paper"), ("soft", "paper"), ("link", "paper"), ("ink", "blank")):
        bright, dim = sorted((luminance(palette[text]), luminance(palette[ground])), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 7, (text, ground)


@needs(CHROMIUM is not None, "Chromium is not installed")
def test_a_browser_shows_the_whole_page(tmp_path):
    """Parsed by a real browser, with nothing refused by the policy of the page."""
    page = tmp_path / "draft.html"
    page.write_text(_hostile_page(), "utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom", str(page)],
        capture_output=True, timeout=60, check=True, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    shown = Page(done.stdout.decode())
    assert shown.tags.count("li") == Page(page.read_text("utf-8")).tags.count("li")
    assert not {"script", "img"} & set(shown.tags)
    assert b"Refused to" not in done.stderr


def test_a_quiet_call_gives_a_draft_that_claims_nothing():
    text = to_text(make_draft(CallRecord("quiet.wav", complete=True), load_guidance()))
    assert "I received a telephone call." in text
    assert "What the caller said" not in text
    assert "What the caller did: [please fill in]" in text


def test_drafts_of_a_live_run_do_not_overwrite_each_other(tmp_path):
    from livewatch.cli.complaint import saver
    from livewatch.settings import load

    settings = load(environ={"LIVEWATCH_CONFIG": os.devnull}).settings
    said: list[str] = []
    save = saver(tmp_path / "draft.html", settings, said.append)
    heard = a_match()
    save(CallRecord("one", level=Level.DANGER, matches=(heard,)))
    save(CallRecord("quiet"))
    save(CallRecord("two", level=Level.CAUTION))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft-2.html", "draft.html"]
    assert len(said) == 2
    saver(tmp_path / "no" / "draft.txt", settings, said.append)(CallRecord("three", level=Level.DANGER))
    assert "cannot be written" in said[-1]


def test_what_the_window_saves_goes_to_the_documents_and_replaces_nothing(tmp_path, monkeypatch):
    from livewatch.cli.complaint import keeper
    from livewatch.errors import LivewatchError
    from livewatch.settings import load

    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DOCUMENTS_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    keep = keeper(load(environ={"LIVEWATCH_CONFIG": os.devnull}).settings)
    record = CallRecord("one", datetime.fromisoformat("2026-11-23T10:30+01:00"), level=Level.DANGER)
    assert keep(record) == tmp_path / "Suspicious call 2026-11-23 10.30.html"  # no folder for documents
    documents = tmp_path / "Documents"
    documents.mkdir()
    first, second = keep(record), keep(record)
    assert [path.parent for path in (first, second)] == [documents, documents]
    assert first.name != second.name
    assert "Complaint about a telephone call" in first.read_text("utf-8")
    monkeypatch.setenv("HOME", "/dev/null")
    with pytest.raises(LivewatchError, match="cannot be written"):
        keep(record)
