import random
import time

from livewatch.phrases.automaton import GAP_WORDS, compile_wording
from livewatch.phrases.language import parse
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.normalise import Normaliser

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]


def build(normaliser: Normaliser, wordings: list[str]) -> Matcher:
    matcher = Matcher()
    for owner, wording in enumerate(wordings):
        matcher.add(compile_wording(parse(wording), normaliser, inflected=True), owner)
    return matcher


def naive(wording: list[str], row: list[str], first: int) -> set[int]:
    """All ends of a wording of words and gaps that begins exactly at `first`, by trying everything."""
    if not wording:
        return {first - 1}
    if wording[0] == "*":
        return set().union(*(naive(wording[1:], row, first + skip) for skip in range(GAP_WORDS + 1)))
    if first < len(row) and row[first] == wording[0]:
        return naive(wording[1:], row, first + 1)
    return set()


def test_many_wordings_at_once_find_what_each_finds_alone(normaliser: Normaliser) -> None:
    rng = random.Random(5)
    for _ in range(60):
        wordings = []
        for _ in range(rng.randint(1, 25)):
            parts = [rng.choice(WORDS)]
            for _ in range(rng.randint(1, 3)):
                parts += (["*"] if rng.random() < 0.4 else []) + [rng.choice(WORDS)]
            wordings.append(" ".join(parts))
        row = [rng.choice(WORDS) for _ in range(60)]
        found = build(normaliser, wordings).find(normaliser.tokens(row))
        expected = {
            (owner, end)
            for owner, wording in enumerate(wordings)
            for first in range(len(row))
            for end in naive(wording.split(), row, first)
        }
        assert {(hit.owner, hit.last) for hit in found} == expected
        for hit in found:
            assert hit.last in naive(wordings[hit.owner].split(), row, hit.first)


def test_adding_a_wording_takes_no_match_from_another(normaliser: Normaliser) -> None:
    row = normaliser.tokens(["read", "me", "the", "code", "now"])
    alone = build(normaliser, ["read me the code"]).find(row)
    both = build(normaliser, ["read me the code", "(read|tell) * code", "me the", "the code now"]).find(row)
    assert alone
    assert set(alone) < set(both)


def test_forgetting_what_is_kept_changes_nothing(normaliser: Normaliser, monkeypatch) -> None:
    rng = random.Random(1)
    wordings = [f"{rng.choice(WORDS)} * {rng.choice(WORDS)}" for _ in range(20)]
    row = normaliser.tokens([rng.choice(WORDS) for _ in range(500)])
    expected = build(normaliser, wordings).find(row)
    monkeypatch.setattr("livewatch.phrases.matcher.MAX_KEPT", 50)
    assert build(normaliser, wordings).find(row) == expected


def test_time_is_linear_in_words_even_for_the_worst_text(normaliser: Normaliser) -> None:
    matcher = build(normaliser, ["alpha * alpha * alpha * alpha", *(f"alpha * alpha {word}" for word in WORDS)])

    def seconds(count: int) -> float:
        row = normaliser.tokens(["alpha"] * count)
        best = 1e9
        for _ in range(5):
            start = time.process_time()
            matcher.find(row)
            best = min(best, time.process_time() - start)
        return best

    seconds(10)
    assert seconds(1_000) < 2 * 2.2 * seconds(500) + 0.005


def test_an_empty_matcher_finds_nothing(normaliser):
    assert Matcher().find(normaliser.tokens(["read", "me", "the", "code"])) == []
