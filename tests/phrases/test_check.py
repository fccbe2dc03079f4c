"""Each finding has a list that brings it up and one, as near as can be, that does not."""

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.errors import PhraseError
from livewatch.phrases import book
from livewatch.phrases.book import Book
from livewatch.phrases.check import Checked, Finding, check
from livewatch.phrases.check.estimate import hits_per_hour
from livewatch.phrases.check.measured import Measured, digest, shipped
from livewatch.phrases.language import parse
from livewatch.phrases.matcher import Matcher

PHRASE = """[[phrase]]
id = "own.{id}"
category = "{category}"
say = [
  "{say}",
]
why = "W."
points = {points}
"""


def phrase(say: str, **values: object) -> str:
    given = {"id": "one", "category": "other", "points": 12, "say": say} | values
    extra = "".join(
        f"{key} = {value}\n" for key, value in given.items() if key not in ("id", "category", "points", "say")
    )
    return PHRASE.format(**given) + extra


def checked(tmp_path: Path, text: str | bytes, measured: Measured | None = None) -> Checked:
    path = tmp_path / "own.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check([path], measured=measured)


def kinds(tmp_path: Path, text: str | bytes) -> list[str]:
    return [finding.kind for finding in checked(tmp_path, text).findings]


GOOD = phrase("the blue barn is burning")
TWO = phrase("the blue barn is burning", id="two")


