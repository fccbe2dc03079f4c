"""What every recogniser must do (livewatch/engines/engine.py): moonshine, vosk, scripted and the cache's, by one suite.

The speech is made here with flite. Vosk takes part where LIVEWATCH_VOSK_MODEL names a model, of whatever language: what
depends on English words is then only asked of an English one.
"""

import ctypes
import gc
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile
import soxr

from livewatch.audio.speech import SpeechGate
from livewatch.engines.engine import Engine, Session
from livewatch.engines.scripted import ScriptedEngine
from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Samples
from livewatch.tuning.cache.again import CachedEngine
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.noting import NotingEngine
from tests.needs import needs

S = SAMPLE_RATE
TEXT = "Your computer is infected. Please allow me remote access to your computer."
TOLERANCE = S // 50
"""A word may end one speech gate frame past what was delivered: recognisers count in frames of their own"""

pytestmark = needs(shutil.which("flite") is not None, "flite is not installed: it speaks the test sentence")


@dataclass(frozen=True)
class Case:
    open: Callable[[], Engine]
    silent: Callable[[], Engine]
    """An engine for sound without words; only scripted needs another"""
    english: bool
    partials: bool = True
    """Whether words are shown before their utterance ends"""
    leaks: bool = True
    """Whether to look for leaks: once for each recogniser"""


def _moonshine() -> Engine:
    return importlib.import_module("livewatch.engines.moonshine").open_engine(update_every_s=0.5)


def _moonshine_for_recordings() -> Engine:
    return importlib.import_module("livewatch.engines.moonshine").open_engine(update_every_s=None)


def _vosk() -> Engine:
    return importlib.import_module("livewatch.engines.vosk").open_engine(Path(os.environ["LIVEWATCH_VOSK_MODEL"]))


def _cached() -> Engine:
    """What the scripted recogniser says, out of the cache of labelled calls."""
    scripted = ScriptedEngine.from_text(TEXT)
    notes = NotingEngine(scripted)
    recognise(notes, np.zeros(scripted.duration, np.int16))
    return CachedEngine(notes.heard(scripted.duration, ()))


