"""Made-up calls with phrases of their own, that no list which comes with livewatch knows."""

import json
import os
from pathlib import Path

from livewatch.settings import Settings, load

TEN_WORDS = "so we went home and had some tea after that"
LIST = """\
# A list for tests.
language = "en"
source = "these tests"

# Said by one scam.
[[phrase]]
id = "test.umbrella"
category = "code"
say = ["green umbrella festival"]
why = "Only said in tests."
points = 34  # strong

[[phrase]]
id = "test.kettle"
category = "money"
say = ["(silver|golden) kettle society"]
why = "Only said in tests."
points = 31

# Suspicious, no more.
[[phrase]]
id = "test.elephant"
category = "who"
say = ["purple elephant hotel"]
why = "Only said in tests."
points = 20

[[phrase]]
id = "test.violin"
category = "threat"
say = ["wooden violin committee"]
why = "Only said in tests."
points = 12
"""
UMBRELLA, KETTLE = "now the green umbrella festival begins", "join the golden kettle society"
ELEPHANT, VIOLIN = "at the purple elephant hotel", "said the wooden violin committee"


def row(name: str, *texts: str, campaign: str | None = None) -> dict[str, str]:
    """A row whose label is the part of its id before the first dash."""
    values = {"id": name, "label": name.partition("-")[0], "text": f"{TEN_WORDS}. " + ". ".join(texts)}
    return values if campaign is None else {**values, "campaign": campaign}


ROWS = [
    row("scam-umbrella", UMBRELLA, campaign="c1"),
    row("scam-kettle", KETTLE, campaign="c2"),
    row("scam-both", UMBRELLA, KETTLE, campaign="c2"),
    row("scam-pair", ELEPHANT, VIOLIN),
    row("scam-missed", "nothing to see here"),
    row("caution-elephant", ELEPHANT),
    row("ordinary-plain"),
    row("ordinary-violin", VIOLIN),
]


def manifest(folder: Path, rows: list[dict[str, str]] = ROWS, name: str = "calls.jsonl") -> Path:
    """Write `rows`."""
    path = folder / name
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), "utf-8")
    return path


def listed(folder: Path, text: str = LIST, name: str = "phrases.toml") -> Path:
    """Write a phrase list."""
    path = folder / name
    path.write_text(text, "utf-8", newline="")
    return path


def settings(*lists: Path, **changed: object) -> Settings:
    """The settings without anybody's own, with these lists; `risk__danger_points=40` sets risk.danger_points."""
    spoken = {name.replace("__", "."): value for name, value in changed.items()}
    chosen = {"phrases.files": [str(path) for path in lists], "cache.enabled": False, **spoken}
    return load(chosen, {"LIVEWATCH_CONFIG": os.devnull}).settings


def without(text: str, name: str) -> str:
    """Return the list `text` without the phrase `name`."""
    head, *phrases = text.split("[[phrase]]")
    return "[[phrase]]".join([head, *(phrase for phrase in phrases if f'id = "{name}"' not in phrase)])