@pytest.fixture(autouse=True)
def few_shipped_lists(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside one shipped list only: with all of them each check takes a second."""
    if "shipped" not in request.node.name:
        every = book._shipped
        monkeypatch.setattr(book, "_shipped", lambda languages: list(every(languages))[:1])


@pytest.mark.parametrize(
    ("kind", "severity", "bad", "good"),
    [
        ("too-short", "warning", phrase("please wait"), phrase("please wait outside")),
        ("too-short", "warning", phrase("wallaby okay", points=1), phrase("wallaby okay burrow", points=1)),
        ("too-common", "warning", phrase("right now", points=15), phrase("right now", points=4)),
        ("too-common", "warning", phrase("going to", points=15), phrase("going to (burgle|plunder)", points=15)),
        ("vocabulary", "warning", phrase("open the zorblatt panel"), phrase("open the control panel")),
        ("homoglyph", "warning", phrase("the blue b\u0430rn is burning"), GOOD),
        ("homoglyph", "warning", phrase("the blue barn \u03bff doom"), phrase("the caf\u00e9 barn of doom")),
        ("expands", "note", phrase("(a|b|c|d|e|f|g|h|i) " * 4 + "barns"), phrase("(a|b|c|d|e|f|g|h|i) " * 3 + "barns")),
        ("no-points", "note", phrase("the blue barn is burning", points=0), GOOD),
        (
            "duplicate", "warning",
            phrase('(red|blue) barn fire",\n  "(blue|red) barns fire'),
            phrase('(red|blue) barn fire",\n  "(blue|red) barn fires today'),
        ),
        ("duplicate", "warning", GOOD + TWO, GOOD + phrase("the red barn is lost", id="two")),
        ("duplicate", "error", GOOD + phrase("another barn is gone"), GOOD + phrase("another barn is gone", id="two")),
        ("shadowed", "warning", phrase('blue barn",\n  "the blue barn is burning'),
         phrase('blue barn is",\n  "the blue barn was burning')),
        ("shadowed", "warning", phrase('blue * barn",\n  "blue old barn'), phrase('blue * barn",\n  "barn of blue')),
        ("shadowed", "warning", phrase("blue barn") + TWO,
         phrase("blue barn") + phrase("the blue barn is burning", id="two", category="threat")),
        ("shadowed", "warning", phrase("blue barn") + TWO,
         phrase("blue barn", unless='["paint"]') + TWO),
        ("shadowed", "warning", phrase("blue barn") + TWO,
         phrase("blue barn", points=3) + TWO),
        ("unreachable", "warning", phrase("[we will never] burn your barn"), phrase("we will never burn your barn")),
        ("unreachable", "warning", phrase("[paint] the blue barn", unless='["paint"]'),
         phrase("the blue barn", unless='["paint"]')),
        ("unusable", "error", phrase("the (blue barn"), phrase("the (blue|red) barn")),
        ("unusable", "error", phrase("((((((blue)))))) barn"), phrase("(((blue))) barn")),
        ("unusable", "error", phrase("blue * * barn"), phrase("blue * barn")),
        ("unusable", "error", phrase("blue * a * b * c * barn"), phrase("blue * a * b * barn")),
        ("unusable", "error", phrase("blue near:5000 barn"), GOOD),
        ("unusable", "error", phrase("barn"), GOOD),
        ("unusable", "error", phrase("the blue barn", category="oter"), GOOD),
        ("unusable", "error", GOOD.encode().replace(b"W.", b"\xff\xfe."), GOOD),
        ("unusable", "error", GOOD.replace("W.", "\\u001b[2J"), GOOD),
        ("control", "warning", "# \u202eeurt\n" + GOOD, "# true\n" + GOOD),
        ("control", "warning", "# \u200b\n" + GOOD, "#\ttrue\n" + GOOD),
        ("bom", "note", b"\xef\xbb\xbf" + GOOD.encode(), GOOD),
        ("line-ends", "note", GOOD.replace("\n", "\r\n", 2), GOOD.replace("\n", "\r\n")),
        ("line-ends", "warning", "# one\r# two\n" + GOOD, "# one\r\n# two\r\n" + GOOD.replace("\n", "\r\n")),
    ],
)  # fmt: skip
def test_a_finding_comes_up_where_it_should_and_not_beside_it(
    tmp_path: Path, kind: str, severity: str, bad: str | bytes, good: str | bytes
) -> None:
    found = [(one.kind, one.severity) for one in checked(tmp_path, bad).findings]
    assert (kind, severity) in found
    assert (kind, severity) not in [(one.kind, one.severity) for one in checked(tmp_path, good).findings]


def test_a_good_list_has_no_findings(tmp_path: Path) -> None:
    result = checked(tmp_path, GOOD + phrase("your (old|new) barn was struck by lightning", id="two"))
    assert result.findings == ()
    assert result.phrases == 2
    assert [(line.line, line.wording) for line in result.lines] == [
        (5, "the blue barn is burning"),
        (13, "your (old|new) barn was struck by lightning"),
    ]


def test_a_finding_names_file_line_cause_and_what_to_write(tmp_path: Path) -> None:
    text = "# mine\n\n" + phrase("the blue barn is burning") + phrase("the blue b\u0430rn", id="two")
    (finding,) = [one for one in checked(tmp_path, text).findings if one.kind == "homoglyph"]
    assert (finding.file, finding.line, finding.phrase) == (str(tmp_path / "own.toml"), 15, "own.two")
    assert "CYRILLIC SMALL LETTER A (U+0430)" in finding.message
    assert finding.instead == 'Write "barn" in Latin letters.'
    assert str(finding).startswith(f"{finding.file}:15: homoglyph: ")


def test_the_line_of_a_wording_is_its_own_even_where_it_is_part_of_another(tmp_path: Path) -> None:
    text = phrase('a zorblatt barn door",\n  "a zorblatt barn')
    assert [line.line for line in checked(tmp_path, text).lines] == [5, 6]


def test_a_denial_that_must_be_said_belongs_to_the_phrase(tmp_path: Path) -> None:
    assert "unreachable" not in kinds(tmp_path, phrase("do not paint the barn"))


def test_an_unreachable_wording_names_the_words_that_cancel_it(tmp_path: Path) -> None:
    (finding,) = [
        one for one in checked(tmp_path, phrase("[we will never] burn your barn")).findings if one.kind == "unreachable"
    ]
    assert '"never" (denied)' in finding.message
    assert "sometimes" in finding.message


def test_counts_take_the_place_of_estimates(tmp_path: Path) -> None:
    text = phrase("the blue barn is burning", points=20)
    loaded = Book.load([tmp_path / "own.toml"]) if (tmp_path / "own.toml").write_text(text) else None
    assert loaded is not None
    wording = loaded.book.phrases[-1]
    often = Measured(10.0, 100, {digest(wording, wording.say[0]): 40})
    result = checked(tmp_path, text, often)
    assert [finding.kind for finding in result.findings] == ["too-common"]
    assert (result.lines[0].hits, result.lines[0].per_hour, result.lines[0].rate) == (40, 4.0, "4/h (40 in 10 h)")
    rare = checked(tmp_path, text, Measured(10.0, 100, {digest(wording, wording.say[0]): 0}))
    assert rare.findings == ()
    assert rare.lines[0].rate == "0 in 10 h"


def test_a_changed_wording_has_no_count() -> None:
    one = Book.load().book.phrases[0]
    assert digest(one, one.say[0]) != digest(one, one.say[0] + " now")
    assert digest(one, one.say[0]) == digest(one, one.say[0])


def test_the_shipped_counts_are_of_hours_of_calls_and_of_shipped_wordings() -> None:
    measured = shipped(["en"])
    assert measured.hours > 60
    assert measured.calls > 1_000
    known = [digest(one, wording) in measured.hits for one in Book.load().book.phrases for wording in one.say]
    assert sum(known) > len(known) / 3  # lists change; every count that is left must be of what stands there


@pytest.mark.parametrize(
    ("oftener", "rarer"),
    [
        ("right now", "gift card numbers"),
        ("read me", "read me the code"),
        ("(move|send|give) money", "move money"),
        ("move * money", "move money"),
        ("call <number>", "call <code>"),
    ],
)
def test_the_estimate_follows_what_is_said(normaliser, oftener: str, rarer: str) -> None:
    assert hits_per_hour(parse(oftener), normaliser) > hits_per_hour(parse(rarer), normaliser) > 0


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PhraseError):
        check([tmp_path / "gone.toml"])


def test_the_shipped_lists_are_checked_when_no_file_is_given() -> None:
    result = check()
    assert {line.file.split("/")[0] for line in result.lines} == {"en"}
    assert not [finding for finding in result.findings if finding.kind in ("homoglyph", "control", "bom", "line-ends")]


WORDS = [
    first + last
    for first in ("bar", "cor", "fen", "gol", "hil", "jad", "kel", "lum")
    for last in ("n", "den", "ter", "ow")
]


def test_the_work_grows_with_the_length_of_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[str] = Counter()
    find = Matcher.find
    monkeypatch.setattr(Matcher, "find", lambda self, tokens: seen.update(tokens=len(tokens)) or find(self, tokens))
    work = []
    for size in (200, 400):
        seen.clear()
        rows = (f"{WORDS[n % 32]} {WORDS[n // 32 % 32]} the {WORDS[n * 7 % 32]} barn{n}" for n in range(size))
        checked(tmp_path, "".join(phrase(row, id=f"p{n}") for n, row in enumerate(rows)))
        work.append(seen["tokens"])
    assert work[1] <= 2.2 * work[0]


def test_a_hundred_thousand_lines_take_seconds(tmp_path: Path) -> None:
    rows = (f"{WORDS[n % 32]} {WORDS[n // 32 % 32]} the {WORDS[n * 7 % 32]} barn{n}" for n in range(12_600))
    text = "".join(phrase(row, id=f"p{n}") for n, row in enumerate(rows))
    assert text.count("\n") > 100_000
    start = time.process_time()
    result = checked(tmp_path, text)
    assert time.process_time() - start < 40  # 9 s on two busy cores; half the lines took half of it
    assert result.phrases == 12_600


PIECES = st.sampled_from([
    "[[phrase]]\n", 'id = "own.x"\n', 'category = "other"\n', 'why = "W."\n', "points = 5\n", "points = nan\n",
    'say = ["blue barn", "blue * barn"]\n', 'say = ["(blue [red|(a|b)] barn"]\n', 'unless = ["[never] barn"]\n',
    'say = ["[never] blue barn [never] (a|b) <money>"]\n', "enabled = false\n", "[phrase]\n", "\ufeff", "\r", "\x00",
    "]]", '"',
    'say = ["' + "(a|b) " * 40 + '"]\n', "# \u202e\n", 'not_before = ["* *"]\n', "\\u0000", "=", "{", "\ud800",
])  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=14))
def test_whatever_stands_in_a_file_only_findings_come_of_it(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    text = "".join(pieces).encode("utf-8", "surrogatepass")
    result = checked(tmp_path_factory.mktemp("fuzz"), text)
    assert all(isinstance(finding, Finding) and finding.message and finding.line >= 1 for finding in result.findings)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_a_file_holds_only_findings_come_of_it(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    lines = max(1, raw.count(b"\n") + raw.count(b"\r") + 1)
    assert all(1 <= finding.line <= lines for finding in checked(tmp_path_factory.mktemp("fuzz"), raw).findings)
