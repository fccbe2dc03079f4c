"""Hypotheses made of plain text, for the tests of phrases and risk."""

from collections.abc import Iterator, Sequence

from livewatch.events import Hypothesis, Match, Side, Word
from livewatch.phrases.book import Book
from livewatch.phrases.spotter import Spotter

WORD = 5_600
"""Samples a word takes here"""


def words(text: str | Sequence[str], start: int = 0) -> tuple[Word, ...]:
    """Words spoken one after the other without a pause, the first at sample `start`."""
    texts = text.split() if isinstance(text, str) else text
    return tuple(Word(one, start + index * WORD, start + (index + 1) * WORD, 0.9) for index, one in enumerate(texts))


def final(text: str, utterance: int = 0, start: int = 0, side: Side = "any") -> Hypothesis:
    """A finished utterance."""
    spoken = words(text, start)
    return Hypothesis(spoken, len(spoken), True, utterance, spoken[-1].end if spoken else start, side)


def partial(text: str, stable: int, utterance: int = 0, start: int = 0) -> Hypothesis:
    """An open utterance, of which the first `stable` words are certain."""
    spoken = words(text, start)
    return Hypothesis(spoken, stable, False, utterance, spoken[-1].end if spoken else start)


def spot(book: Book, *utterances: str, pause: int = 16_000 * 3) -> list[Match]:
    """All matches of a call with these utterances, `pause` samples between them."""
    return list(hear(book.spotter(), utterances, pause))


def hear(spotter: Spotter, utterances: Sequence[str], pause: int = 16_000 * 3) -> Iterator[Match]:
    start = 0
    for number, text in enumerate(utterances):
        hypothesis = final(text, number, start)
        yield from spotter.accept(hypothesis)
        start = hypothesis.at + pause
