"""Words, matches and judge together, on short calls and on shared material where it is at hand."""

import json
import random
import re
import tomllib
from pathlib import Path

import pytest

from livewatch.events import Level
from livewatch.phrases.book import Book
from livewatch.risk.judge import Judge, load_rules
from tests.phrases.words import hear

SHARED = Path(__file__).parents[3] / "shared"
BOOK = Book.load().book
RULES = load_rules()
INVENTED = tomllib.loads((Path(__file__).parent / "calls-en.toml").read_text("utf-8"))

ROBOCALL = """This is an important call about legal enforcement action that will be executed under your social security
number for suspicious and fraudulent activities. The court has issued an arrest warrant in your name. You have to appear
before a magistrate judge or grand jury for a federal criminal offense. This is our final attempt to reach you. For more
information press 1 and hold the line."""


def level(*utterances: str) -> Level:
    judge = Judge(RULES)
    reached = [event.level for match in hear(BOOK.spotter(), utterances, 6_000) for event in judge.accept(match)]
    return max(reached, key=lambda one: one.rank, default=Level.NONE)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_court_robocall_is_dangerous_even_when_words_are_misheard(share: float) -> None:
    rng = random.Random(11)
    said = ROBOCALL.split()
    heard = [" ".join(word if rng.random() > share else "mumble" for word in said) for _ in range(50)]
    dangers = sum(level(text) is Level.DANGER for text in heard)
    assert dangers >= {0.1: 50, 0.2: 45, 0.3: 35}[share]


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (Level.CAUTION, "Hello, this is Mark from your bank. We need to verify something on your account."),
        (Level.CAUTION, "This is the fraud department. We have noticed suspicious activity on your account."),
        (Level.DANGER, "I am from Microsoft. Your computer is infected. Please give me remote access."),
        (Level.DANGER, "I'm from your bank. Read me the six digit code we just sent."),
        (Level.DANGER, "You owe taxes. If you do not pay today the police will come. Buy some gift cards for me."),
        (Level.NONE, "This is your dentist. You have an appointment on Thursday. Please bring your insurance card."),
        (Level.NONE, "Your bank here. We will never ask for your PIN. If anyone asks you to move your money, hang up."),
    ],
)  # fmt: skip
def test_a_short_call_gets_its_level(expected: Level, said: str) -> None:
    assert level(*re.split(r"(?<=[.?!]) ", said)) is expected


KNOWN = {
    "Love, don't tell your sister, but I'm planning a surprise party for her birthday. Keep it between us.": (
        "the exception of 'keep it between us' does not reach into the sentence before; caution, not danger"
    ),
}
"""Wrong, and why: by itself it is not told apart"""


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        pytest.param(Level(name), said, marks=pytest.mark.xfail(reason=KNOWN[said], strict=True))
        if said in KNOWN
        else (Level(name), said)
        for name, calls in INVENTED.items()
        for said in calls
    ],
)
def test_an_invented_call_gets_its_level(expected: Level, said: str) -> None:
    assert level(*re.split(r"(?<=[.?!]) ", said)) is expected


@pytest.mark.skipif(not SHARED.exists(), reason="the shared calls are not at hand")
@pytest.mark.parametrize(
    ("file", "step", "label", "reached", "at_least", "at_most"),
    [
        ("corpus/short_calls.jsonl", 1, "scam", Level.DANGER, 16, 99),
        ("corpus/short_calls.jsonl", 1, "ordinary", Level.DANGER, 0, 0),
        ("corpus/scam_calls.jsonl", 4, "scam", Level.DANGER, 55, 999),
        ("corpus/everyday.jsonl", 8, "ordinary", Level.DANGER, 0, 1),
        ("corpus/business.jsonl", 8, "ordinary", Level.DANGER, 0, 1),
        ("corpus/talk.jsonl", 40, "ordinary", Level.DANGER, 0, 1),
    ],
)
def test_shared_calls(  # noqa: PLR0917
    file: str, step: int, label: str, reached: Level, at_least: int, at_most: int
) -> None:
    rows = [json.loads(line) for line in (SHARED / file).read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows if row["label"] == label][::step]
    count = sum(level(*re.split(r"(?<=[.?!])\s+", text.strip())) is reached for text in texts)
    assert at_least <= count <= at_most
