"""Pairs of what is asked of the listener and what only sounds like it: denied, advised, reported, joked, past.

An ask counts when a phrase of the categories control, code, card or money is told; points are not looked at.
"""

import re
from collections.abc import Iterable

import pytest

from livewatch.phrases.book import Book
from tests.phrases.words import spot

ASKS = {"control", "code", "card", "money"}

PAIRS: list[tuple[str, str, str]] = [
    # kind, asked of the listener, not asked of the listener
    ("denied", "We never ask for passwords. Now read me the code.", "We never ask you to read me the code."),
    ("denied", "Tell me your PIN.", "We will never ask you to tell me your PIN."),
    ("denied", "You need to tell me your PIN now.", "You do not need to tell me your PIN."),
    ("denied", "Give me the one time code.", "I don't want you to give me the one time code."),
    (
        "denied",
        "Please share your screen with me.",
        "Nobody from our company will ask you to share your screen with me.",
    ),
    ("denied", "Move all your money today.", "No bank would ever tell you to move all your money."),
    ("denied", "I need your card number.", "I don't need your card number."),
    ("denied", "Buy some gift cards for me.", "We would never want you to buy some gift cards."),
    ("denied", "Read me the code, it is for your safety.", "You don't have to read me the code."),
    ("denied", "Give me remote access.", "You won't have to give me remote access."),
    ("denied", "What is your PIN?", "We can't ask what is your PIN."),
    ("denied", "Tell me your password.", "Our staff is not allowed to say tell me your password."),
    ("denied", "Please download AnyDesk.", "There is no need to download AnyDesk."),
    ("denied", "This is no joke, read me the code.", "It is not true that the bank says read me the code."),
    ("denied", "Why not read me the code right now?", "I'm not going to ask you to read me the code."),
    ("advised", "If you do not pay, we come. Read me the code.", "If anyone asks you to read him the code, hang up."),
    ("advised", "Move your money to a safe account.", "Be careful, scammers say move your money to a safe account."),
    ("advised", "Go and download TeamViewer.", "Never download TeamViewer when a stranger calls."),
    ("advised", "Tell me your PIN, it stays with me.", "Don't ever tell anyone your PIN."),
    ("advised", "Share the code with me.", "Please don't share the code with anybody."),
    ("advised", "You must buy some gift cards.", "You must never buy some gift cards for a caller."),
    ("advised", "Scammers may call you, so read me the code.", "Watch out for people who say read me the code."),
    ("advised", "I am careful with data. Tell me your PIN.", "Always hang up when they say tell me your PIN."),
    ("advised", "Give me your card number.", "Think twice before you give a caller your card number."),
    ("advised", "Withdraw all your money today.", "Anybody who tells you to withdraw all your money is lying."),
    ("advised", "Install AnyDesk now.", "It would be a mistake to install AnyDesk for him."),
    ("reported", "Read me the code.", "He told me to read him the code."),
    ("reported", "I told you before, read me the code.", "She said read me the code, so I hung up."),
    ("reported", "Buy some gift cards.", "They wanted me to buy some gift cards."),
    (
        "reported",
        "Give me remote access to your computer.",
        "The man asked me to give him remote access to my computer.",
    ),
    ("reported", "Tell me your PIN.", "Mum got a call where they said tell me your PIN."),
    ("reported", "Download AnyDesk please.", "So then he goes, download AnyDesk, and I laughed."),
    ("reported", "Move your money to a safe account.", "My neighbour was told to move her money to a safe account."),
    ("reported", "What is your PIN?", "And he's like, what is your PIN?"),
    ("reported", "Pay the fine with gift cards.", "On the news they pay the fine with gift cards."),
    (
        "reported",
        "Put the cash in an envelope for the courier.",
        "I read that people put the cash in an envelope for the courier.",
    ),
    (
        "reported",
        "My manager told me to help you. Read me the code.",
        "The caller kept asking me to read him the code.",
    ),
    (
        "reported",
        "The bank called you. Share your screen with me.",
        "The guy on the phone was trying to get me to share my screen.",
    ),
    ("reported", "I heard you have a problem. Give me remote access.", "I heard they say give me remote access."),
    ("reported", "Open AnyDesk and tell me the number.", "Dad opened AnyDesk because someone told him to."),
    ("joked", "I'm not kidding, read me the code.", "I was only joking when I said read me the code."),
    ("joked", "Tell me your PIN.", "Tell me your PIN, just kidding."),
    ("joked", "Buy some gift cards.", "Ha ha, like those scammers, go buy some gift cards."),
    ("joked", "Give me the one time code.", "In the film he says give me the one time code."),
    ("past", "Now download AnyDesk.", "Last year I had to download AnyDesk for work."),
    ("past", "Pay by bank transfer to this account now, send it through Zelle.", "I paid him through Zelle yesterday."),
    ("past", "Buy some gift cards today.", "I used to buy some gift cards for the staff."),
    ("past", "Read me the six digit code.", "I already entered the six digit code, it worked."),
    ("past", "Move all your money.", "We moved all our money to the new bank in spring."),
    ("past", "Give me remote access.", "We had remote access set up at the office before."),
    ("question by the listener", "You have to tell me your PIN.", "Why do you want to know my PIN?"),
    ("question by the listener", "Read me the code.", "Do you want me to read you the code?"),
    ("question by the listener", "Go buy some gift cards.", "Why should I buy some gift cards?"),
    ("question by the listener", "Share your screen with me.", "Should I share my screen with you?"),
    ("question by the listener", "Give me your card number.", "Shall I give you my card number?"),
    ("question by the listener", "Download TeamViewer.", "What happens if I download TeamViewer?"),
    ("business", "Read me the code we sent you.", "Can you read me the code on the back of the washing machine?"),
    ("business", "Tell me the security code.", "The door code for the flat is in your email."),
    ("business", "What is your card number?", "Do you have your loyalty card number at hand?"),
    ("business", "Give me the password.", "You can reset the password yourself on our web page."),
    ("business", "Send the money by wire transfer today.", "You can pay by cash or card when you pick up the cake."),
    ("business", "Buy a gift card and read me the number.", "We sell gift cards at the front desk."),
    ("business", "Your card is blocked, confirm your card PIN.", "You will need your card and PIN at the machine."),
    ("business", "Let me connect to your computer.", "Our IT will connect the printer to your computer on Monday."),
    (
        "business",
        "Transfer your savings now to the safe account.",
        "You can transfer your savings to another branch any time.",
    ),
    (
        "business",
        "Read out the digits on the back of your card.",
        "For your safety do not read out the digits on your card.",
    ),
    ("own denial", "Do not hang up. Read me the code.", "Do not read the code to anybody."),
    ("own denial", "Don't tell anyone, and buy some gift cards.", "Don't tell anyone the code."),
    ("own denial", "Do not turn it off and give me remote access.", "Do not give him remote access."),
    ("own denial", "We will not call again, so read me the code.", "We will not call and say read me the code."),
    ("own denial", "We do not sell anything. Please tell me your PIN.", "We do not say tell me your PIN."),
    ("own denial", "It's not a scam, sir, tell me your PIN.", "It's a scam when they say tell me your PIN."),
    ("own denial", "You are not in trouble if you read me the code.", "You are in trouble if you read them the code."),
    ("own denial", "I never got the code. Read me the code again.", "I never read anybody the code."),
    ("own denial", "Nobody can help you but me. Give me remote access.", "Nobody should give a caller remote access."),
]