needs_moonshine = needs(importlib.util.find_spec("moonshine_voice") is not None, "moonshine-voice is not installed")
NOTHING = Heard("scripted", "text", can_verify=False, memory_s=0.0, audio=0, damage=(), said=())
VOSK_MODEL = os.environ.get("LIVEWATCH_VOSK_MODEL", "")
CASES = [
    pytest.param(Case(_moonshine, _moonshine, english=True), id="moonshine", marks=needs_moonshine),
    pytest.param(
        Case(_moonshine_for_recordings, _moonshine_for_recordings, english=True, partials=False, leaks=False),
        id="moonshine-recordings",
        marks=needs_moonshine,
    ),
    pytest.param(
        Case(_vosk, _vosk, english="-en" in Path(VOSK_MODEL).name),
        id="vosk",
        # in CI too: no package carries a Vosk model, and a test fetches nothing
        marks=pytest.mark.skipif(not VOSK_MODEL, reason="LIVEWATCH_VOSK_MODEL is not set: no Vosk model to test with"),
    ),
    pytest.param(
        Case(lambda: ScriptedEngine.from_text(TEXT), lambda: ScriptedEngine.from_text(""), english=True), id="scripted"
    ),
    pytest.param(Case(_cached, lambda: CachedEngine(NOTHING), english=True, leaks=False), id="cached"),
]


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(scope="module")
def engine(case: Case) -> Iterator[Engine]:
    opened = case.open()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """The sentence after half a second of silence, ending with its last sound."""
    path = tmp_path_factory.mktemp("speech") / "sentence.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", TEXT, "-o", str(path)], check=True)
    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == S
    loud = np.flatnonzero(np.abs(samples) > 200)
    return np.concatenate([np.zeros(S // 2, np.int16), samples[: loud[-1]]])


def deliver(
    session: Session, samples: Samples, size: int, *, start: int = 0, gate: SpeechGate | None = None
) -> Iterator[Hypothesis]:
    """Through the speech gate in chunks of `size` samples; checks each hypothesis against what was delivered."""
    gate = gate or SpeechGate()
    for first in range(0, len(samples), size):
        for chunk in gate.mark(AudioChunk(samples[first : first + size], start + first)):
            for hypothesis in session.accept(chunk):
                assert hypothesis.at <= chunk.end
                yield hypothesis
    for chunk in gate.flush():
        yield from session.accept(chunk)


def recognise(engine: Engine, samples: Samples, size: int = 1600) -> list[Hypothesis]:
    session = engine.open()
    return [*deliver(session, samples, size), *session.finish()]


def said(hypotheses: list[Hypothesis]) -> str:
    return " ".join(h.text for h in hypotheses if h.final and h.words)


def plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha() or c == " ")


@pytest.fixture(scope="module")
def heard(engine: Engine, speech: Samples) -> list[Hypothesis]:
    return recognise(engine, speech)


def test_it_says_who_it_is(engine: Engine) -> None:
    assert engine.name in ("moonshine", "vosk", "scripted")
    assert engine.model
    assert (engine.memory_s > 0) == engine.can_verify


def test_it_understands_the_sentence(case: Case, heard: list[Hypothesis]) -> None:
    assert said(heard)
    if case.english:
        assert jiwer.wer(plain(TEXT), plain(said(heard))) <= 0.1


@pytest.mark.parametrize("size", [320, 1000, 16_000, 10_000_000])
def test_the_words_are_the_same_whatever_the_chunk_sizes(
    engine: Engine, speech: Samples, heard: list[Hypothesis], size: int
) -> None:
    again = recognise(engine, speech, size)
    assert [h.words for h in again if h.final] == [h.words for h in heard if h.final]


def test_words_are_shown_while_they_are_spoken(case: Case, heard: list[Hypothesis], speech: Samples) -> None:
    partials = [h for h in heard if not h.final and h.words]
    if not case.partials:
        assert partials == []
        return
    assert partials[0].at < len(speech) * 0.6


def test_words_lie_in_order_within_what_was_delivered(heard: list[Hypothesis]) -> None:
    before = 0
    for h in heard:
        for word in h.words:
            assert 0 <= word.start < word.end <= h.at + TOLERANCE
            assert word.text
            assert not any(c.isspace() for c in word.text)
            assert 0 <= word.confidence <= 1
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(h.words))
        if h.final and h.words:
            assert h.words[0].start >= before
            before = h.words[-1].start


def test_hypotheses_follow_the_rules(heard: list[Hypothesis]) -> None:
    assert all(0 <= h.stable <= len(h.words) for h in heard)
    assert all(h.stable == len(h.words) for h in heard if h.final)
    assert all(a.at <= b.at for a, b in pairwise(heard))
    assert heard[0].utterance == 0
    for a, b in pairwise(heard):
        assert b.utterance == a.utterance + (1 if a.final else 0)
    assert heard[-1].final


def test_the_last_word_is_flushed(case: Case, heard: list[Hypothesis], speech: Samples) -> None:
    """The sound ends with the word, not a silence after it."""
    finals = [h for h in heard if h.final and h.words]
    assert finals[-1].words[-1].end > len(speech) - S
    if case.english:
        assert plain(finals[-1].words[-1].text) == "computer"


def test_nothing_comes_after_finish(engine: Engine, speech: Samples) -> None:
    session = engine.open()
    list(deliver(session, speech[: 2 * S], 1600))
    list(session.finish())
    assert list(session.finish()) == []
    assert list(deliver(session, speech, 1600, start=2 * S)) == []
    assert list(session.finish()) == []


def test_a_call_without_sound_is_a_call_without_words(engine: Engine) -> None:
    session = engine.open()
    assert list(session.finish()) == []


@pytest.mark.parametrize("level", [0, 1, 8], ids=["zeros", "hiss", "noise"])
def test_silence_gives_nothing(case: Case, level: int) -> None:
    silent = case.silent()
    noise = np.random.default_rng(1).normal(0, level, 20 * S).round().astype(np.int16)
    assert recognise(silent, noise) == []
    silent.close()


def test_a_long_silence_changes_no_times(case: Case, engine: Engine, speech: Samples) -> None:
    if engine.name == "scripted":
        pytest.skip("its words come by the clock, not by sound")
    rest = np.zeros(10 * S, np.int16)
    twice = recognise(engine, np.concatenate([speech, rest, speech, rest]))
    finals = [h for h in twice if h.final and h.words]
    later = len(speech) + len(rest)
    first = [word for h in finals for word in h.words if word.start < later]
    second = [word for h in finals for word in h.words if word.start >= later]
    assert abs(second[0].start - later - first[0].start) <= 0.3 * S
    assert abs(second[-1].end - later - first[-1].end) <= 0.3 * S
    if case.english:
        assert jiwer.wer(plain(TEXT), plain(" ".join(w.text for w in first))) <= 0.1
        assert jiwer.wer(plain(TEXT), plain(" ".join(w.text for w in second))) <= 0.1


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000])
def test_sound_of_any_rate_gives_the_same_words(
    case: Case, engine: Engine, speech: Samples, heard: list[Hypothesis], rate: int
) -> None:
    sound = speech.astype(np.float32) / 32768
    back = soxr.resample(soxr.resample(sound, S, rate), rate, S)
    words = said(recognise(engine, (np.clip(back, -1, 1) * 32767).astype(np.int16)))
    assert words
    if case.english:
        assert jiwer.wer(plain(TEXT), plain(words)) <= 0.1
    if rate > S and case.english:
        assert jiwer.wer(plain(said(heard)), plain(words)) <= 0.1


