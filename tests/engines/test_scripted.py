from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.engines.script import LONGEST, Utterance
from livewatch.engines.scripted import TICK, ScriptedEngine, open_engine
from livewatch.errors import EngineError
from livewatch.events import SAMPLE_RATE, AudioChunk, Hypothesis, Word

S = SAMPLE_RATE


def play(engine: ScriptedEngine, sizes: list[int], until: int | None = None) -> list[Hypothesis]:
    """Deliver silence in chunks of `sizes` samples, over and over, and all hypotheses."""
    session, position, turn, heard = engine.open(), 0, 0, []
    end = engine.duration if until is None else until
    while position < end:
        size = min(sizes[turn % len(sizes)], end - position)
        heard += session.accept(AudioChunk(np.zeros(size, np.int16), position, speech=False))
        position, turn = position + size, turn + 1
    return [*heard, *session.finish()]


def script(tmp_path: Path, text: str) -> ScriptedEngine:
    (tmp_path / "call.txt").write_text(text, "utf-8")
    return open_engine(tmp_path / "call.txt")


def test_plain_lines_are_utterances_at_2_7_words_a_second(tmp_path: Path) -> None:
    engine = script(tmp_path, "caller: Hello this is Microsoft.\n\n# a remark\nme: Who?\nyes yes\n")
    assert [[word.text for word in u.words] for u in engine.utterances] == [
        ["Hello", "this", "is", "Microsoft."],
        ["Who?"],
        ["yes", "yes"],
    ]
    assert [u.side for u in engine.utterances] == ["caller", "me", "any"]
    assert engine.duration == round(7 / 2.7 * S)
    words = [word for u in engine.utterances for word in u.words]
    assert [word.start for word in words] == [round(i / 2.7 * S) for i in range(7)]
    assert all(a.end == b.start for a, b in pairwise(words))


