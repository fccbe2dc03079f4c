from collections.abc import Callable
from pathlib import Path

import pytest

from livewatch.phrases.book import Book
from livewatch.phrases.gist import NO_GIST
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech


@pytest.fixture(scope="session")
def shipped() -> Book:
    """The shipped phrases, without the gist, which every word adds to."""
    return Book.load(gist=NO_GIST).book


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    return Normaliser(load_speech(["en"]))


@pytest.fixture
def write_list(tmp_path: Path) -> Callable[[str], Path]:
    """Write a list file and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / f"list{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(text, "utf-8")
        return path

    return write
