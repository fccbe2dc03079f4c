"""The beam, on real sound in noise: what it finds is worth more, of the same sound, and nothing is left out."""

from types import SimpleNamespace

import numpy as np
import pytest

from livewatch.engines.moonshine import language_model
from livewatch.engines.moonshine.beam import _LANGUAGE, _WORD, Beam, _skips, _Text
from livewatch.engines.moonshine.decoding import logprob, read
from livewatch.engines.moonshine.model import FRAME, Model
from livewatch.engines.moonshine.stretch import Stretch
from livewatch.engines.moonshine.tokens import Tokens
from livewatch.engines.moonshine.tree import Step
from tests.engines.speech import noisy, sample

SECOND = 16_000


@pytest.fixture(scope="module")
def model():
    return Model()


@pytest.fixture(scope="module")
def tokens(model):
    return Tokens(model.tokens)


@pytest.fixture(scope="module")
def language():
    return language_model.load()


def stretches(model, tokens, decibels, again=()):
    for name in ("microsoft-short", "bank-code", "microsoft-long"):
        sound = noisy(sample(name), decibels)
        for start in range(0, min(len(sound), 30 * SECOND) - 6 * SECOND, 6 * SECOND):
            stretch = Stretch(model, tokens, start, sound[start : start + 6 * SECOND], again=again, draft=again)
            stretch.read(start + 6 * SECOND)
            if stretch.heard is not None and stretch.words:
                yield stretch.heard


@pytest.fixture(scope="module")
def found(model, tokens, language):
    """What was heard, and what the beam makes of it, where it comes to an end."""
    beam = Beam(model, tokens, language)
    pairs = [(heard, beam.read(heard, heard.encoding, 60)) for heard in stretches(model, tokens, 10)]
    return [(heard, *better) for heard, better in pairs if better is not None]


def worth(reading, tokens, language):
    total, state = reading.total, language_model.START
    for piece in tokens.words(reading.tokens):
        logarithm, weighed, state = language.after(state, piece.text)
        total += _LANGUAGE * (logarithm + _WORD * weighed)
    return total


def test_readings_are_worth_more_than_the_likeliest_token_after_token(found, tokens, language):
    gained = [worth(better, tokens, language) - worth(heard.reading, tokens, language) for heard, better, _ in found]
    assert len(gained) > 8
    assert min(gained) > -2  # products are rounded to 8 bits by what is read together
    assert np.mean(gained) > 1
    assert sum(heard.reading.tokens != better.tokens for heard, better, _ in found) > 3


def test_a_reading_says_how_likely_it_is_and_where_it_looked(found, model):
    for heard, better, _ in found:
        assert better.total == pytest.approx(logprob(model, heard.encoding, better.tokens).sum(), abs=2)
        assert len(better.logprobs) == len(better.tokens)
        assert better.looked.shape == (len(better.tokens) + 1, heard.encoding.frames)
        np.testing.assert_allclose(better.looked.sum(axis=1), 1.0, rtol=1e-3)


def test_variants_are_whole_readings_as_likely_as_they_say(found, model):
    """How a reading goes on after its last two words hangs a little on those before them: that is neglected."""
    off = []
    for heard, better, variants in found:
        for variant in variants[:6]:
            assert variant.tokens != better.tokens
            off.append(logprob(model, heard.encoding, variant.tokens).sum() - better.total - variant.log_ratio)
    assert len(off) > 30
    assert abs(np.median(off)) < 0.5
    assert np.mean(np.abs(off) < 2) > 0.7


def test_tokens_that_are_given_stay(model, tokens, language):
    given = tuple(tokens.encode("Hello, this is"))
    for heard in list(stretches(model, tokens, 10, again=given))[:3]:
        better = Beam(model, tokens, language).read(heard, heard.encoding, 60)
        assert better is not None
        assert better[0].tokens[: len(given)] == given


def test_a_clause_that_is_hard_to_hear_is_not_left_out(model, tokens, language):
    """Three seconds in the middle are nearly drowned: few words would be likelier there than many."""
    sound = noisy(sample("microsoft-long"), 25)[: 9 * SECOND]
    rng = np.random.default_rng(3)
    middle = slice(3 * SECOND, 6 * SECOND)
    sound = sound.copy()
    sound[middle] = np.clip(sound[middle] * 0.5 + rng.normal(size=3 * SECOND) * 900, -32_768, 32_767)
    stretch = Stretch(model, tokens, 0, sound)
    stretch.read(len(sound))
    heard = stretch.heard
    better = Beam(model, tokens, language).read(heard, heard.encoding, 80)
    assert better is not None
    assert len(tokens.words(better[0].tokens)) >= 0.7 * len(heard.words)


@pytest.mark.parametrize(
    ("come_to", "looks_at", "skips"),
    [(0.0, 0.3, False), (0.0, 1.0, False), (0.0, 3.0, True), (2.0, 3.0, False), (1.0, 2.6, True), (1.7, 2.6, False)],
)
def test_a_reading_jumps_over_no_more_than_a_few_words(come_to, looks_at, skips):
    """Six words of half a second each are heard; where the network looks next decides."""
    words = [(second * SECOND // 2, (second + 1) * SECOND // 2) for second in range(6)]
    attention = np.zeros((1, 200), np.float32)
    attention[0, int(looks_at * SECOND / FRAME) + 1] = 1.0
    text = _Text(np.zeros(1, np.int64), (7,), -0.1)
    text.furthest = int(come_to * SECOND)
    nothing = np.zeros((1, 1))
    step = Step(text.path, nothing.astype(np.int64), nothing, nothing[0])
    assert _skips(text, SimpleNamespace(looked=lambda path: attention), step, words) is skips


def test_a_limit_that_no_reading_meets_gives_none(model, tokens, language):
    heard = next(iter(stretches(model, tokens, 10)))
    assert len(read(model, heard.encoding, limit=60).tokens) > 4
    assert Beam(model, tokens, language).read(heard, heard.encoding, 3) is None
