"""A list in the place of the user's own, its comments, and the way back."""

import json
import tomllib
from pathlib import Path

import pytest

from livewatch.cli.main import main
from livewatch.errors import PhraseError
from livewatch.tuning.change.apply import Planned, undo
from livewatch.tuning.change.comments import with_comments
from livewatch.tuning.change.shelf import STEPS, Shelf
from tests.tuning.made import LIST, listed, manifest, without

BARE = "".join(line for line in LIST.splitlines(keepends=True) if not line.startswith("#")).replace("  # strong", "")


def entries(text: str) -> object:
    return tomllib.loads(text)


def test_a_list_that_a_program_wrote_gets_the_comments_back() -> None:
    new = without(BARE, "test.kettle").replace("points = 20", "points = 22")
    text = with_comments(new, LIST)
    assert entries(text) == entries(new)
    lines = text.splitlines()
    assert lines[0] == "# A list for tests."
    assert lines[lines.index('id = "test.umbrella"') - 2] == "# Said by one scam."
    assert lines[lines.index('id = "test.elephant"') - 2] == "# Suspicious, no more."
    assert "points = 34 # strong" in lines


@pytest.mark.parametrize(
    "new",
    [
        LIST.replace("# Suspicious, no more.\n", ""),
        without(LIST, "test.umbrella"),
        LIST.replace("\n", "\r\n"),
    ],
)
def test_an_edited_copy_is_taken_as_it_stands(new: str) -> None:
    assert with_comments(new, LIST) == new


def test_lists_without_comments_and_lists_that_are_no_lists_are_left_alone() -> None:
    assert with_comments(BARE, BARE) == BARE
    assert with_comments(BARE, "# only this\n[[phrase") == "# only this\n" + BARE
    quoted = '[[phrase]]\nid = "a"\nwhy = """\n# no comment\n"""\n'
    assert entries(with_comments(BARE, quoted)) == entries(BARE)


def test_every_step_can_be_undone_and_nothing_is_lost(tmp_path: Path) -> None:
    mine = listed(tmp_path)
    texts = [LIST, *(LIST.replace("points = 12", f"points = {points}") for points in (13, 14, 15))]
    for number, text in enumerate(texts[1:]):
        Planned.of(mine, listed(tmp_path, text, f"new{number}.toml")).carry_out()
    assert mine.read_text("utf-8") == texts[-1]
    for left, text in ((2, texts[2]), (1, texts[1]), (0, texts[0])):
        undone = undo(mine)
        assert (mine.read_text("utf-8"), undone.left) == (text, left)
        assert undone.kept.read_text("utf-8") in texts
    with pytest.raises(PhraseError, match="nothing to undo"):
        undo(mine)
    assert mine.read_text("utf-8") == LIST


def test_an_edited_list_is_not_undone_unless_forced_and_then_kept(tmp_path: Path) -> None:
    mine, new = listed(tmp_path), listed(tmp_path, BARE, "new.toml")
    Planned.of(mine, new).carry_out()
    edited = mine.read_text("utf-8") + "\n# my note\n"
    mine.write_text(edited, "utf-8")
    with pytest.raises(PhraseError, match="was changed after"):
        undo(mine)
    assert mine.read_text("utf-8") == edited
    undone = undo(mine, force=True)
    assert mine.read_text("utf-8") == LIST
    assert undone.kept.read_text("utf-8") == edited


def test_an_application_that_was_cut_off_leaves_the_list_and_the_steps_before_it(tmp_path: Path) -> None:
    mine = listed(tmp_path)
    Planned.of(mine, listed(tmp_path, LIST.replace("12", "13"), "new.toml")).carry_out()
    before = mine.read_text("utf-8")
    Shelf(mine).put(before, "never written")  # killed between keeping and writing
    assert undo(mine).left == 0
    assert mine.read_text("utf-8") == LIST


def test_a_list_that_cannot_be_kept_is_not_replaced(tmp_path: Path) -> None:
    mine, new = listed(tmp_path), listed(tmp_path, BARE, "new.toml")
    Shelf(mine).folder.write_text("in the way")
    with pytest.raises(PhraseError, match="cannot be written"):
        Planned.of(mine, new).carry_out()
    assert mine.read_text("utf-8") == LIST


def test_what_changed_since_it_was_measured_is_not_applied(tmp_path: Path) -> None:
    mine, new = listed(tmp_path), listed(tmp_path, BARE, "new.toml")
    for path in (mine, new):
        planned = Planned.of(mine, new)
        path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        with pytest.raises(PhraseError, match="was changed while"):
            planned.carry_out()
    assert not Shelf(mine).folder.exists()
    with pytest.raises(PhraseError, match="your list already"):
        Planned.of(mine, mine)


def test_a_link_stays_a_link_and_old_steps_go(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = listed(tmp_path / "real")
    (tmp_path / "link.toml").symlink_to(real)
    for number in range(STEPS + 3):
        new = listed(tmp_path, LIST + f"# {number}\n", "new.toml")
        Planned.of(tmp_path / "link.toml", new).carry_out()
    assert (tmp_path / "link.toml").is_symlink()
    assert real.read_text("utf-8").endswith(f"# {STEPS + 2}\n")
    steps = Shelf(real).steps()
    assert [step.number for step in steps] == [*range(4, STEPS + 4)]


def test_a_list_is_applied_after_its_diff_and_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\n[cache]\nenabled = false\n", "utf-8")
    monkeypatch.setenv("LIVEWATCH_CONFIG", str(config))
    calls, mine = manifest(tmp_path), tmp_path / "phrases.toml"
    good, worse = listed(tmp_path, LIST, "good.toml"), listed(tmp_path, without(LIST, "test.kettle"), "worse.toml")
    common = [str(calls), "--jobs", "1"]

    assert main(["tune", "apply", str(good), *common]) == 2  # nobody is there to be asked
    assert main(["tune", "apply", str(good), *common, "--yes"]) == 0
    said = capsys.readouterr()
    assert "Gained (5)" in said.out
    assert "livewatch tune undo" in said.err
    assert mine.read_text("utf-8") == LIST
    assert tomllib.loads(config.read_text("utf-8"))["phrases"]["files"] == [str(mine)]

    assert main(["tune", "apply", str(worse), *common, "--yes", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["applied"], found["counts"]["lost"]) == (False, 1)
    assert mine.read_text("utf-8") == LIST

    bad = listed(tmp_path, LIST.replace('"who"', '"whom"'), "bad.toml")
    assert main(["tune", "apply", str(bad), *common, "--yes", "--force"]) == 1
    assert "bad.toml:23: There is no category" in capsys.readouterr().err
    assert mine.read_text("utf-8") == LIST

    assert main(["tune", "undo"]) == 0
    assert not mine.exists()
    assert tomllib.loads(config.read_text("utf-8"))["phrases"]["files"] == []
    assert main(["tune", "undo"]) == 1
