"""Rehearsal with real voices and the real recogniser: what is said comes back, and nothing is left behind."""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from livewatch.phrases.book import Book
from livewatch.phrases.own import with_wordings
from livewatch.phrases.phrase import Phrase, read_phrase
from livewatch.phrases.reading import Entry
from livewatch.tuning.rehearse.heard import before, words_of
from livewatch.tuning.rehearse.line import Line
from livewatch.tuning.rehearse.rehearse import Heard, forms, plan
from livewatch.tuning.rehearse.variants import outcomes, variants
from livewatch.tuning.rehearse.voices import Voice, installed, speak
from tests.command import livewatch
from tests.needs import needs

VOICES = [needs(shutil.which(program) is not None, f"{program} is not installed") for program in ("flite", "espeak-ng")]


@pytest.fixture(scope="module")
def book() -> Book:
    return Book.load().book


def phrase(book: Book, say: str, points: float = 10) -> Phrase:
    values = {"id": "own.x", "category": "code", "say": [say], "why": "For the test.", "points": points}
    made, _, problems = read_phrase(Entry("PHRASE", 1, values), {}, None, book.normaliser)
    assert made is not None, problems
    return made


def heard(text: str, how: str, words: str = "read me the code") -> Heard:
    (trial, *_) = plan([words], [Voice("flite", "slt")])
    return Heard(trial, text, how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "program", [pytest.param("flite", marks=VOICES[0]), pytest.param("espeak-ng", marks=VOICES[1])]
)
def test_each_program_speaks_faster_and_slower_and_its_line_is_narrow(program: str):
    voice = next(one for one in installed() if one.program == program)
    slow, fast = (speak(voice, "tell me the code", pace) for pace in (0.85, 1.25))
    assert len(slow) > 1.2 * len(fast)
    samples = np.concatenate([chunk.samples for chunk in Line("call", slow, seed=1)]).astype(float)
    power = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 16_000)
    assert power[(hertz > 300) & (hertz < 3400)].sum() > 0.99 * power.sum()


def test_what_was_said_after_the_phrase_is_taken_off():
    tail = words_of("because we have to finish this today")
    said = words_of("read me the code")
    cases = {
        "Bread me the coat because we have to finish this today.": "bread me the coat",
        "read me the code because of after finish today": "read me the code",
        "Read me, the code 'cause we have finished": "read me the code",
        "because we have to finish this today": "",
        "": "",
    }
    assert {text: " ".join(before(said, tail, words_of(text))) for text in cases} == cases
    assert before(said, [], words_of("it's $1,500, or code 12.")) == ["it's", "$1,500", "or", "code", "12"]


def test_forms_are_spread_over_all_ways_of_saying_a_wording():
    assert forms("(read|tell) me [the] (code|pin)") == ["read me the code", "read me pin", "tell me code"]
    assert forms("pay * now") == ["pay now"]


def test_mis_hearings_are_offered_unless_they_are_said_in_ordinary_talk(book: Book):
    found = outcomes(
        [
            *[heard("read me the code", "exact")] * 3,
            *[heard("bread me the coat", "not")] * 2,
            *[heard("let me know", "not")] * 2,
            *[heard("reading", "not")] * 2,
            *[heard("and then he said read me the code of conduct", "not")] * 2,
            heard("rent me the coat", "not"),
            heard("red me the code", "sound"),
            heard("", "not"),
        ]
    )
    assert [(one.text, one.exact, one.sound, one.missed) for one in found[:2]] == [
        ("read me the code", 3, 0, 0),
        ("bread me the coat", 0, 0, 2),
    ]
    judged = {
        one.wording: one.objection for one in variants(found, phrase(book, "read me the code", 25), book.normaliser)
    }
    assert judged.pop("bread me the coat") == ""
    assert "ordinary talk" in judged.pop("let me know")
    assert judged == {
        "reading": "It is much longer or shorter than what was said.",
        "and then he said read me the code of conduct": "It is much longer or shorter than what was said.",
        "rent me the coat": "It came back only once.",
    }


def test_wordings_go_to_the_phrase_of_the_users_list_and_its_comments_stay():
    entry = '# mine\n[[phrase]]\nid = "own.a"  # the first\nsay = ["one two"] # here\n'
    text = entry + '\n[[phrase]]\nid = "code.read-back"\npoints = 5\n'
    changed = with_wordings(text, "own.a", ["one too", "one two"])
    assert changed is not None
    assert tomllib.loads(changed)["phrase"][0] == {"id": "own.a", "say": ["one two", "one too"]}
    assert "# mine" in changed
    assert "# the first" in changed
    assert with_wordings(text, "code.read-back", ["x y"]) is None


@VOICES[0]
def test_a_phrase_is_rehearsed_and_nothing_is_left_behind(tmp_path: Path):
    (tmp_path / "tmp").mkdir()
    home = {"LIVEWATCH_CONFIG": str(tmp_path / "config.toml"), "TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "config.toml").touch()
    done = livewatch("phrases", "rehearse", "arrest warrant", "--seconds", "1", "--json", cwd=tmp_path / "tmp", **home)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    summary = rows[-1]
    assert summary["event"] == "summary"
    assert 1 <= summary["trials"] == summary["exact"] + summary["sound"] + summary["missed"]
    assert summary["known"]
    assert not [*(tmp_path / "tmp").iterdir()]


def test_without_a_voice_one_sentence_says_what_to_install(tmp_path: Path):
    done = livewatch("phrases", "rehearse", "arrest warrant", PATH=os.fspath(tmp_path))
    assert done.returncode == 1
    assert "no voice" in done.stderr
    assert "apt install flite espeak-ng" in done.stderr


def test_a_phrase_with_a_mistake_is_told():
    assert '"(" is not closed' in livewatch("phrases", "rehearse", "arrest (warrant").stderr


def test_what_is_lacking_for_add_is_told_before_anything_is_said():
    assert livewatch("phrases", "rehearse", "arrest warrant", "--add").returncode == 2
    assert livewatch("phrases", "rehearse", "arrest warrant", "--add", "1", "--category", "treat").returncode == 2
    assert livewatch("phrases", "rehearse", "arrest warrant", "--add", "one").returncode == 2