def test_labels_spread_their_words_over_their_span(tmp_path: Path) -> None:
    engine = script(tmp_path, "1.0\t3.0\tcaller: one two\n\\\t100\t200\n3.5\t4\tthree\n")
    assert engine.utterances == (
        Utterance((Word("one", S, 2 * S, 1.0), Word("two", 2 * S, 3 * S, 1.0)), "caller"),
        Utterance((Word("three", 7 * S // 2, 4 * S, 1.0),), "any"),
    )
    assert engine.duration == 4 * S


def test_a_windows_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "call.txt").write_bytes("\ufeffcaller: hi there\r\nme: yes\r\n".encode())
    assert [u.side for u in open_engine(tmp_path / "call.txt").utterances] == ["caller", "me"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("1\t2\tone\n2\ttwo\n", 2, "is not start<TAB>end<TAB>text"),
        ("1\t2\tone\nplain words\n", 2, "is not start<TAB>end<TAB>text"),
        ("plain words\n1\t2\tone\n", 2, "begins with plain text"),
        ("1,5\t2\tone\n", 1, "12.5"),
        ("-1\t2\tone\n", 1, "'-1'"),
        ("nan\t2\tone\n", 1, "'nan'"),
        ("1e3\t2000\tone\n", 1, "'1e3'"),
        ("1\t99999999999999\tone\n", 1, "more than a week"),
        ("2\t2\tone\n", 1, "not after its start"),
        ("1\t3\tone\n2\t4\ttwo\n", 2, "before the line above ends"),
        ("1\t2\t\n", 1, "has no words"),
        ("# x\n1\t2\tcaller:\n", 2, "has no words"),
        ("caller:\n", 1, "has no words"),
        ("a \x1b[31mred word\n", 1, "control characters"),
        ("0\t0.0001\ta b c d e\n", 1, "more words than fit"),
    ],
)
def test_a_bad_line_is_named_with_its_cure(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(EngineError) as caught:
        script(tmp_path, text)
    assert f"call.txt, line {line} " in caught.value.message
    assert says in str(caught.value)
    assert caught.value.hint


def test_files_that_are_no_scripts_are_one_sentence_each(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n# nothing\n")
    (tmp_path / "sound.wav").write_bytes(b"RIFF\xff\xfe\x00\x80")
    for name, code in [("gone", "script-missing"), ("empty.txt", "script-empty"), ("sound.wav", "script-not-text")]:
        with pytest.raises(EngineError) as caught:
            open_engine(tmp_path / name)
        assert caught.value.code == code
    with pytest.raises(EngineError):
        open_engine(tmp_path)


def test_speakers_are_mapped_to_sides() -> None:
    turns = [
        ("Caller", "a"),
        ("ME", "b"),
        ("callee", "c"),
        ("user", "d"),
        ("receiver", "e"),
        ("Friend", "f"),
        ("", "g"),
    ]
    engine = ScriptedEngine.from_turns(turns)
    assert [u.side for u in engine.utterances] == ["caller", "me", "me", "me", "me", "any", "any"]


@given(st.text(alphabet="ab .!?,\n", max_size=600))
def test_a_text_keeps_its_words_in_short_utterances_at_its_pace(text: str) -> None:
    engine = ScriptedEngine.from_text(text)
    words = [word for u in engine.utterances for word in u.words]
    assert [word.text for word in words] == text.split()
    assert all(0 < len(u.words) <= LONGEST for u in engine.utterances)
    assert engine.duration == round(len(words) / 2.7 * S)


def test_a_long_text_is_cut_after_a_sentence() -> None:
    text = " ".join(["one two three four five six seven eight nine ten."] * 5)
    assert [len(u.words) for u in ScriptedEngine.from_text(text).utterances] == [30, 20]
    assert [len(u.words) for u in ScriptedEngine.from_text("word " * 70).utterances] == [30, 30, 10]


def test_an_empty_text_is_a_call_in_which_nothing_is_said() -> None:
    assert ScriptedEngine.from_text(" ").duration == 0
    assert play(ScriptedEngine.from_text(""), [S], until=5 * S) == []


@given(sizes=st.lists(st.integers(1, 40_000), min_size=1, max_size=5))
def test_the_hypotheses_are_the_same_whatever_the_chunk_sizes(sizes: list[int]) -> None:
    engine = ScriptedEngine.from_turns([("caller", "your computer is infected. " * 4), ("me", "oh dear")])
    assert play(engine, [max(sizes[0], 3_000), *sizes]) == play(engine, [engine.duration])


def test_partials_grow_word_by_word_with_an_unstable_last_word() -> None:
    engine = ScriptedEngine.from_text("your computer is infected and needs help")
    heard = play(engine, [1_600])
    assert [len(h.words) for h in heard] == [1, 2, 3, 4, 5, 6, 7]
    assert [h.stable for h in heard] == [0, 1, 2, 3, 4, 5, 7]
    assert [h.final for h in heard] == [False] * 6 + [True]
    for h in heard:
        assert h.words[-1].end <= h.at < h.words[-1].end + TICK


def test_a_call_that_ends_early_ends_with_what_was_said() -> None:
    engine = ScriptedEngine.from_text("your computer is infected")
    heard = play(engine, [1_600], until=engine.duration - 100)
    assert heard[-1].final
    assert heard[-1].text == "your computer is"


def test_the_side_of_the_track_counts_where_the_script_has_none() -> None:
    session = ScriptedEngine.from_text("hello").open()
    heard = list(session.accept(AudioChunk(np.zeros(S, np.int16), 0, speech=True, side="caller")))
    assert heard[-1].side == "caller"


def test_overlapping_utterances_are_refused() -> None:
    one, other = Utterance((Word("a", 0, 10, 1.0),), "any"), Utterance((Word("b", 5, 20, 1.0),), "any")
    with pytest.raises(EngineError, match="'b' is said before 'a' has ended"):
        ScriptedEngine([one, other])


def test_it_has_no_second_listen() -> None:
    engine = ScriptedEngine.from_text("hello")
    assert not engine.can_verify
    with pytest.raises(EngineError, match="second listen"):
        engine.open().score(["hello"], (0, S))
