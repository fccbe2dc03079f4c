"""Phrases found by how they sound: phones, the search against the textbook, revisions, what is proposed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.events import Hypothesis
from livewatch.phrases.book import Book
from livewatch.phrases.gist import NO_GIST
from livewatch.phrases.sound import MOST_DISTANCE, STRICT_DISTANCE, Ear, SoundIndex, pronouncer
from livewatch.phrases.sound.align import EARNED, _Table, align
from livewatch.phrases.sound.phones import CODE, LENGTH, PHONES, SUBSTITUTION
from livewatch.phrases.sound.wording import START, sounded
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


A_PHRASE = Book.load().book.phrases[0]


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


def textbook(wording, heard):
    """Score of the best way through `wording`, at any place: the recurrence of local alignment, cell by cell."""
    table = {(START, place): 0 for place in range(len(heard) + 1)}
    for state, phone in enumerate(wording.phones):
        lost = int(LENGTH[phone])
        earned = lost * EARNED // 100
        for place in range(len(heard) + 1):
            ways = [table[one, place] + lost - earned for one in wording.before[state]]
            if place:
                sound = heard[place - 1]
                wrong = int(SUBSTITUTION[phone, sound]) - earned
                ways += [table[one, place - 1] + wrong for one in wording.before[state]]
                ways.append(table[state, place - 1] + int(LENGTH[sound]))
            table[state, place] = min(ways)
    return -min(table[state, place] for state in wording.ends for place in range(len(heard) + 1))


HEARD = st.lists(st.integers(0, len(PHONES) - 1), min_size=1, max_size=30)


@given(HEARD)
@settings(max_examples=40)
def test_a_wording_scores_as_in_the_textbook(index, heard):
    for wording in index._wordings:
        assert _Table(wording, np.asarray(heard, np.intp)).best()[2] == textbook(wording, heard)


@given(HEARD, st.integers(0, 5), st.integers(0, 12))
@settings(max_examples=60)
def test_all_wordings_at_once_find_what_each_finds_alone(index, noise, number, at):
    """With a phrase in the noise. Side by side, few phones may be lost in a row: a score is never better than alone."""
    wording = index._wordings[number % len(index)]
    said = [phone for word in ("give me remote access" if number % 2 else "your computer is infected").split()
            for phone in pronouncer().word(word)]  # fmt: skip
    heard = [*noise[:at], *said, *noise[at:]]
    states, best = index.start(), 0
    for phone in heard:
        states = index.step(states, phone)
        mine = [place for place, owner in enumerate(index._owner) if owner == number % len(index)]
        best = max(best, -int(states.costs[index._ends[mine]].min()))
    alone = max(0, textbook(wording, heard))
    assert best <= alone
    if alone > 400:
        assert best == alone


@given(HEARD, st.sampled_from(["allow me remote access", "remote access the phone", "computer is in effected"]))
@settings(max_examples=60)
def test_the_way_back_is_the_way_that_was_scored(index, noise, text):
    said = [phone for word in text.split() for phone in pronouncer().word(word)]
    for wording in index._wordings:
        fit = align(wording, [*said, *noise])
        if fit is not None:
            whole = fit.score / (EARNED / 100 - fit.distance)
            spoken = [phone for word in fit.words if word for phone in pronouncer().word(word)]
            assert whole == pytest.approx(sum(int(LENGTH[phone]) for phone in spoken), rel=0.06)  # halves are cut off
            assert 0 <= fit.first <= fit.last < len(said) + len(noise)


def unsure(hypothesis):
    """The same, had the recogniser been unsure of every word."""
    return replace(hypothesis, words=tuple(replace(word, confidence=0.3) for word in hypothesis.words))


def soundings(index, *hypotheses, most=MOST_DISTANCE):
    ear = Ear(lambda: index, pronouncer(), most)
    return [sounding for hypothesis in hypotheses for sounding in ear.accept(hypothesis)]


def best(found):
    return max(found, key=lambda sounding: sounding.score)


def test_misheard_words_are_found_with_their_place(index):
    found = best(soundings(index, unsure(final("please allow a mirror mode access to your computer madam"))))
    assert found.phrase.id == "own.remote"
    assert found.listed == ("remote", "access", "to", "your", "computer")
    assert [word.text for word in found.words] == ["mirror", "mode", "access", "to", "your", "computer"]


def test_words_the_recogniser_was_sure_of_are_not_looked_at_again(index):
    text = "please allow a mirror mode access to your computer madam"
    assert soundings(index, final(text)) == []
    one = final(text)
    doubted = [replace(word, confidence=0.3) if word.text == "mirror" else word for word in one.words]
    assert soundings(index, replace(one, words=tuple(doubted)))


def test_a_phrase_over_the_end_of_an_utterance_is_found_but_not_over_a_long_pause(index):
    first, second = "I need mirror mode", "access to your computer"
    near = unsure(final(second, 1, start=words(first)[-1].end + 1_600))
    far = unsure(final(second, 1, start=words(first)[-1].end + 40_000))
    assert len(best(soundings(index, unsure(final(first)), near)).words) == 6
    assert not any(len(found.words) > 4 for found in soundings(index, unsure(final(first)), far))


def test_other_talk_sounds_like_nothing(index):
    text = "we went to the lake with the children and it rained so we played cards and had some soup for dinner"
    assert soundings(index, unsure(final(text))) == []


def test_weak_phrases_are_not_listened_for(index):
    assert {wording.phrase.id for wording in index._wordings} == {"own.remote", "own.infected"}


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
    revised, clean = (Ear(lambda: index, pronouncer(), MOST_DISTANCE) for _ in range(2))
    text = revisions[-1][0] if revisions else ["access"]
    for spoken, stable in revisions:
        row = tuple(replace(word, confidence=0.3) for word in words(spoken))
        list(revised.accept(Hypothesis(row, min(stable, len(row)), False, 0, 0)))
    for ear in (revised, clean):
        list(ear.accept(unsure(final(text))))
    after, plain = revised._states[-1:], clean._states[-1:]
    assert [one.phones for one in revised._states] == [one.phones for one in clean._states]
    for one, other in zip(after, plain, strict=True):
        assert one.heard is not None
        assert other.heard is not None
        assert (one.heard.costs == other.heard.costs).all()


def matches(book, *hypotheses, by_sound=MOST_DISTANCE):
    spotter = book.spotter(by_sound)
    return [match for hypothesis in hypotheses for match in spotter.accept(hypothesis)]


def test_a_sounding_phrase_is_proposed_with_the_words_it_stands_for(book):
    found = matches(book, unsure(final("allow mirror mode access to your computer")))
    assert {match.how for match in found} == {"sound"}
    assert ("remote", "access", "to", "your", "computer") in {match.listed for match in found}


def test_what_is_written_is_not_proposed_as_well(book):
    found = matches(book, final("remote access to your computer"))
    assert [(match.how, match.listed) for match in found] == [("exact", ())]


def test_a_place_is_proposed_a_few_times_only(book):
    found = matches(book, unsure(final("allow mirror mode access to your computer and your computer")))
    assert 1 <= len([match for match in found if match.phrase == "own.remote"]) <= 3


def test_what_is_denied_is_not_proposed(book):
    assert matches(book, unsure(final("we will never ask for mirror mode access to your computer"))) == []


def test_who_cannot_listen_again_takes_only_what_sounds_the_same(book):
    strict = matches(book, unsure(final("your computer is in effected")), by_sound=STRICT_DISTANCE)
    loose = matches(book, unsure(final("your commuter has expected it")), by_sound=STRICT_DISTANCE)
    assert [match.phrase for match in strict] == ["own.infected"]
    assert loose == []


def test_without_an_ear_nothing_is_found_by_sound(book):
    assert matches(book, unsure(final("allow mirror mode access to your computer")), by_sound=None) == []


def ways(wording):
    """All ways through a wording, in words, "*" for a gap."""
    graph = sounded(A_PHRASE, wording, pronouncer())
    rows = {START: {()}}
    for state, before in enumerate(graph.before):
        word = (graph.words[state] or "*",) if graph.begins[state] else ()
        rows[state] = {(*way, *word) for one in before for way in rows[one]}
    return {" ".join(way) for state in graph.ends for way in rows[state]}


def test_every_way_through_a_wording_can_be_heard():
    assert ways("(read|tell) [to] me (the|that) code * now") == {
        f"{verb} {to}me {which} code {gap}now"
        for verb in ("read", "tell")
        for to in ("", "to ")
        for which in ("the", "that")
        for gap in ("", "* ")
    }


@pytest.mark.parametrize(
    ("wording", "left"), [("send <money> now please", set()), ("tell me (<code>|the pin)", {"tell me the pin"})]
)
def test_numbers_are_not_listened_for(wording, left):
    assert ways(wording) == left
