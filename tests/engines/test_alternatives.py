"""What else may have been said, on real sound and in noise."""

import numpy as np
import pytest

from livewatch.engines.moonshine import open_engine
from livewatch.engines.moonshine.alternatives import _difference
from livewatch.engines.moonshine.decoding import Branches, logprob, read
from livewatch.engines.moonshine.model import Features, Model
from livewatch.engines.moonshine.tokens import Tokens
from livewatch.engines.moonshine.tree import END
from livewatch.engines.second_listen import LEAST_LOG_RATIO
from livewatch.events import Hypothesis
from tests.engines.speech import final_text, hear, noisy, sample

SAMPLES = ("microsoft-short", "bank-code", "microsoft-long")


@pytest.fixture(scope="module")
def replay():
    return open_engine(update_every_s=None)


@pytest.fixture(scope="module")
def in_noise(replay) -> list[tuple[str, list[Hypothesis]]]:
    """By sample: its words as read without noise, and what is read with noise 10 dB below."""
    sounds = [sample(name) for name in SAMPLES]
    return [(final_text(hear(replay, sound)[0]), hear(replay, noisy(sound, 10))[0]) for sound in sounds]


def test_alternatives_lie_within_their_utterance_and_say_something_else(in_noise):
    found = [(hypothesis, other) for _, heard in in_noise for hypothesis in heard for other in hypothesis.alternatives]
    assert len(found) > 20
    for hypothesis, other in found:
        assert 0 <= other.first <= other.end <= len(hypothesis.words)
        assert other.words
        assert other.log_ratio >= LEAST_LOG_RATIO
        own = [word.text for word in hypothesis.words[other.first : other.end]]
        assert own != [*other.words]


def test_words_that_noise_has_changed_are_often_among_them(in_noise):
    """Of the words of the clean reading that the noisy one lacks; chance finds none of such content words."""
    lost = found = 0
    for clean, heard in in_noise:
        read = set(final_text(heard).split())
        others = {
            "".join(filter(str.isalnum, word.lower()))
            for hypothesis in heard
            for other in hypothesis.alternatives
            for word in other.words
        }
        missing = {word for word in clean.split() if word not in read}
        lost += len(missing)
        found += len(missing & others)
    assert lost > 5
    assert found >= 0.15 * lost


def test_clear_speech_has_few(replay):
    hypotheses = [h for name in SAMPLES for h in hear(replay, sample(name))[0]]
    words = sum(len(h.words) for h in hypotheses if h.final)
    assert sum(len(h.alternatives) for h in hypotheses) < 0.3 * words


def test_while_somebody_speaks_they_come_before_the_utterance_ends():
    hypotheses, _ = hear(open_engine(update_every_s=0.3), noisy(sample("bank-code"), 10))
    assert any(h.alternatives for h in hypotheses if not h.final)
    for hypothesis in hypotheses:
        assert all(other.end <= len(hypothesis.words) for other in hypothesis.alternatives)


@pytest.fixture(scope="module")
def model():
    return Model()


@pytest.fixture(scope="module")
def encoding(model):
    features = Features(model)
    features.add(sample("bank-code")[16_000 : 16_000 * 6])
    return model.encode(features)


@pytest.fixture(scope="module")
def reading(model, encoding):
    return read(model, encoding, limit=40)


def test_following_the_own_token_gives_the_own_reading(encoding, reading, model):
    places = (0, len(reading.tokens) // 2)
    own = [(place, reading.tokens[place]) for place in places]
    for same in Branches(model, encoding, reading, 4).follow(own, 40, -1000.0):
        assert same.tokens == reading.tokens
        assert same.total == pytest.approx(reading.total, abs=0.5)
        assert len(same.looked) == len(same.tokens) + 1


def test_readings_written_together_are_as_good_as_written_alone(encoding, reading, model):
    branches = Branches(model, encoding, reading, 3)
    wanted = [
        (place, int(token))
        for place in range(len(reading.tokens))
        for token in branches.tokens[place]
        if token not in (reading.tokens[place], END)
    ]
    assert len(wanted) > 30
    together = branches.follow(wanted, 40, -1000.0)
    gained = []
    elsewhere = 0
    for (place, token), found in zip(wanted, together, strict=True):
        assert found.tokens[: place + 1] == (*reading.tokens[:place], token)
        assert len(found.looked) == len(found.tokens) + 1
        np.testing.assert_allclose(found.looked.sum(axis=1), 1.0, rtol=1e-3)
        alone = Branches(model, encoding, reading, 3).follow([(place, token)], 40, -1000.0)[0]
        assert found.total == pytest.approx(logprob(model, encoding, found.tokens).sum(), abs=1.5)
        gained.append(found.total - alone.total)
        if found.tokens == alone.tokens:
            assert abs(gained[-1]) < 1
        else:
            elsewhere += 1
    # Products are rounded to 8 bits by the largest of all rows that are read together, by each processor in its own
    # way: of two near equals the other may be taken, and what follows it may be worse or better.
    assert elsewhere <= len(wanted) / 4
    assert np.mean(gained) > -0.5


def test_a_reading_that_cannot_win_is_given_up(encoding, reading, model):
    branches = Branches(model, encoding, reading, 4)
    token = next(int(token) for token in branches.tokens[5] if token != reading.tokens[5])
    whole = Branches(model, encoding, reading, 4).follow([(5, token)], 40, -1000.0)[0]
    given_up = branches.follow([(5, token)], 40, reading.total - 0.1)[0]
    assert whole.total < reading.total - 0.1
    assert given_up.total < reading.total - 0.1
    assert len(given_up.tokens) < len(whole.tokens)


def test_the_difference_is_what_lies_between_the_words_that_stay():
    model = Model()
    tokens = Tokens(model.tokens)

    def pieces(text):
        return tokens.words(tokens.encode(text))

    own = pieces("So tell me, you password. Thank you")
    assert _difference(own, pieces("so tell me your passwords Thank you")) == (3, 5, ("your", "passwords"))
    assert _difference(own, pieces("So tell me you the password thank you")) == (4, 4, ("the",))
    assert _difference(own, pieces("So tell me, you password, thank you")) is None
    assert _difference(own, pieces("So tell me, you password.")) is None
