"""The streaming policy: early words, cuts that lose nothing, silence that costs nothing, the second listen."""

import math
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest

from livewatch.engines.moonshine import open_engine
from livewatch.engines.moonshine.session import FRAME
from livewatch.events import AudioChunk
from tests.engines.speech import final_text, hear, sample

SECOND = 16_000


@pytest.fixture(scope="module")
def live():
    return open_engine(update_every_s=0.3)


@pytest.fixture(scope="module")
def replay():
    return open_engine(update_every_s=None)


def test_words_are_stable_before_the_utterance_ends(live):
    hypotheses, _ = hear(live, sample("microsoft-short"))
    early = next(h for h in hypotheses if "infected" in " ".join(w.text for w in h.words[: h.stable]))
    assert not early.final
    assert early.at / SECOND - 8.625 < 0.8  # samples.toml: "infected" ends at 8.625 s


def test_live_and_replay_end_with_the_same_words_but_for_rounding(live, replay):
    sound = sample("bank-code")
    one, other = (final_text(hear(engine, sound)[0]).split() for engine in (live, replay))
    assert abs(len(one) - len(other)) <= 2
    assert len(set(one) ^ set(other)) <= 0.1 * len(one)


def without_pauses(sound):
    """`sound` with pauses cut to a tenth of a second: half a minute in which nobody breathes."""
    kept, silent = [], 0
    for frame in sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME):
        silent = 0 if np.abs(frame.astype(np.int32)).mean() > 150 else silent + 1
        if silent <= 5:
            kept.append(frame)
    return np.concatenate(kept)


@pytest.mark.parametrize("which", ["live", "replay"])
def test_speech_without_a_pause_is_cut_without_losing_or_doubling_words(which, request):
    engine = request.getfixturevalue(which)
    sound = sample("microsoft-long")
    usual = final_text(hear(engine, sound)[0]).split()
    hypotheses, _ = hear(engine, without_pauses(sound))
    words = [word for h in hypotheses if h.final for word in h.words]
    lengths = [h.words[-1].end - h.words[0].start for h in hypotheses if h.final and h.words]
    assert max(lengths) > 5 * SECOND  # there were no pauses to close at
    assert max(lengths) <= 9 * SECOND
    assert all(one.start < other.start + FRAME for one, other in pairwise(words))
    squeezed = final_text(hypotheses).split()
    assert SequenceMatcher(None, usual, squeezed, autojunk=False).ratio() > 0.88
    assert abs(len(squeezed) - len(usual)) <= 0.05 * len(usual)


def test_noise_and_music_give_next_to_no_words_and_never_a_flood(live):
    rng = np.random.default_rng(3)
    seconds = np.arange(20 * SECOND) / SECOND
    noise = (rng.standard_normal(20 * SECOND) * 3000).astype(np.int16)
    chord = (sum(np.sin(2 * np.pi * f * seconds) for f in (220, 277, 330)) * 3000).astype(np.int16)
    for sound in (noise, chord):
        words = final_text(hear(live, sound)[0]).split()
        assert len(words) < 20 * 4


def test_a_reader_that_is_behind_skips_updates_but_no_words(live):
    sound = sample("microsoft-short")
    session = live.open()
    late = [
        h
        for start in range(0, len(sound), FRAME)
        for h in session.accept(AudioChunk(sound[start : start + FRAME], start, speech=True, waiting=SECOND))
    ]
    late += session.finish()
    assert all(h.final for h in late)
    assert "computer is infected" in final_text(late)


def test_a_gap_closes_the_utterance(live):
    sound = sample("microsoft-short")[int(5.7 * SECOND) : int(8.0 * SECOND)]
    session = live.open()
    before = list(session.accept(AudioChunk(sound, 0, speech=True)))
    after = list(session.accept(AudioChunk(sound, len(sound) + SECOND, lost=SECOND, speech=True)))
    closing = next(h for h in after if h.final)
    assert closing.utterance == before[-1].utterance
    assert closing.words[-1].end <= len(sound)


class TestSecondListen:
    """`score`: how well given words fit the sound."""

    @pytest.fixture
    def heard(self, live):
        return hear(live, sample("microsoft-short")[: 12 * SECOND])[1]

    @pytest.fixture
    def span(self, live):
        """Where "your computer is infected" was heard."""
        words = [word for h in hear(live, sample("microsoft-short")[: 12 * SECOND])[0] if h.final for word in h.words]
        infected = next(i for i, word in enumerate(words) if word.text.startswith("infected"))
        return words[infected - 3].start, words[infected].end

    def test_what_was_said_fits(self, heard, span):
        assert heard.score(["your", "computer", "is", "infected"], span) > -3

    @pytest.mark.parametrize(
        "words", ["read me the code", "there is a warrant for your arrest", "buy gift cards", "press one to speak"]
    )
    def test_what_was_not_said_does_not(self, heard, span, words):
        assert heard.score(words.split(), span) < -10

    def test_a_near_miss_lies_between(self, heard, span):
        said = heard.score(["your", "computer", "is", "infected"], span)
        near = heard.score(["your", "computer", "is", "inspected"], span)
        far = heard.score(["my", "grandmother", "likes", "cherries"], span)
        assert said > near > far

    def test_sound_that_is_forgotten_cannot_be_scored(self, live, span):
        _, session = hear(live, np.concatenate([sample("microsoft-short")] * 2))
        assert session.score(["your", "computer"], span) == -math.inf

    def test_nothing_was_heard_there(self, live):
        _, session = hear(live, np.zeros(3 * SECOND, np.int16))
        assert session.score(["your", "computer"], (SECOND, 2 * SECOND)) == -math.inf
