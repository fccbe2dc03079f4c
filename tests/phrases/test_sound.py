"""Phrases found by how they sound: phones, the search against the textbook, revisions, what is proposed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.events import Hypothesis
from livewatch.phrases.book import Book
from livewatch.phrases.gist import NO_GIST
from livewatch.phrases.sound import MOST_DISTANCE, STRICT_DISTANCE, Ear, SoundIndex, pronouncer
from livewatch.phrases.sound.phones import CODE, LENGTH, PHONES, SUBSTITUTION
from livewatch.phrases.sound.search import sequences
from tests.phrases.words import final, words

OWN = """
category = "control"
[[phrase]]
id = "own.remote"
say = ["(give|allow) me [a] remote access", "remote access to (your|the) (computer|phone)"]
why = "Asks for remote access."
points = 34
[[phrase]]
id = "own.infected"
say = ["your computer is infected"]
why = "Says it is infected."
points = 25
[[phrase]]
id = "own.weak"
say = ["visit our friendly website"]
why = "Is not worth listening for twice."
points = 6
"""


def said(text):
    return [PHONES[code] for word in text.split() for code in pronouncer().word(word)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("lists") / "own.toml"
    path.write_text(OWN, "utf-8")
    loaded = Book.load([path], gist=NO_GIST).book
    return Book(
        [phrase for phrase in loaded.phrases if phrase.id.startswith("own.")], loaded.normaliser, loaded.context
    )


@pytest.fixture(scope="module")
def index(book):
    return SoundIndex(book.phrases, pronouncer())


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Remote", "R IH M OW T"),
        ("computer's,", "K AH M P Y UW T ER Z"),
        ("I.R.S.", "AY AA R EH S"),
        ("419", "F AO R W AH N N AY N"),
        ("$5", "F AY V"),
        ("zxqvwiner", "Z K S K V W IH N ER"),
        ("—", ""),
        ("", ""),
    ],
)
def test_words_are_pronounced(text, phones):
    assert [PHONES[code] for code in pronouncer().word(text)] == phones.split()


@pytest.mark.parametrize("word", ["the", "a", "zygote", "aardvark", "don't", "o'clock", "tv"])
def test_the_dictionary_is_found_from_end_to_end(word):
    assert pronouncer()._find(word)


def test_costs_are_fair():
    assert (SUBSTITUTION == SUBSTITUTION.T).all()
    assert (SUBSTITUTION.diagonal() == 0).all()
    assert ((SUBSTITUTION > 0) | np.eye(len(PHONES), dtype=bool)).all()
    assert LENGTH.min() > 0
    assert SUBSTITUTION[CODE["P"], CODE["B"]] < SUBSTITUTION[CODE["P"], CODE["K"]] < SUBSTITUTION[CODE["P"], CODE["S"]]
    assert SUBSTITUTION[CODE["IH"], CODE["IY"]] < SUBSTITUTION[CODE["IY"], CODE["AA"]]


def textbook(phrase, heard):
    """Cheapest hearing of `phrase` that ends with the last of `heard` (Sellers 1980)."""
    row = [sum(int(LENGTH[p]) for p in phrase[:n]) for n in range(len(phrase) + 1)]
    for sound in heard:
        above, row[0] = row[0], 0
        for n, phone in enumerate(phrase, 1):
            cost = min(
                above + int(SUBSTITUTION[phone, sound]),
                row[n] + int(LENGTH[sound]),
                row[n - 1] + int(LENGTH[phone]),
            )
            above, row[n] = row[n], cost
    return row[-1]


@given(st.lists(st.integers(0, len(PHONES) - 1), max_size=40))
@settings(max_examples=60)
def test_all_phrases_at_once_cost_what_each_costs_alone(index, heard):
    costs = index.start()
    for sound in heard:
        costs = index.step(costs, sound)
    expected = [textbook(spoken.phones, heard) for spoken in index._spoken]
    assert costs[index._last].tolist() == expected


def soundings(index, *hypotheses, most=MOST_DISTANCE):
    ear = Ear(index, most)
    return [sounding for hypothesis in hypotheses for sounding in ear.accept(hypothesis)]


def test_misheard_words_are_found_with_their_place(index):
    found = soundings(index, final("please allow a mirror mode access to your computer madam"))
    near, heard = min(found, key=lambda sounding: sounding.near.distance)
    assert near.spoken.phrase.id == "own.remote"
    assert near.spoken.words == ("remote", "access", "to", "your", "computer")
    assert [word.text for word in heard] == ["mirror", "mode", "access", "to", "your", "computer"]
    assert near.distance < 0.1


def test_a_phrase_over_the_end_of_an_utterance_is_found_but_not_over_a_long_pause(index):
    first, second = "I need mirror mode", "access to your computer"
    near = final(second, 1, start=words(first)[-1].end + 1_600)
    far = final(second, 1, start=words(first)[-1].end + 40_000)
    assert min(s.near.distance for s in soundings(index, final(first), near)) < 0.1
    assert not any(len(s.words) > 4 for s in soundings(index, final(first), far))


def test_other_talk_sounds_like_nothing(index):
    text = "we went to the lake with the children and it rained so we played cards and had some soup for dinner"
    assert soundings(index, final(text)) == []


def test_weak_phrases_are_not_listened_for(index):
    assert {spoken.phrase.id for spoken in index._spoken} == {"own.remote", "own.infected"}


VOCABULARY = [
    "mirror",
    "remote",
    "mode",
    "access",
    "to",
    "your",
    "computer",
    "is",
    "in",
    "infected",
    "ineffective",
    "the",
]


@given(st.lists(st.tuples(st.lists(st.sampled_from(VOCABULARY), max_size=12), st.integers(0, 12)), max_size=5))
@settings(max_examples=60)
def test_revisions_leave_no_trace(index, revisions):
    revised, clean = Ear(index, MOST_DISTANCE), Ear(index, MOST_DISTANCE)
    text = revisions[-1][0] if revisions else ["access"]
    for spoken, stable in revisions:
        row = words(spoken)
        list(revised.accept(Hypothesis(row, min(stable, len(row)), False, 0, 0)))
    for ear in (revised, clean):
        list(ear.accept(final(text)))
    assert (revised._states[-1].costs == clean._states[-1].costs).all()
    assert revised._states[-1].ends == clean._states[-1].ends


def matches(book, *hypotheses, by_sound=MOST_DISTANCE):
    spotter = book.spotter(by_sound)
    return [match for hypothesis in hypotheses for match in spotter.accept(hypothesis)]


def test_a_sounding_phrase_is_proposed_with_the_words_it_stands_for(book):
    found = matches(book, final("allow mirror mode access to your computer"))
    assert {match.how for match in found} == {"sound"}
    assert ("remote", "access", "to", "your", "computer") in {match.listed for match in found}


def test_what_is_written_is_not_proposed_as_well(book):
    found = matches(book, final("remote access to your computer"))
    assert [(match.how, match.listed) for match in found] == [("exact", ())]


def test_a_place_is_proposed_a_few_times_only(book):
    found = matches(book, final("allow mirror mode access to your computer and your computer"))
    assert 1 <= len([match for match in found if match.phrase == "own.remote"]) <= 3


def test_what_is_denied_is_not_proposed(book):
    assert matches(book, final("we will never ask for mirror mode access to your computer")) == []


def test_who_cannot_listen_again_takes_only_what_sounds_the_same(book):
    strict = matches(book, final("your computer is in effected"), by_sound=STRICT_DISTANCE)
    loose = matches(book, final("your commuter has expected it"), by_sound=STRICT_DISTANCE)
    assert [match.phrase for match in strict] == ["own.infected"]
    assert loose == []


def test_without_an_ear_nothing_is_found_by_sound(book):
    assert matches(book, final("allow mirror mode access to your computer"), by_sound=None) == []


def test_sequences_are_few_and_hold_most_alternatives():
    found = sequences("(read|tell|give) [to] me (the|that|your) (code|pin) * now")
    assert found == [
        ("read", "me", "the", "code", "now"),
        ("tell", "me", "that", "pin", "now"),
        ("give", "me", "your", "code", "now"),
    ]


@pytest.mark.parametrize("wording", ["send <money> now please", "tell me <code>", "((("])
def test_what_cannot_be_said_in_words_has_no_sequence(wording):
    assert sequences(wording) == []
