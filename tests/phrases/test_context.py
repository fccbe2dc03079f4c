"""Pairs: the same request, made of the listener and not made of the listener."""

import pytest

from livewatch.phrases.book import Book
from tests.phrases.words import spot


@pytest.mark.parametrize(
    ("asked", "not_asked"),
    [
        ("Tell me your PIN.", "We will never say tell me your PIN."),
        ("Now read me the code.", "Do not read me the code."),
        ("Please tell me your PIN.", "The bank would never say tell me your PIN."),
        ("Read me the code you received.", "He told me, read me the code, something like that."),
        ("You have to buy some gift cards.", "If anyone asks you to buy some gift cards, hang up."),
        ("Give me remote access to your computer.", "Somebody called and said give me remote access to your computer."),
        ("Please download AnyDesk.", "You should not download AnyDesk."),
        ("Please download AnyDesk.", "Beware of scammers, they will say download AnyDesk."),
        ("Move all of your money today.", "They were asking to move all of your money."),
        ("Confirm your card PIN.", "I heard on the news they say confirm your card PIN."),
        ("Share your screen with me.", "No bank will say share your screen with me."),
        ("There is a warrant for your arrest.", "There is a warrant for your arrest is a scam."),
        ("Give me the one time code.", "Never give the one time code."),
        ("You will be arrested.", "I got a call saying you will be arrested."),
    ],
)
def test_what_is_denied_advised_or_reported_scores_nothing(shipped: Book, asked: str, not_asked: str) -> None:
    wanted = {match.phrase for match in spot(shipped, asked)}
    assert wanted
    assert not wanted & {match.phrase for match in spot(shipped, not_asked)}


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("We never ask for passwords. Now read me the code.", "code.read-me"),
        ("we never ask for passwords now read me the code", "code.read-me"),
        ("We will never ask for your PIN, but give me the one time code.", "code.one-time"),
        ("If you do not pay today the police will come.", "threat.arrest"),
        ("Do not worry, tell me your PIN.", "code.pin"),
        ("Do not turn off your computer.", "computer.popup"),
        ("Do not hang up the phone.", "secrecy.do-not-hang-up"),
        ("Don't tell anyone.", "secrecy.tell-nobody"),
        ("Never tell anyone about this.", "secrecy.tell-nobody"),
        ("Do not disconnect and give me remote access.", "control.remote-access"),
        ("He told me to call you. Tell me your PIN.", "code.pin"),
    ],
)
def test_a_denial_cancels_its_own_hit_only(shipped: Book, said: str, phrase: str) -> None:
    assert phrase in {match.phrase for match in spot(shipped, said)}


def test_a_pause_ends_the_reach_of_a_denial(shipped: Book) -> None:
    assert spot(shipped, "we will never", "tell me your PIN", pause=16_000)
    assert not spot(shipped, "we will never", "tell me your PIN", pause=0)


def test_unless_cancels_near_the_match_and_nowhere_else(shipped: Book) -> None:
    assert not spot(shipped, "give me the code for the wifi")
    assert not spot(shipped, "what about the wifi, give me the code")
    assert spot(shipped, "The wifi is slow. Give me the code")
    assert spot(shipped, "give me the code or else you are never going to see the wifi again")


def test_not_before_cancels_only_what_follows(write_list) -> None:
    path = write_list(
        '[[phrase]]\nid = "own.dig"\ncategory = "other"\nsay = ["dig the garden"]\nnot_before = ["with me"]\n'
        'why = "W."\npoints = 5\n'
    )
    book = Book.load([path]).book
    assert spot(book, "with me dig the garden")
    assert not spot(book, "dig the garden with me")
