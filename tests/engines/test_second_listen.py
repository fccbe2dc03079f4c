"""The second listen on real sound, and its budget."""

import math
from dataclasses import replace

import pytest

from livewatch.engines.moonshine import open_engine
from livewatch.engines.second_listen import LEAST_LOG_RATIO, SecondListen
from livewatch.events import SAMPLE_RATE, AudioChunk, Match
from tests.engines.speech import hear, sample

SECOND = SAMPLE_RATE


@pytest.fixture(scope="module")
def heard():
    """The session and the words of the first twelve seconds of a sample."""
    engine = open_engine(update_every_s=None)
    hypotheses, session = hear(engine, sample("microsoft-short")[: 12 * SECOND])
    return session, [word for h in hypotheses if h.final for word in h.words]


@pytest.fixture
def infected(heard):
    """Where "your computer is infected" was said."""
    words = heard[1]
    last = next(i for i, word in enumerate(words) if word.text.startswith("infected"))
    return _match(("your", "computer", "is", "infected"), words[last - 3].start, words[last].end)


def _match(listed, start, end, at=12 * SECOND):
    return Match("own.test", "control", "x", start, end, 30, "sound", at, listed=listed)


def test_what_was_said_is_confirmed_with_its_log_ratio(heard, infected):
    confirmed = SecondListen().confirm(infected, heard[0])
    assert confirmed is not None
    assert LEAST_LOG_RATIO <= confirmed.verified <= 3
    assert replace(confirmed, verified=None) == infected


@pytest.mark.parametrize(
    "listed", ["your computer is protected", "you committed an offence", "read me the code please"]
)
def test_what_was_not_said_is_not(heard, infected, listed):
    assert SecondListen().confirm(replace(infected, listed=tuple(listed.split())), heard[0]) is None


class _Counting:
    """A session that says yes to everything and counts how often it is asked."""

    asked = 0

    def accept(self, chunk: AudioChunk):
        return ()

    def finish(self):
        return ()

    def score(self, words, span):
        self.asked += 1
        return 0.0


def test_the_budget_holds_however_much_is_proposed(infected):
    session, listen = _Counting(), SecondListen()
    for number in range(2_000):
        listen.confirm(replace(infected, at=number * SECOND // 100), session)
    assert 20 <= session.asked <= 20 + 8 + 1  # 20 s of call, 8 saved up


def test_what_is_no_longer_in_memory_is_not_confirmed(heard, infected):
    session = heard[0]
    assert session.score(("your", "computer"), (-10 * SECOND, -9 * SECOND)) == -math.inf
    assert SecondListen().confirm(replace(infected, start=-10 * SECOND, end=-9 * SECOND), session) is None