OVERCANCELLED: list[str] = [
    # Said to the listener; words near it look like a denial, a warning or a report.
    "They will ask you a question, just read me the code.",
    "The bank told me you had a problem, give me remote access.",
    "My manager told me to get your card number.",
    "I got a message that your card is blocked, tell me your PIN.",
    "Nobody will know about it, buy some gift cards.",
    "I will never harm you, tell me your PIN.",
    "You should not worry, read me the code.",
    "Don't argue, tell me your PIN.",
    "Don't be afraid, read me the code.",
    "Do not click anything, download AnyDesk.",
    "Scammers will steal your money, move your money to a safe account.",
    "Criminals may have your details, move your money to a safe account.",
    "Someone tells us you were hacked, give me remote access.",
    "Tell me your PIN, this is not a scam.",
    "Read me the code, it is not a lie.",
    "I had to block your card, tell me your PIN.",
    "I decided to help you, read me the code.",
    "I saw some problems there, download AnyDesk.",
    "We are not asking for much, buy some gift cards.",
    "Without asking questions, buy some gift cards.",
    "Be aware of the time, tell me your PIN.",
    "People who call you are lying, but tell me your PIN.",
    "He is saying the truth, give me remote access.",
    "Don't tell your wife, just buy some gift cards.",
    "Don't ask anyone, just buy some gift cards.",
    "No bank can help you now, move your money to a safe account.",
    "The lady told you already, tell me your PIN.",
    "They tell you it is safe, so read me the code.",
    "Never mind the screen, give me remote access.",
    "Not only that, tell me your PIN.",
]