def test_sessions_of_one_engine_are_independent(engine: Engine, speech: Samples, heard: list[Hypothesis]) -> None:
    sessions = [engine.open(), engine.open()]
    gates = [SpeechGate(), SpeechGate()]
    finals: list[list[Hypothesis]] = [[], []]
    delays = [0, 7_000]
    sounds = [np.concatenate([np.zeros(delay, np.int16), speech]) for delay in delays]
    for first in range(0, len(sounds[1]), 2_000):
        for i in (0, 1):
            piece = sounds[i][first : first + 2_000]
            for chunk in gates[i].mark(AudioChunk(piece, first)):
                finals[i] += [h for h in sessions[i].accept(chunk) if h.final]
    for i in (0, 1):
        for chunk in gates[i].flush():
            finals[i] += [h for h in sessions[i].accept(chunk) if h.final]
        finals[i] += [h for h in sessions[i].finish() if h.final]
    assert [h.words for h in finals[0]] == [h.words for h in heard if h.final]
    assert finals[1]


def test_a_recogniser_without_a_second_listen_says_so(engine: Engine, speech: Samples) -> None:
    session = engine.open()
    list(deliver(session, speech, 1600))
    if engine.can_verify:
        assert isinstance(session.score(["remote", "access"], (2 * S, 3 * S)), float)
    else:
        with pytest.raises(EngineError):
            session.score(["remote", "access"], (2 * S, 3 * S))


needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")


def resident() -> int:
    """Bytes of memory this process holds, after giving back what is free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@needs_linux
def test_fifty_sessions_do_not_leak(case: Case, engine: Engine, speech: Samples) -> None:
    if not case.leaks:
        pytest.skip("looked for in the same recogniser for live calls")
    piece = speech[S // 4 : S // 4 + S]
    for _ in range(10):
        recognise(engine, piece)
    before = resident()
    for _ in range(50):
        recognise(engine, piece)
    assert resident() - before < 50 * 40_000


@needs_linux
def test_a_dozen_engines_do_not_leak(case: Case, speech: Samples) -> None:
    if not case.leaks:
        pytest.skip("looked for in the same recogniser for live calls")

    def one() -> None:
        opened = case.open()
        recognise(opened, speech[S // 4 : S // 4 + S])
        opened.close()

    for _ in range(3):
        one()
    before = resident()
    for _ in range(12):
        one()
    assert resident() - before < 12 * 1_000_000
