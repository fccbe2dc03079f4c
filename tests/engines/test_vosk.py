"""What livewatch does round Vosk's recogniser, with a recogniser that hears tones (tests/fakes.py).

The recogniser itself, with a real model, is tested by tests/contracts/test_engine.py where LIVEWATCH_VOSK_MODEL is set.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewatch.engines.vosk import FRAME, LEAST, RECYCLE, STEP, VoskEngine, VoskSession, open_engine
from livewatch.engines.vosk_clock import Clock
from livewatch.errors import EngineError, ModelError
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Samples
from tests.engines.model_files import model_folder
from tests.fakes import ToneKaldi

S = SAMPLE_RATE


class Makes:
    """Makes recognisers and keeps them."""

    def __init__(self) -> None:
        self.made: list[ToneKaldi] = []

    def __call__(self) -> ToneKaldi:
        self.made.append(ToneKaldi())
        return self.made[-1]

    @property
    def fed(self) -> int:
        return sum(sum(one.fed) for one in self.made)


def sound(*parts: tuple[int, float]) -> Samples:
    """Parts of (word number or 0 for silence, seconds)."""
    return np.concatenate([np.full(round(s * S), 1000 * n, np.int16) for n, s in parts])


def chunks(samples: Samples, sizes: Sequence[int], start: int = 0) -> Iterator[AudioChunk]:
    """As the speech gate gives them: whole frames of one kind, however the sound was delivered."""
    position, turn = 0, 0
    while position < len(samples):
        end = min(len(samples), position + FRAME * max(1, sizes[turn % len(sizes)] // FRAME))
        turn += 1
        frames = [(i, bool(samples[i : i + FRAME].any())) for i in range(position, end, FRAME)]
        while frames:
            kind = frames[0][1]
            run = [i for i, speech in frames if speech == kind][
                : next((k for k, f in enumerate(frames) if f[1] != kind), len(frames))
            ]
            last = min(end, run[-1] + FRAME)
            yield AudioChunk(samples[run[0] : last], start + run[0], speech=kind)
            frames = frames[len(run) :]
        position = end


def hear(session: VoskSession, samples: Samples, sizes: Sequence[int] = (1600,), start: int = 0) -> list[Hypothesis]:
    return [h for chunk in chunks(samples, sizes, start) for h in session.accept(chunk)]


def run(samples: Samples, sizes: Sequence[int] = (1600,)) -> tuple[list[Hypothesis], Makes]:
    makes = Makes()
    session = VoskEngine("tones", makes).open()
    return [*hear(session, samples, sizes), *session.finish()], makes


CALL = sound((0, 3), (1, 0.4), (2, 0.3), (0, 0.1), (3, 0.5), (0, 20), (4, 0.4), (5, 0.3), (0, 0.2), (6, 0.3))


@settings(deadline=None, max_examples=30)
@given(sizes=st.lists(st.integers(1, 100_000), min_size=1, max_size=6))
def test_the_hypotheses_are_the_same_whatever_the_chunk_sizes(sizes: list[int]) -> None:
    assert run(CALL, sizes)[0] == run(CALL, [len(CALL)])[0]


def test_words_come_with_the_calls_own_times_across_silence_that_was_never_fed() -> None:
    hypotheses, makes = run(CALL)
    finals = [h for h in hypotheses if h.final]
    assert [h.text for h in finals] == ["w1 w2 w3", "w4 w5 w6"]
    starts = [word.start / S for h in finals for word in h.words]
    ends = [word.end / S for h in finals for word in h.words]
    assert starts == pytest.approx([3, 3.4, 3.8, 24.3, 24.7, 25.2])
    assert ends == pytest.approx([3.4, 3.7, 4.3, 24.7, 25.0, 25.5])
    assert makes.fed < 6 * S


def test_the_newest_words_are_there_within_a_step_with_times_about_right() -> None:
    hypotheses, _ = run(sound((0, 1), *((n, 0.4) for n in range(1, 9))))
    partials = [h for h in hypotheses if not h.final]
    for number in range(1, 9):
        first = next(h for h in partials if f"w{number}" in h.text)
        begun = S + (number - 1) * 0.4 * S
        patience = LEAST * FRAME if number == 1 else STEP  # nothing is believed before 0.3 s of speech
        assert first.at - begun <= patience + STEP
        word = next(word for word in first.words if word.text == f"w{number}")
        assert abs(word.start - begun) <= 2 * STEP
    for h in hypotheses:
        assert all(word.start < word.end <= h.at for word in h.words)
        assert all(a.end <= b.start for a, b in pairwise(h.words))


def test_stable_is_what_two_successive_partials_agree_on() -> None:
    hypotheses, _ = run(sound((1, 0.4), (2, 0.4), (3, 0.4), (0, 3)))
    for before, after in pairwise(hypotheses):
        if after.final:
            assert after.stable == len(after.words)
        else:
            agreed = 0
            while agreed < len(before.words) and before.words[agreed].text == after.words[agreed].text:
                agreed += 1
            assert after.stable == agreed
    assert hypotheses[0].stable == 0
    assert hypotheses[-1].final


def test_silence_costs_nothing_and_yields_nothing() -> None:
    hypotheses, makes = run(sound((0, 600)), [8000])
    assert hypotheses == []
    assert makes.fed == 0


@pytest.mark.parametrize("length", [0.02, 0.06, 0.1, 0.2, 0.28])
def test_less_than_300_ms_of_speech_is_not_believed(length: float) -> None:
    hypotheses, makes = run(sound((0, 1), (1, length), (0, 10)))
    assert hypotheses == []
    assert makes.fed <= 2 * S


def test_300_ms_of_speech_are_believed() -> None:
    hypotheses, _ = run(sound((0, 1), (1, LEAST * 0.02), (0, 10)))
    assert hypotheses[-1].text == "w1"


def test_an_utterance_that_vosk_does_not_end_is_ended_after_2_2_seconds_of_silence() -> None:
    class Endless(ToneKaldi):
        def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
            super().AcceptWaveform(data)
            return 0

    made: list[ToneKaldi] = []

    def make() -> ToneKaldi:
        made.append(Endless())
        return made[-1]

    session = VoskEngine("tones", make).open()
    hypotheses = hear(session, sound((1, 0.5), (0, 60), (2, 0.5), (0, 60)))
    assert [h.text for h in hypotheses if h.final] == ["w1", "w2"]
    assert [h.words[0].start for h in hypotheses if h.final] == [0, round(60.5 * S)]
    assert sum(sum(one.fed) for one in made) < 8 * S


def test_the_last_word_is_flushed_and_nothing_comes_after() -> None:
    makes = Makes()
    session = VoskEngine("tones", makes).open()
    hear(session, sound((1, 0.4), (2, 0.13)))
    final = list(session.finish())
    assert [h.text for h in final] == ["w1 w2"]
    assert final[0].final
    assert list(session.finish()) == []
    assert hear(session, sound((3, 1), (0, 3)), start=10 * S) == []


def test_the_recogniser_is_made_anew_every_five_minutes_at_the_end_of_an_utterance() -> None:
    talk = sound(*((n % 30 + 1, 0.5) for n in range(12)), (0, 0.7))
    makes = Makes()
    session = VoskEngine("tones", makes).open()
    hypotheses: list[Hypothesis] = []
    for turn in range(50):
        hypotheses += hear(session, talk, [16_000], turn * len(talk))
    hypotheses += session.finish()
    finals = [h for h in hypotheses if h.final]
    assert [h.utterance for h in finals] == list(range(50))
    for turn, h in enumerate(finals):
        assert [word.text for word in h.words] == [f"w{n % 30 + 1}" for n in range(12)]
        assert h.words[0].start == turn * len(talk)
    assert len(makes.made) == 2
    assert all(sum(one.fed) <= RECYCLE + 2 * len(talk) for one in makes.made)


def test_a_gap_in_the_sound_moves_the_times_after_it() -> None:
    makes = Makes()
    session = VoskEngine("tones", makes).open()
    hypotheses = hear(session, sound((1, 0.4), (0, 0.1)))
    hypotheses += hear(session, sound((2, 0.4), (0, 2)), start=10 * S)
    assert [(w.text, w.start) for w in hypotheses[-1].words] == [("w1", 0), ("w2", 10 * S)]


def test_sessions_are_independent() -> None:
    engine = VoskEngine("tones", Makes())
    one, other = engine.open(), engine.open()
    heard_one = hear(one, sound((1, 0.5)))
    heard_other = hear(other, sound((2, 0.5)))
    heard_one += one.finish()
    heard_other += other.finish()
    assert (heard_one[-1].text, heard_other[-1].text) == ("w1", "w2")


def test_a_failure_of_vosk_is_an_engine_error() -> None:
    class Failing(ToneKaldi):
        def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
            raise Exception("Failed to process waveform")  # noqa: TRY002 - what vosk raises

    with pytest.raises(EngineError, match="Failed to process waveform"):
        hear(VoskEngine("tones", Failing).open(), sound((1, 1)))


def test_an_answer_that_is_no_json_is_an_engine_error() -> None:
    class Raving(ToneKaldi):
        def PartialResult(self) -> str:  # noqa: N802
            return "{"

    with pytest.raises(EngineError):
        hear(VoskEngine("tones", Raving).open(), sound((1, 1)))


def test_it_has_no_second_listen() -> None:
    engine = VoskEngine("tones", Makes())
    assert not engine.can_verify
    with pytest.raises(EngineError, match="second listen"):
        engine.open().score(["remote"], (0, S))


def test_a_closed_engine_opens_no_session() -> None:
    engine = VoskEngine("tones", Makes())
    engine.close()
    with pytest.raises(EngineError):
        engine.open()


def test_what_is_no_model_never_reaches_vosk(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a folder"):
        open_engine(tmp_path / "gone")
    with pytest.raises(ModelError, match=r"no am/final\.mdl"):
        open_engine(tmp_path)
    folder = model_folder(tmp_path / "m")
    (folder / "ivector").mkdir()
    (folder / "ivector" / "final.ie").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"ivector/splice\.conf is missing"):
        open_engine(folder)


@given(jumps=st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)), min_size=1, max_size=8))
def test_the_clock_says_of_every_fed_sample_where_it_was(jumps: list[tuple[int, int]]) -> None:
    clock, truth, position = Clock(), [], 0
    for skipped, length in jumps:
        position += skipped
        clock.feed(position, length)
        truth += range(position, position + length)
        position += length
    assert [clock.start(i) for i in range(len(truth))] == truth
    assert [clock.end(i + 1) for i in range(len(truth))] == [sample + 1 for sample in truth]
