"""What phrases and risk cost: CPU time per update and per second of speech, for books of growing size.

    python benchmarks/matching.py [--seconds 300]

Speech is words at 3 a second in utterances of 20, drawn by Zipf's law from the words of the lists and some thousand
other words, with whole wordings of the lists thrown in; so hardly any row of words comes twice, which is the worst case
for a matcher that remembers its steps. An open utterance is revised every 0.3 s, its last two words not yet stable.
Phrases beyond the shipped ones are made of the same words: two to six, with choices, options and gaps.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from livewatch.events import SAMPLE_RATE, Hypothesis, Word
from livewatch.phrases.book import Book
from livewatch.risk.judge import Judge, load_rules

WORDS_PER_SECOND = 3
UPDATE_S = 0.3
UTTERANCE = 20
FILLERS = {"you", "kind", "sort", "mean", "please"}
"""May be dropped, so that a made phrase of them would be empty"""
RECOGNISER = (0.02, 0.1)
"""CPU-s per second of speech that recognisers take; matching may take 2 % of that"""


def main() -> None:
    """Print one row for each size of the book."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300, help="of speech for each row")
    arguments = parser.parse_args()
    shipped = Book.load().book
    listed = sorted(
        {word for phrase in shipped.phrases for say in phrase.say for word in say.split() if word.isalpha()} - FILLERS
    )
    print("phrases  load s  update ms median  p95   max   CPU-s per s of speech  share of recogniser  matches  RSS MB")
    for size in (len(shipped.phrases), 1_000, 10_000):
        _row(size, listed, shipped, arguments.seconds)


def _row(size: int, listed: list[str], shipped: Book, seconds: int) -> None:
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "more.toml"
        file.write_text("\n".join(_phrases(rng, listed, size - len(shipped.phrases))), "utf-8")
        start = time.process_time()
        loaded = Book.load([file] if size > len(shipped.phrases) else [])
        spotter = loaded.book.spotter()
        loading = time.process_time() - start
    assert not loaded.problems, loaded.problems[:3]
    judge = Judge(load_rules())
    updates: list[float] = []
    matches = 0
    for hypothesis in _speech(rng, listed, shipped, seconds):
        start = time.process_time()
        for match in spotter.accept(hypothesis):
            matches += 1
            for _ in judge.accept(match):
                pass
        updates.append(time.process_time() - start)
    per_second = sum(updates) / seconds
    share = [f"{100 * per_second / cpu:.2f}" for cpu in RECOGNISER]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    slow = quantiles(updates, n=20)[-1]
    print(
        f"{len(loaded.book.phrases):7}  {loading:6.2f}  {1e3 * median(updates):16.3f}  {1e3 * slow:.3f}"
        f"  {1e3 * max(updates):.1f}  {per_second:21.6f}  {share[1]} to {share[0]} %  {matches:11}  {memory:6.0f}"
    )


def _phrases(rng: random.Random, listed: list[str], count: int) -> Iterator[str]:
    for number in range(count):
        parts: list[str] = []
        for position in range(rng.randint(2, 6)):
            one, two, three = rng.sample(listed, 3)
            parts.append(rng.choice([one, one, f"({one}|{two}|{three})", f"[{one}] {two}" if position else one]))
            if rng.random() < 0.2 and parts.count("*") < 3:
                parts.append("*")
        say = " ".join(parts if parts[-1] != "*" else parts[:-1])
        if len(say.split()) < 2:
            say += " " + rng.choice(listed)
        yield f'[[phrase]]\nid = "made.{number}"\ncategory = "other"\nsay = ["{say}"]\nwhy = "Made."\npoints = 1\n'


def _speech(rng: random.Random, listed: list[str], shipped: Book, seconds: int) -> Iterator[Hypothesis]:
    vocabulary = listed + [f"{one}{two}" for one, two in itertools.product(listed[:60], listed[-60:])]
    rng.shuffle(vocabulary)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    sayings = [say for phrase in shipped.phrases for say in phrase.say if not set(say) & set("()[]*|<")]
    each = SAMPLE_RATE // WORDS_PER_SECOND
    step = round(UPDATE_S * WORDS_PER_SECOND)
    for utterance in range(seconds * WORDS_PER_SECOND // UTTERANCE):
        texts = rng.choices(vocabulary, cum_weights=weights, k=UTTERANCE)
        if rng.random() < 0.1:
            saying = rng.choice(sayings).split()
            texts[5 : 5 + len(saying)] = saying
        start = utterance * UTTERANCE * each
        words = tuple(Word(text, start + i * each, start + (i + 1) * each, 1.0) for i, text in enumerate(texts))
        for count in range(step, len(words) + 1, step):
            yield Hypothesis(words[:count], max(0, count - 2), False, utterance, words[count - 1].end)
        yield Hypothesis(words, len(words), True, utterance, words[-1].end)


if __name__ == "__main__":
    main()
