"""After any edit of the lists: what the cache says of a call is what watching it says."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livewatch.phrases.book import Book, LoadedBook
from livewatch.phrases.gist import Gist, keys
from livewatch.phrases.phrase import Phrase, categories, read_phrase
from livewatch.phrases.reading import Entry
from livewatch.settings import Settings, load
from livewatch.tuning.corpus.manifest import Label, LabelledCall
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.work.watcher import CallWatcher

SHIPPED = Book.load().book
CHATTER = (
    "so I said we should go there on Monday, and then 4 5 6 7 came. My account was fine; do not send me the money, she "
    "said, because the bank will never ask for it. Press one hundred and two, okay? Your computer is slow today"
)


EDITS = 14


def plain(wording: str) -> str:
    """Something like a wording, without its signs."""
    first = re.sub(r"\|[^)\]]*", "", wording)
    return re.sub(r"<\w+>", "4521", re.sub(r"[()\[\]*]|near:\d", " ", first))


def calls_of(chance: random.Random, count: int) -> list[LabelledCall]:
    calls = []
    for number in range(count):
        turns = []
        for _ in range(chance.randint(3, 7)):
            said = chance.sample(CHATTER.split(), chance.randint(2, 8))
            if chance.random() < 0.7:
                said += plain(chance.choice(chance.choice(SHIPPED.phrases).say)).split()
            turns.append((chance.choice(["caller", "me", ""]), " ".join([*said, *chance.sample(CHATTER.split(), 3)])))
        calls.append(LabelledCall(f"c{number}", Label.SCAM, "set", f"set:{number}", None, tuple(turns)))
    return calls


def made(values: dict[str, Any]) -> Phrase | None:
    entry = Entry("test.toml", 1, values)
    return read_phrase(entry, {}, None, SHIPPED.normaliser)[0]


def values_of(phrase: Phrase) -> dict[str, Any]:
    names = ("id", "category", "why", "points", "source", "who", "inflected")
    lists = {name: list(getattr(phrase, name)) for name in ("say", "unless", "not_before")}
    return {**{name: getattr(phrase, name) for name in names}, **lists}


def snippet(chance: random.Random, calls: Sequence[LabelledCall]) -> str:
    """A wording out of a call: some words of it in a row, or with a gap."""
    words = re.sub(r"[^\w\s']", "", chance.choice(chance.choice(calls).turns)[1]).split()
    first = chance.randrange(len(words) - 3)
    one, two, *rest = words[first : first + chance.randint(2, 4)]
    return " ".join([one, *chance.choice([[], ["*"]]), two, *rest])


def edited(
    chance: random.Random, phrases: Sequence[Phrase], calls: Sequence[LabelledCall], heard: set[str]
) -> list[Phrase]:
    """The phrases with one edit of the kinds that people make, more often than not of one that was `heard`."""
    phrases = list(phrases)
    places = [place for place, phrase in enumerate(phrases) if phrase.id in heard or chance.random() < 0.1]
    place = chance.choice(places or range(len(phrases)))
    values = values_of(phrases[place])
    change: dict[str, Any] = chance.choice(
        [
            {"points": float(chance.randint(0, 60))},
            {"why": "Another reason."},
            {"category": chance.choice([*categories()])},
            {"who": chance.choice(["caller", "me", "any"])},
            {"inflected": not values["inflected"]},
            {"unless": [*values["unless"], snippet(chance, calls)]},
            {"unless": [], "not_before": []},
            {"not_before": [snippet(chance, calls)]},
            {"say": [*values["say"], snippet(chance, calls)]},
            {"say": values["say"][:1]},
            {"id": f"test.new-{chance.randrange(10**6)}", "say": [snippet(chance, calls) for _ in range(2)]},
        ]
    )
    kind = chance.random()
    if kind < 0.15:
        del phrases[place]
    elif kind < 0.25:
        phrases.insert(chance.randrange(len(phrases)), phrases.pop(place))
    elif (phrase := made(values | change)) is not None:
        if "id" in change:
            phrases.insert(place, phrase)
        else:
            phrases[place] = phrase
    return phrases


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"cache.enabled": True, "cache.folder": str(tmp_path)}).settings


def watch(settings: Settings, book: Book, calls: Sequence[LabelledCall]) -> tuple[dict[str, CallResult], int]:
    """All results with a book, and how many of them the cache knew."""
    watcher = CallWatcher(settings, loaded=LoadedBook(book, ()))
    known = watcher.cache.recall(calls) if watcher.cache else {}
    results = dict(known)
    for call in calls:
        if call.id not in known:
            outcome = watcher(call, lambda: False)
            assert isinstance(outcome, CallResult), outcome
            if watcher.cache:
                watcher.cache.keep(outcome.keep)
            results[call.id] = replace(outcome, keep=())
    if watcher.cache:
        assert watcher.cache.problems() == []
        watcher.cache.close()
    return results, len(known)


def test_whatever_is_edited_the_cache_says_what_watching_says(settings: Settings):
    uncached = load({"cache.enabled": False}).settings
    chance = random.Random(3)
    calls = calls_of(chance, 12)
    phrases: Sequence[Phrase] = SHIPPED.phrases[::4]
    carried, hits = 0, 0
    before: dict[str, CallResult] = {}
    changed = 0
    for _ in range(EDITS):
        heard = {match.phrase for result in before.values() for match in result.matches}
        phrases = edited(chance, phrases, calls, heard)
        book = Book(phrases, SHIPPED.normaliser, SHIPPED.context, SHIPPED.gist)
        cached, known = watch(settings, book, calls)
        fresh, _ = watch(uncached, book, calls)
        assert cached == fresh
        carried += known
        hits += sum(len(result.matches) for result in fresh.values())
        changed += sum(before.get(name) not in (None, result) for name, result in fresh.items())
        before = fresh
    assert hits > EDITS * 12  # the calls say something
    assert changed >= EDITS // 4  # and the edits do something to them
    assert carried > EDITS * 12 * 0.6  # but most calls were not watched again


def excepted(phrase: Phrase, wording: str) -> Phrase | None:
    return made({**values_of(phrase), "unless": [wording]})


@pytest.mark.parametrize(
    ("edit", "known"),
    [
        (lambda one, two, rest: [two, *rest], 2),  # gone: its matches go with it
        (lambda one, two, rest: [two, one, *rest], 2),  # moved: what ends with the same word comes in another order
        (lambda one, two, rest: [rest[-1], one, two, *rest[:-1]], 2),
        (lambda one, two, rest: [replace(one, points=7.0), two, *rest], 2),
        (lambda one, two, rest: [replace(one, who="me"), two, *rest], 1),
        (lambda one, two, rest: [*rest], 2),
        (lambda one, two, rest: [excepted(one, "there is"), two, *rest], 1),
        (lambda one, two, rest: [excepted(one, "pink animal"), two, *rest], 2),
    ],
)
def test_what_an_edit_cannot_touch_is_not_watched_again(settings: Settings, edit: Any, known: int):
    one, two = (
        made({"id": name, "category": "who", "say": [say], "why": f"{name}.", "points": 20})
        for name, say in (("test.one", "purple elephant"), ("test.two", "old purple elephant"))
    )
    turns = (("caller", "there is an old purple elephant"),), (("caller", "there is no animal"),)
    calls = [LabelledCall(f"c{n}", Label.SCAM, "set", "set:1", None, these) for n, these in enumerate(turns)]
    rest = SHIPPED.phrases[:3]
    books = [
        Book(list(phrases), SHIPPED.normaliser, SHIPPED.context)
        for phrases in ((one, two, *rest), edit(one, two, rest))
    ]
    before, _ = watch(settings, books[0], calls)
    assert [match.phrase for match in before["c0"].matches] == ["test.one", "test.two"]
    cached, count = watch(settings, books[1], calls)
    assert cached == watch(load({"cache.enabled": False}).settings, books[1], calls)[0]
    assert count == known


def test_a_phrase_that_becomes_the_users_own_or_shipped_again_counts_as_such(settings: Settings):
    """Of the user's own nothing is taken off for the words around it, of a shipped one it is."""
    ask = next(phrase for phrase in SHIPPED.phrases if phrase.id == "code.read-me")
    said = (
        "yeah well we went up to the lake with the kids and it rained, so we played cards. " * 4 + "Read me the code."
    )
    (lake,) = keys(SHIPPED.normaliser.tokens(["lake"]))
    calls = [LabelledCall("c", Label.SCAM, "set", "set:1", None, (("", said),))]
    seen = []
    for phrase in (ask, replace(ask, own=True, why="Mine."), ask):
        book = Book([phrase], SHIPPED.normaliser, SHIPPED.context, Gist({lake: -20.0}, 0.0))
        by_cache, _ = watch(settings, book, calls)
        watched, _ = watch(load({"cache.enabled": False}).settings, book, calls)
        assert by_cache == watched
        seen.append([match.against for match in watched["c"].matches if match.phrase == ask.id])
    assert seen[0] == seen[2] != seen[1] == [0.0]
