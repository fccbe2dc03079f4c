"""Recordings heard again from the cache: the same events at the same moments, and nobody listens to the sound."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from livewatch.assembly import Kit
from livewatch.audio.file import open_recording
from livewatch.events import SAMPLE_RATE, Alternative, AudioChunk, Event, Hypothesis, Match, Side, Word
from livewatch.phrases.book import Book, LoadedBook
from livewatch.phrases.gist import PHRASE
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound.search import LEAST_POINTS
from livewatch.settings import Settings, load
from livewatch.tuning.cache.again import CachedEngine, NotHeardError, SilentSource
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.noting import NotingEngine
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.watcher import CallWatcher
from tests.command import ROOT
from tests.tuning.cache.test_edits import made

SAMPLES = ROOT / "samples"
SHIPPED = Book.load()
SOME = [phrase for phrase in SHIPPED.book.phrases if phrase.category in ("who", "code", "computer", "control")]
"""Enough for these tests; all would cost a second for each book that is made"""


def book_of(phrases: Sequence[Phrase]) -> Book:
    return Book(phrases, SHIPPED.book.normaliser, SHIPPED.book.context, SHIPPED.book.gist)


words = st.lists(st.tuples(st.text(min_size=1), st.integers(0, 9), st.floats(0, 1)), max_size=6).map(
    lambda found: tuple(Word(text, start, start + 5, sure) for text, start, sure in found)
)
hypotheses = st.builds(
    Hypothesis,
    words,
    st.integers(0, 6),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 10**9),
    st.sampled_from(["me", "any"]),
    st.lists(
        st.builds(
            Alternative,
            st.integers(0, 6),
            st.integers(0, 6),
            st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple),
            st.floats(-7, 7),
        ),
        max_size=2,
    ).map(tuple),
)


@settings_of_hypothesis(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["caller", "me", "any"]), hypotheses)))
def test_every_revision_comes_back_as_it_was(said: list):
    asked = {(0, 1, ("a", "b"), 3, 4): -1.25}
    heard = Heard("moonshine", "tiny", True, 20.0, 16_000, ("cut",), tuple(said), asked)
    assert Heard.decode(heard.encode()) == heard


class TwoTracks:
    """The first five seconds of a scam call on the caller's track, and of another call on the near one."""

    name = "two"
    duration = None

    def __iter__(self) -> Iterator[AudioChunk]:
        """Yield both in turn, a tenth of a second at a time."""
        sources = [open_recording(SAMPLES / f"{name}.wav") for name in ("microsoft-short", "family")]
        sounds = [np.concatenate([chunk.samples for chunk in source])[: 5 * SAMPLE_RATE] for source in sources]
        sides: tuple[Side, ...] = ("caller", "me")
        for start in range(0, 5 * SAMPLE_RATE, 1600):
            for side, sound in zip(sides, sounds, strict=True):
                yield AudioChunk(sound[start : start + 1600], start, side=side)


def test_a_live_call_of_two_tracks_is_replayed_event_by_event():
    kit = Kit(load({"engine.name": "moonshine"}).settings, live=True, loaded=LoadedBook(book_of(SOME), ()))
    notes = NotingEngine(kit.engine)
    events = [*kit.watch(TwoTracks(), notes)]
    heard = Heard.decode(notes.heard(5 * SAMPLE_RATE, ()).encode())
    again = [*kit.watch(SilentSource("two", heard), CachedEngine(heard))]
    assert again[1:] == events[1:]
    said = [event for event in events if isinstance(event, Hypothesis)]
    assert {one.side for one in said} == {"caller", "me"}
    assert any(not one.final for one in said)
    assert any(isinstance(event, Match) for event in events)
    assert heard.scores  # something was listened to twice
    forgetful = kit.watch(SilentSource("two", heard), CachedEngine(replace(heard, scores={})))
    with pytest.raises(NotHeardError):
        consume(forgetful)


def consume(events: Iterator[Event]) -> None:
    for _ in events:
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"cache.enabled": True, "cache.folder": str(tmp_path / "cache"), "engine.name": "moonshine"}).settings


def watched(settings: Settings, book: Book, call: LabelledCall) -> tuple[CallResult, set[str]]:
    """The result, and what was new in it for the cache."""
    watcher = CallWatcher(settings, loaded=LoadedBook(book, ()))
    if watcher.cache is not None and (known := watcher.cache.recall([call])):
        return known[call.id], set()
    result = watcher(call, lambda: False)
    assert isinstance(result, CallResult), result
    if watcher.cache is not None:
        watcher.cache.keep(result.keep)
    return replace(result, keep=()), {kind for kind, _, _ in result.keep}


def test_a_recording_is_recognised_once_and_judged_with_every_list(settings: Settings, tmp_path: Path):
    path = tmp_path / "call.wav"
    content = (SAMPLES / "microsoft-short.wav").read_bytes()
    path.write_bytes(content[: len(content) // 2])  # cut off: a damaged recording is one, too
    os.utime(path, (1, 1))
    call = LabelledCall("a", Label.SCAM, "set", "set:1", path, ())
    uncached = load({"cache.enabled": False, "engine.name": "moonshine"}).settings
    book = book_of(SOME)
    first, new = watched(settings, book, call)
    assert new == {"heard", "spotted", "said"}
    assert first.damage
    assert first == watched(uncached, book, call)[0]
    assert first.said
    assert watched(settings, book, call) == (first, set())

    more = made(
        {"id": "test.wrong", "category": "computer", "why": "Said here.", "points": 12, "say": ["is something wrong"]}
    )
    assert more is not None
    longer = book_of([*book.phrases, more])
    second, new = watched(settings, longer, call)
    assert new == {"spotted", "said"}  # judged again, but nobody listened
    assert second == watched(uncached, longer, call)[0] != first

    best = next(match.phrase for match in first.matches if match.points >= LEAST_POINTS and match.phrase != PHRASE)
    dearer = book_of([replace(one, points=one.points + 0.5) if one.id == best else one for one in book.phrases])
    dear, new = watched(settings, dearer, call)
    assert new == set()  # what is new follows from what was found
    assert dear == watched(uncached, dearer, call)[0] != first

    phrases = [replace(one, points=3.0) if one.points > 20 else one for one in book.phrases]
    cheaper = book_of(phrases)
    assert watched(settings, cheaper, call)[0] == watched(uncached, cheaper, call)[0]

    moved = tmp_path / "moved.wav"
    shutil.move(path, moved)
    third, new = watched(settings, longer, replace(call, audio=moved))
    assert new == set()
    assert "moved.wav" in third.damage[0]
    assert third.matches == second.matches