CAUSES: dict[str, list[str]] = {
    # What is not right yet, by its cause.
    "'told me' reads as told about, though the number is the listener's": [
        "My manager told me to get your card number.",
    ],
    "code.read-me has no exception for it; 'machine' stands too far behind": [
        "Can you read me the code on the back of the washing machine?",
    ],
}
KNOWN = {text: cause for cause, texts in CAUSES.items() for text in texts}


def rows(texts: Iterable[str]) -> list[object]:
    """Each text once; what is not right yet is expected to fail, and must be taken out of `KNOWN` once it does not."""
    return [
        pytest.param(text, marks=pytest.mark.xfail(reason=KNOWN[text], strict=True)) if text in KNOWN else text
        for text in dict.fromkeys(texts)
    ]


RUN_ON = [
    # Cancelled where the recogniser writes no commas and full stops (Vosk): the end of a clause is not seen.
    "my manager told me to help you read me the code",
    "i never got the code read me the code again",
    "they will ask you a question just read me the code",
    "the bank told me you had a problem give me remote access",
    "i got a message that your card is blocked tell me your pin",
    "nobody will know about it buy some gift cards",
    "i will never harm you tell me your pin",
    "you should not worry read me the code",
    "don't argue tell me your pin",
    "someone tells us you were hacked give me remote access",
    "i decided to help you read me the code",
    "we are not asking for much buy some gift cards",
    "without asking questions buy some gift cards",
    "be aware of the time tell me your pin",
    "he is saying the truth give me remote access",
    "don't ask anyone just buy some gift cards",
    "the lady told you already tell me your pin",
]


def asks(book: Book, said: str) -> set[str]:
    return {match.phrase for match in spot(book, said) if match.category in ASKS}


@pytest.mark.parametrize("said", rows([*(asked for _, asked, _ in PAIRS), *OVERCANCELLED]))
def test_what_is_asked_of_the_listener_is_told(shipped: Book, said: str) -> None:
    assert asks(shipped, said)


@pytest.mark.parametrize("said", rows(not_asked for _, _, not_asked in PAIRS))
def test_what_is_not_asked_of_the_listener_is_not_told(shipped: Book, said: str) -> None:
    assert asks(shipped, said) == set()


def bare(texts: Iterable[str]) -> list[object]:
    """Return the texts as a recogniser without punctuation writes them."""
    reason = "without punctuation the trigger reaches into the next clause"
    return [
        pytest.param(said, marks=pytest.mark.xfail(reason=reason, strict=True)) if said in RUN_ON else said
        for said in (re.sub(r"[.,?!]", "", text).lower() for text in dict.fromkeys(texts) if text not in KNOWN)
    ]


@pytest.mark.parametrize("said", bare([*(asked for _, asked, _ in PAIRS), *OVERCANCELLED]))
def test_what_is_asked_is_told_without_punctuation(shipped: Book, said: str) -> None:
    assert asks(shipped, said)


@pytest.mark.parametrize("said", bare(not_asked for _, _, not_asked in PAIRS))
def test_what_is_not_asked_is_not_told_without_punctuation(shipped: Book, said: str) -> None:
    assert asks(shipped, said) == set()


def test_what_is_known_to_be_wrong_is_tested() -> None:
    texts = {text for _, *both in PAIRS for text in both} | {*OVERCANCELLED}
    assert texts >= KNOWN.keys()
