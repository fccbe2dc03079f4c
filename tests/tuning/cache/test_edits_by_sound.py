"""After any edit of the lists, in calls that are also searched by sound: carried over is what a search would find."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace

from livewatch.audio.speech import SpeechGate
from livewatch.engines.scripted import ScriptedEngine
from livewatch.events import Hypothesis, Match
from livewatch.phrases.book import Book
from livewatch.phrases.phrase import Phrase
from livewatch.phrases.sound import MOST_DISTANCE
from livewatch.phrases.speech import load_speech
from livewatch.pipeline import watch
from livewatch.risk.judge import Judge, load_rules
from livewatch.tuning.cache.again import CachedEngine, CachedSession, SilentSource
from livewatch.tuning.cache.edits import Again, BySound, Edit, lines_of
from livewatch.tuning.cache.heard import Heard
from livewatch.tuning.cache.neighbours import Neighbours, Overhearing
from livewatch.tuning.cache.sounds import OverheardBook
from tests.tuning.cache.test_edits import SHIPPED, calls_of, edited, made

EDITS = 12
RULES = load_rules()


class Engine(CachedEngine):
    """Has an answer to everything that it is asked to listen to twice, always the same one."""

    def open(self) -> CachedSession:
        return Session(self._heard, self._place_of)


class Session(CachedSession):
    def score(self, words: Sequence[str], span: tuple[int, int]) -> float:
        return -1.0 if zlib.crc32(repr((words, span)).encode()) % 2 else -20.0


def doubtful(chance: random.Random, text: Sequence[tuple[str, str]]) -> Heard:
    """A call as a recogniser hears it that is unsure of half its words, and has lost a letter of some."""
    scripted = ScriptedEngine.from_turns(text)
    said = []
    for number, utterance in enumerate(scripted.utterances):
        words = [
            replace(word, text=word.text[: chance.randint(2, 9)] or word.text, confidence=chance.choice([0.3, 0.9]))
            if chance.random() < 0.3
            else replace(word, confidence=chance.choice([0.3, 0.9]))
            for word in utterance.words
        ]
        hypothesis = scripted.open()._hypothesis(utterance, tuple(words), utterance.end, final=True)
        said.append(("any", replace(hypothesis, utterance=number, side="any")))
    return Heard("moonshine", "tiny", True, 20.0, scripted.duration, (), tuple(said))


def searched(book: Book, heard: Heard) -> tuple[tuple[Match, ...], tuple[str, ...], Neighbours]:
    overhearing = Overhearing(load_speech(["en"]))
    overheard = OverheardBook(book, overhearing)
    events = watch(
        SilentSource("call", heard), Engine(heard), SpeechGate, overheard.spotter(MOST_DISTANCE), Judge(RULES)
    )
    matches = tuple(event for event in events if isinstance(event, Match))
    return matches, tuple(overheard.thought_of), overhearing.neighbours()


def carry(edit: Edit, heard: Heard, found: tuple[tuple[Match, ...], tuple[str, ...], Neighbours]) -> object:
    matches, thought_of, neighbours = found
    return edit.carry(matches, lambda: neighbours, BySound(thought_of, lambda: heard))


def test_a_phrase_that_is_only_known_by_its_sound_is_looked_for_and_one_that_is_not_heard_is_not():
    words = "and now you allow me remoat axes to your computer please because it is late"
    scripted = ScriptedEngine.from_text(words)
    (utterance,) = scripted.utterances
    doubted = tuple(replace(word, confidence=0.3) for word in utterance.words)
    said = Hypothesis(doubted, len(doubted), True, 0, utterance.end)
    heard = Heard("moonshine", "tiny", True, 20.0, scripted.duration, (), (("any", said),))
    rest = SHIPPED.phrases[:4]
    values = {"category": "control", "why": "Only said in tests.", "points": 30}
    one = made({**values, "id": "test.access", "say": ["allow me remote access"]})
    other = made({**values, "id": "test.elephant", "say": ["purple elephant festival"]})
    assert one is not None
    assert other is not None
    books = [Book(phrases, SHIPPED.normaliser, SHIPPED.context) for phrases in (rest, (*rest, one), (*rest, other))]
    without, with_one, with_other = (searched(book, heard) for book in books)
    assert "test.access" in with_one[1]
    lines = [lines_of(book) for book in books]
    assert carry(Edit(lines[0], books[1], lines[1]), heard, without) is Again.SEARCH
    assert carry(Edit(lines[0], books[2], lines[2]), heard, without) == with_other[0]
    assert carry(Edit(lines[1], books[0], lines[0]), heard, with_one) is Again.SEARCH
    assert carry(Edit(lines[2], books[0], lines[0]), heard, with_other) == without[0]


def test_whatever_is_edited_carried_over_is_what_a_search_finds():
    chance = random.Random(5)
    texts = calls_of(chance, 5)
    calls = [doubtful(chance, call.turns) for call in texts]
    phrases: Sequence[Phrase] = SHIPPED.phrases[::9]
    book = Book(phrases, SHIPPED.normaliser, SHIPPED.context)
    before = [searched(book, heard) for heard in calls]
    carried = by_sound = changed = 0
    for _ in range(EDITS):
        names = {match.phrase for matches, *_ in before for match in matches}
        thought_of = {name for _, names, _ in before for name in names}
        phrases = edited(chance, phrases, texts, names | thought_of)
        after = Book(phrases, SHIPPED.normaliser, SHIPPED.context)
        edit = Edit(lines_of(book), after, lines_of(after))
        found = [searched(after, heard) for heard in calls]
        for heard, old, fresh in zip(calls, before, found, strict=True):
            known = carry(edit, heard, old)
            assert known is Again.SEARCH or known == fresh[0]
            carried += known is not Again.SEARCH
            by_sound += sum(match.how == "sound" for match in fresh[0])
            changed += old[0] != fresh[0]
        book, before = after, found
    assert by_sound >= EDITS
    assert changed >= 1
    assert carried > EDITS * len(calls) * 0.5
