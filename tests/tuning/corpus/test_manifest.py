"""Manifests: every good row is read, every bad one is named with its place."""

import json
from pathlib import Path

import pytest

from livewatch.tuning.corpus.manifest import Corpus, Label, read_corpus


def write(folder: Path, *rows: object, name: str = "set.jsonl") -> Path:
    """A manifest of `rows`: text is written as it is, everything else as JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    return path


def codes(corpus: Corpus) -> list[tuple[str, str]]:
    """(name of the manifest and line, code) of every problem."""
    return [(problem.place.rpartition("/")[2], problem.code) for problem in corpus.problems]


GOOD = {"id": "good", "label": "ordinary", "text": "hello there"}


def test_the_three_forms_of_a_row_are_read(tmp_path: Path):
    (tmp_path / "sound").mkdir()
    (tmp_path / "sound" / "a.wav").touch()
    manifest = write(
        tmp_path,
        {"id": "a", "label": "scam", "audio": "sound/a.wav", "campaign": "c1", "duration_s": 7.5, "text": "gift cards"},
        {"id": "b", "label": "caution", "text": "we noticed something", "services": ["unknown to us"]},
        {
            "id": 3,
            "label": "ordinary",
            "turns": [["A", "hello"], {"speaker": "B", "text": "hi you", "start": 0.4}, [None, "ok"]],
        },
    )
    corpus = read_corpus([manifest])
    assert corpus.problems == ()
    sound, text, turns = corpus.calls
    assert (sound.audio, sound.campaign, sound.duration_s) == (tmp_path / "sound" / "a.wav", "c1", 7.5)
    assert sound.turns == (("", "gift cards"),)
    assert (text.label, text.audio, text.turns) == (Label.CAUTION, None, (("", "we noticed something"),))
    assert (turns.id, turns.turns, turns.words) == ("3", (("A", "hello"), ("B", "hi you"), ("", "ok")), 4)
    assert [call.place for call in corpus.calls] == [f"{manifest}:{line}" for line in (1, 2, 3)]


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        ('{"id": "x", "label": "scam", "text": "cut o', "bad-json", "JSON"),
        ("[1, 2]", "bad-row", "object"),
        ('"just text"', "bad-row", "object"),
        ('{"x": ' * 100_000, "bad-json", "JSON"),
        ({"label": "scam", "text": "no id"}, "missing-id", "no id"),
        ({"id": " ", "label": "scam", "text": "no id"}, "missing-id", "no id"),
        ({"id": "x", "text": "no label"}, "missing-label", "scam, caution, ordinary"),
        ({"id": "x", "label": "Scam", "text": "hi"}, "unknown-label", "'Scam' is not known. Did you mean 'scam'?"),
        ({"id": "x", "label": "maybe", "text": "hi"}, "unknown-label", "scam, caution, ordinary, unsure"),
        ({"id": "x", "label": "scam"}, "nothing-to-hear", "'x' has no audio"),
        ({"id": "x", "label": "scam", "text": "  "}, "nothing-to-hear", "text is empty"),
        ({"id": "x", "label": "scam", "turns": []}, "nothing-to-hear", "text is empty"),
        ({"id": "x", "label": "scam", "turns": [["A", " "]]}, "nothing-to-hear", "text is empty"),
        ({"id": "x", "label": "scam", "turns": ["hello"]}, "bad-row", "$.turns[0]"),
        ({"id": "x", "label": "scam", "turns": [["A", "b", "c"]]}, "bad-row", "$.turns[0]"),
        ({"id": "x", "label": 1, "text": "hi"}, "bad-row", "$.label"),
        ({"id": "x", "label": "scam", "audio": "not-there.wav"}, "missing-audio", "'not-there.wav' is not there"),
        ({"id": "x", "label": "scam", "audio": "."}, "missing-audio", "'.' is not there"),
        ({"id": "x", "label": "scam", "audio": "a\0b"}, "missing-audio", "not there"),
        ({"id": "x", "label": "scam", "audio": "a" * 5000}, "missing-audio", "not there"),
        ({"id": "x", "label": "scam", "audio": "not-there.wav", "text": "hi"}, "missing-audio", "relative to"),
        ({"id": "good", "label": "scam", "text": "again"}, "duplicate-id", "'good' was already used at"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_read(tmp_path: Path, row: object, code: str, said: str):
    last = {"id": "last", "label": "scam", "text": "bye"}
    corpus = read_corpus([write(tmp_path, GOOD, "", row, last)])
    assert codes(corpus) == [("set.jsonl:3", code)]
    assert said in str(corpus.problems[0])
    assert [call.id for call in corpus.calls] == ["good", "last"]


def test_bytes_that_are_not_utf_8_cost_only_their_row(tmp_path: Path):
    manifest = tmp_path / "set.jsonl"
    manifest.write_bytes(b'{"id": "x", "label": "scam", "text": "\xff"}\n' + json.dumps(GOOD).encode())
    corpus = read_corpus([manifest])
    assert codes(corpus) == [("set.jsonl:1", "bad-json")]
    assert [call.id for call in corpus.calls] == ["good"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path):
    manifest = tmp_path / "set.jsonl"
    manifest.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n\r\n")
    corpus = read_corpus([manifest])
    assert corpus.problems == ()
    assert len(corpus.calls) == 1


def test_manifests_that_cannot_be_read_are_named_and_the_others_are_read(tmp_path: Path):
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "sound.wav").write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00")
    (tmp_path / "folder").mkdir()
    names = ["empty.jsonl", "missing.jsonl", "folder", "sound.wav"]
    corpus = read_corpus([*[tmp_path / name for name in names], write(tmp_path, GOOD)])
    assert codes(corpus) == [
        ("empty.jsonl", "empty-manifest"),
        ("missing.jsonl", "manifest-unreadable"),
        ("folder", "manifest-unreadable"),
        ("sound.wav:1", "not-a-manifest"),
    ]
    assert "No such file" in corpus.problems[1].message
    assert [call.id for call in corpus.calls] == ["good"]


def test_a_manifest_given_twice_is_read_once(tmp_path: Path):
    manifest = write(tmp_path, GOOD)
    corpus = read_corpus([manifest, tmp_path / "x" / ".." / "set.jsonl"])
    assert [problem.code for problem in corpus.problems] == ["manifest-twice"]
    assert len(corpus.calls) == 1


def test_ids_are_unique_over_all_manifests(tmp_path: Path):
    corpus = read_corpus([write(tmp_path, GOOD), write(tmp_path, GOOD, name="other.jsonl")])
    assert codes(corpus) == [("other.jsonl:1", "duplicate-id")]
    assert f"{tmp_path / 'set.jsonl'}:1" in corpus.problems[0].message


def test_a_set_is_a_manifest_and_each_source_where_there_are_several(tmp_path: Path):
    def row(name: str, source: str | None) -> dict[str, object]:
        return {"id": name, "label": "ordinary", "text": "hi", "source": source}

    one = write(tmp_path, row("a", "bank"), row("b", "bank"), name="one.jsonl")
    two = write(tmp_path, row("c", "bank"), row("d", "friends"), row("e", None), name="two.jsonl")
    sets = {call.id: call.set for call in read_corpus([one, two]).calls}
    assert sets == {"a": "one", "b": "one", "c": "two: bank", "d": "two: friends", "e": "two: no source"}


def test_a_source_for_every_call_does_not_make_every_call_a_set(tmp_path: Path):
    rows = [{**GOOD, "id": str(number), "source": f"https://calls.example/{number}"} for number in range(30)]
    assert {call.set for call in read_corpus([write(tmp_path, *rows)]).calls} == {"set"}


def test_manifests_of_one_name_are_told_apart(tmp_path: Path):
    rows = [{**GOOD, "id": letter} for letter in "abc"]
    manifests = [write(tmp_path / name, row) for name, row in zip(("x", "y", "z/y"), rows, strict=True)]
    sets = [call.set for call in read_corpus(manifests).calls]
    assert sets == ["x/set", str(manifests[1]), str(manifests[2])]


def test_rows_labelled_unsure_are_left_out_and_counted(tmp_path: Path):
    manifest = write(tmp_path, GOOD, {"id": "b", "label": "unsure", "text": "hi"}, {"id": "c", "label": "unsure"})
    corpus = read_corpus([manifest])
    assert [call.id for call in corpus.calls] == ["good"]
    assert corpus.unsure == 1
    assert codes(corpus) == [("set.jsonl:3", "nothing-to-hear")]


def test_a_folder_stands_for_the_manifest_in_it(tmp_path: Path):
    write(tmp_path, GOOD, name="manifest.jsonl")
    corpus = read_corpus([tmp_path, tmp_path / "manifest.jsonl"])
    assert [call.id for call in corpus.calls] == ["good"]
    assert [problem.code for problem in corpus.problems] == ["manifest-twice"]
