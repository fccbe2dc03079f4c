"""`livewatch phrases try`: what of a text or a recording matches, what almost does, and why not."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from livewatch.assembly import Kit
from livewatch.cli.phrases import out, tell_problems
from livewatch.engines.scripted import ScriptedEngine
from livewatch.errors import ExitCode, UsageError
from livewatch.events import Hypothesis, Match, seconds
from livewatch.phrases.book import Book, LoadedBook, Phrase
from livewatch.phrases.discount import Discount, Discounts
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.nearly import Near, near_misses
from livewatch.settings import Settings, load
from livewatch.sinks.wording import clock

MOST_NEAR = 6
"""Near misses shown: what almost matched by chance comes after them"""
SOUND = {".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".amr", ".3gp", ".wma", ".mp4", ".webm"}
"""A TEXT that ends like this is the name of a file that is not there"""

_BECAUSE = {
    "denied": "denied by",
    "advised": "advised against by",
    "reported": "told about by",
    "exception": "cancelled by its exception",
}


@dataclass(frozen=True, slots=True)
class _Tried:
    """What became of some words."""

    hypotheses: list[Hypothesis]
    """The finished utterances"""
    told: list[Match]
    left_out: list[Discount]
    off: list[Match]
    """What phrases that are switched off would have matched"""
    near: list[tuple[Near, str]]
    """With the words heard there"""


def run_try(options: argparse.Namespace) -> int:
    """Try a text or a recording against the lists."""
    spoken: dict[str, object] = {"engine.name": options.engine} if options.engine else {}
    if options.phrases:
        spoken["phrases.files"] = options.phrases
    settings = load(spoken).settings
    phrases = settings.phrases
    loaded = Book.load([Path(file) for file in phrases.files], languages=phrases.languages)
    tell_problems(loaded.problems)
    tried = _try(loaded, _hear(options, settings))
    if options.json:
        _as_json(tried)
    else:
        _show(tried, loaded.book)
    return ExitCode.OK


def because(discount: Discount) -> str:
    """Say in words why a match does not count."""
    if discount.reason == "side":
        return "said by the other side"
    if discount.reason == "late":
        return "too late in the call"
    if discount.reason == "unconfirmed":
        return "the recogniser revised it, or a second listen did not find it"
    return f'{_BECAUSE[discount.reason]} "{discount.by}"'


def _hear(options: argparse.Namespace, settings: Settings) -> list[Hypothesis]:
    """Return all hypotheses of the text or the recording."""
    path = Path(options.heard)
    if _is_file(path):
        if settings.engine.name == "auto" and path.suffix == ".txt":
            settings = structs.replace(settings, engine=structs.replace(settings.engine, name="scripted"))
        kit = Kit(settings, live=False)
        try:
            return [event for event in kit.watch(kit.open(path)) if isinstance(event, Hypothesis)]
        finally:
            kit.close()
    if path.suffix.lower() in SOUND:
        raise UsageError(
            "try-missing", f"There is no recording {path}.", 'Check the path, or give words: try "read me…"'
        )
    if not options.heard.split():
        raise UsageError("try-empty", "There are no words to try.", 'livewatch phrases try "read me the code"')
    engine = ScriptedEngine.from_turns([(options.side, options.heard)])
    return [
        Hypothesis(one.words, len(one.words), True, number, one.end, one.side)
        for number, one in enumerate(engine.utterances)
    ]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # words that are too long for a name
        return False


def _try(loaded: LoadedBook, hypotheses: Sequence[Hypothesis]) -> _Tried:
    book = loaded.book
    spotter, discounts = book.spotter(), Discounts(book)
    off = Book(loaded.off, book.normaliser, book.context).spotter()
    listed = {phrase.id for phrase in book.phrases}
    told, switched_off = [], []
    for hypothesis in hypotheses:
        told += [match for match in spotter.accept(hypothesis) if match.phrase in listed]
        discounts.accept(hypothesis)
        switched_off += off.accept(hypothesis)
    left_out = discounts.left_out(told)
    finished = [hypothesis for hypothesis in hypotheses if hypothesis.final]
    known = [*told, *switched_off, *(one.match for one in left_out)]
    return _Tried(finished, told, left_out, switched_off, _near(book, finished, known))


def _near(book: Book, finished: Iterable[Hypothesis], known: Sequence[Match]) -> list[tuple[Near, str]]:
    found = []
    for hypothesis in finished:
        texts = [word.text for word in hypothesis.words]
        for near in near_misses(book.phrases, book.normaliser, texts):
            start, end = hypothesis.words[near.first].start, hypothesis.words[near.last].end
            if not any(2 * (min(end, one.end) - max(start, one.start)) > end - start for one in known):
                found.append((near, " ".join(texts[near.first : near.last + 1])))
    found.sort(key=lambda one: one[0].first - one[0].last)
    return found[:MOST_NEAR]


def _show(tried: _Tried, book: Book) -> None:
    phrases = {phrase.id: phrase for phrase in book.phrases}
    heard = " ".join(hypothesis.text for hypothesis in tried.hypotheses)
    out(f"Heard: {heard or 'nothing'}")
    out("Matched:" if tried.told else "Nothing matched.")
    for match in tried.told:
        out(f'  {clock(match.start)}  {match.phrase}, {match.points:g} points: "{match.heard}"')
        phrase = phrases[match.phrase]
        out(f"         {phrase.why}")
        for wording in _wordings(phrase, match, book):
            out(f"         {phrase.file}: {wording}")
    if tried.left_out:
        out("Found, but does not count:")
    for one in tried.left_out:
        out(f'  {clock(one.match.start)}  {one.match.phrase}: "{one.match.heard}", {because(one)}')
    if tried.off:
        out("Switched off:")
    for match in tried.off:
        out(f'  {clock(match.start)}  {match.phrase}: "{match.heard}". To use it: livewatch phrases on {match.phrase}')
    if tried.near:
        out("Almost:")
    for near, words in tried.near:
        missing = f"missing: {' or '.join(near.missing)}" if near.missing else "other words stand in between"
        out(f'  {near.phrase.id}: "{words}"; {missing}')
        out(f"         {near.phrase.file}: {near.wording}")


def _wordings(phrase: Phrase, match: Match, book: Book) -> list[str]:
    """Return the wordings that the words of `match` say."""
    matcher = Matcher()
    for number, automaton in enumerate(phrase.automata["say"]):
        matcher.add(automaton, number)
    found = matcher.find(book.normaliser.tokens(match.heard.split()))
    return list(dict.fromkeys(phrase.say[one.owner] for one in found))


def _as_json(tried: _Tried) -> None:
    rows = [{"event": "words", "text": one.text, "side": one.side} for one in tried.hypotheses]
    rows += [_row("match", one) for one in tried.told]
    rows += [_row("discounted", one.match) | {"reason": one.reason, "by": one.by} for one in tried.left_out]
    rows += [_row("off", one) for one in tried.off]
    rows += [
        {"event": "near", "phrase": near.phrase.id, "heard": words, "missing": near.missing, "wording": near.wording}
        for near, words in tried.near
    ]
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")


def _row(event: str, match: Match) -> dict[str, object]:
    return {
        "event": event,
        "phrase": match.phrase,
        "category": match.category,
        "heard": match.heard,
        "start_s": seconds(match.start),
        "end_s": seconds(match.end),
        "points": match.points,
        "how": match.how,
    }
