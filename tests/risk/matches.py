"""Matches made by hand, for the tests of the judge."""

from itertools import count

from livewatch.events import Match

_places = count()


def match(phrase: str, points: float, *, category: str = "", why: str = "", at: int | None = None) -> Match:
    """A match of `phrase` at a place of its own, or at sample `at`; the category is the part before the dot."""
    start = next(_places) * 16_000 if at is None else at
    return Match(
        phrase=phrase,
        category=category or phrase.split(".", maxsplit=1)[0],
        heard=f"heard {phrase}",
        start=start,
        end=start + 8_000,
        points=points,
        how="exact",
        at=start + 9_000,
        why=why or f"Why {phrase}.",
    )
