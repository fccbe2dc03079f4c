"""docs/phrases.md says what is so."""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

from livewatch.phrases.book import Book
from livewatch.phrases.phrase import categories

GUIDE = (Path(__file__).parents[2] / "docs" / "phrases.md").read_text("utf-8")


def test_the_examples_are_lists_without_mistakes(write_list) -> None:
    examples = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        assert Book.load([write_list(example)]).problems == ()


def test_the_table_of_categories_has_the_caps_of_the_rules() -> None:
    rules = tomllib.loads((files("livewatch.risk") / "rules.toml").read_text("utf-8"))["category"]
    table = re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", GUIDE, re.MULTILINE)
    assert [(name, float(cap)) for name, cap in table] == [(name, rules[name]["cap"]) for name in categories()]
