"""The shipped lists: their form, and that they know the tactics in words other than their own."""

import tomllib
from importlib.resources import files

import pytest

from livewatch.phrases.book import Book
from livewatch.phrases.phrase import categories
from tests.phrases.words import spot


def test_every_phrase_says_why_from_where_and_how_much(shipped: Book) -> None:
    for phrase in shipped.phrases:
        assert phrase.why.endswith("."), phrase.id
        assert phrase.source, phrase.id
        assert 0 < phrase.points <= 40, phrase.id
        prefix = phrase.id.split(".")[0]
        assert prefix == phrase.category, phrase.id


def test_every_category_is_used_but_the_users_own(shipped: Book) -> None:
    assert {phrase.category for phrase in shipped.phrases} == set(categories()) - {"gist", "other"}


def test_categories_are_the_same_in_lists_and_rules() -> None:
    rules = tomllib.loads((files("livewatch.risk") / "rules.toml").read_text("utf-8"))
    assert list(rules["category"]) == list(categories())


@pytest.mark.parametrize(
    ("category", "said"),
    [
        ("who", "Good morning, I am calling from Windows technical support."),
        ("who", "This is Officer Daniel Brown from the Social Security Administration."),
        ("who", "This is the fraud department of your bank."),
        ("computer", "Your computer has been hacked and it is sending us error messages."),
        ("computer", "Do you see all the errors and warnings on the screen? That is the event viewer."),
        ("computer", "Your Windows licence has expired."),
        ("trouble", "We noticed a suspicious charge on your account."),
        ("trouble", "There is an order placed from your Amazon account for eight hundred dollars."),
        ("trouble", "I refunded you too much by mistake, I am going to lose my job."),
        ("threat", "There is an arrest warrant in your name."),
        ("threat", "Your social security number has been suspended."),
        ("threat", "They are taking legal action against you."),
        ("threat", "Your electricity will be disconnected within thirty minutes."),
        ("prize", "Congratulations, you have won our grand prize."),
        ("prize", "You are eligible for zero percent interest rates."),
        ("hurry", "This is our final attempt to reach you."),
        ("secrecy", "Don't tell your family about it."),
        ("secrecy", "Please do not hang up the phone, sir."),
        ("callback", "Press 1 to speak to an officer."),
        ("callback", "To cancel the order press one."),
        ("personal", "Tell me the last four of your social."),
        ("control", "Could you please go and download Team Viewer for me."),
        ("control", "Hold down the Windows key and R at the same time."),
        ("control", "So allow me remote access now."),
        ("control", "Let my technician connect to your computer."),
        ("code", "We sent you a text. Read me the six digit code."),
        ("code", "What is your PIN number?"),
        ("code", "Please provide your online banking password."),
        ("card", "And the three digits on the back of it?"),
        ("card", "Read me your full card number."),
        ("money", "Go to Target and get some gift cards, about five hundred dollars each."),
        ("money", "You can pay the fine with Google Play gift cards."),
        ("money", "You must move your money to a safe account."),
        ("money", "Put it in a bitcoin ATM."),
    ],
)
def test_a_tactic_is_recognised(shipped: Book, category: str, said: str) -> None:
    assert category in {match.category for match in spot(shipped, said)}


@pytest.mark.parametrize(
    "said",
    [
        "I bought Emma a gift card for her birthday, she can use it at the bookshop.",
        "The door code is four five six one, come in.",
        "I have to go to the bank and pay the electricity bill before noon.",
        "My computer is slow again, I think I have to clean it up.",
        "I forgot my password, so they sent me a code and I typed it in.",
        "Your table for two is reserved for Friday at eight, would you like to cancel this reservation?",
        "We are calling to remind you of your appointment on Monday at ten.",
        "Did you read about that arrest in the paper? The police found a lot of money.",
        "Can you send me the money for the tickets when you get home?",
        "Right now the interest on our mortgage is about six percent.",
        "Grandma, what was the wifi password again? Can you give me the password for the wifi?",
        "The judge said the case was over and they all went home.",
    ],
)
def test_ordinary_talk_full_of_risky_words_asks_for_nothing(shipped: Book, said: str) -> None:
    points = sum(match.points for match in spot(shipped, said))
    assert points < 20
