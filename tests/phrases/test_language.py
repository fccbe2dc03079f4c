from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewatch.phrases.automaton import compile_wording
from livewatch.phrases.language import MAX_GAPS, MAX_WORDS, WordingError, gap_words, parse
from livewatch.phrases.matcher import Matcher
from livewatch.phrases.normalise import Normaliser
from livewatch.phrases.speech import load_speech

NORMALISER = Normaliser(load_speech(["en"]))


def said(normaliser: Normaliser, wording: str, text: str, *, inflected: bool = True) -> list[str]:
    """What of `text` matches `wording`, in normalised words."""
    matcher = Matcher()
    matcher.add(compile_wording(parse(wording), normaliser, inflected=inflected), 0)
    tokens = normaliser.tokens(text.split())
    return [" ".join(token.text for token in tokens[hit.first : hit.last + 1]) for hit in matcher.find(tokens)]


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("read me the code", "now read me the code please"),
        ("read me the code", "READ me, uh, the code!"),
        ("(read|tell) me the code", "tell me the code"),
        ("(read out|tell) [to] me the code", "read out to me the code"),
        ("(read out|tell) [to] me the code", "tell me the code"),
        ("move * money", "move money"),
        ("move * money", "move all of your money"),
        ("press <number>", "press nine"),
        ("charge of <money>", "a charge of 899 dollars"),
        ("the code is <code>", "the code is four eight one six"),
        ("computer is infected", "computers is infecting"),
        ("[your|the] account (was|[has] been) hacked", "account been hacked"),
        ("buy (gift|prepaid) cards", "buy gift cards"),
        ("buy [gift] cards", "buy gift cards"),
        ("(any|my) desk app", "anydesk app"),
        ("press windows and r", "press Windows and R to open"),
        ("i r s agent", "an IRS agent"),
        ("twenty (four|five) hours", "24 hours"),
        ("in thirty minutes", "in 30 minutes"),
        ("it's a one-time code", "it is a one time code"),
        ("your wi-fi [uh] router", "your wifi router"),
        ("refund near:4 gift card", "the refund goes onto a gift card"),
        ("refund near:4 gift card", "a gift card for the refund"),
        ("refund near:4 gift card", "gift card refund"),
        ("my (screen|computer near:2 control) now", "my control of the computer now"),
        ("red barn [door] near:1 (big|old) cow", "old cow eats red barn"),
    ],
)
def test_a_wording_matches_what_it_says(normaliser: Normaliser, wording: str, text: str) -> None:
    assert len(said(normaliser, wording, text)) == 1


@pytest.mark.parametrize(
    ("wording", "text"),
    [
        ("read me the code", "read me a code"),
        ("move * money", "move all of the other money"),
        ("charge of <money>", "a charge of 899"),
        ("the code is <code>", "the code is 12"),
        ("press <number>", "press the key"),
        ("(a b|c) d", "a d"),
        ("code area", "code and area"),
        ("refund near:4 gift card", "the refund that is for you on a gift card"),
        ("refund near:4 gift card", "a card for the refund"),
        ("read me near:1 code", "me the code read"),
    ],
)
def test_a_wording_matches_nothing_else(normaliser: Normaliser, wording: str, text: str) -> None:
    assert said(normaliser, wording, text) == []


def test_inflection_can_be_switched_off(normaliser: Normaliser) -> None:
    assert said(normaliser, "send me money", "sending me money") == ["sending me money"]
    assert said(normaliser, "send me money", "sending me money", inflected=False) == []


@pytest.mark.parametrize(
    ("wording", "part"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("(read|tell me", "not closed"),
        ("[read me", "not closed"),
        ("(read|tell] me", "not closed"),
        ("read) me", "was not opened"),
        ("read | tell", "outside of brackets"),
        ("read () me", "nothing stands in a bracket"),
        ("read (a||b) me", "nothing stands in a bracket"),
        ("* me the code", "follows the beginning"),
        ("[please] * me the code", "follows the beginning"),
        ("read me *", "ends with a gap"),
        ("read * [me]", "ends with a gap"),
        ("read * * me", "or another gap"),
        ("[read] [me]", "may be empty"),
        ("code", "single word"),
        ("[read] code", "single word"),
        ("um uh", "only fillers"),
        ("read <digits> me", "not a class"),
        ("read < me", "not a class"),
        ("read me the code?", "does not mean optional"),
        ("read near:12 code", "does not say how many words"),
        ("read near: code", "does not say how many words"),
        ("read near:x code", "does not say how many words"),
        ("near:3 code read", "needs words on both sides"),
        ("read code near:3", "needs words on both sides"),
        ("read (near:3) code", "needs words on both sides"),
        ("read near:3 code near:3 now", "a second near:"),
        ("read near:3 [code]", "follows the beginning"),
        ("read near:5 the * code * now", "4 gaps"),
        ("read within:5 code", "no part of a wording"),
        ("~read the code", "sound-alikes need no sign"),
        ("read .* code", "is not a word"),
        ("read {2} code", "is not a word"),
        ("a b c d e f g h i j k l m", "13 words"),
        ("a * b * c * d * e", "4 gaps"),
        (" ".join(["(a|b|c)"] * 9), "19,683 word sequences"),
        ("read " + "(" * 5 + "me" + ")" * 5, "nested"),
        ("read " + "(" * 2000, "longer than"),
        ("word " * 200, "longer than"),
    ],
)
def test_what_is_not_of_the_language_is_refused_in_words(normaliser: Normaliser, wording: str, part: str) -> None:
    with pytest.raises(WordingError) as caught:
        compile_wording(parse(wording), normaliser, inflected=True)
    assert part in str(caught.value)


def test_an_exception_may_be_a_single_word() -> None:
    assert parse("wifi", single=True).last == 1


@given(st.text(alphabet="ab near:5()[]|*<>?~'-1$é\u202e\x07", max_size=60))
def test_any_text_is_a_wording_or_a_wording_error(text: str) -> None:
    try:
        graph = parse(text)
    except WordingError:
        return
    assert graph.last > 0


PART_WORDS = "a b c read me the code gift card one two hundred uh <number> * near:2"
PARTS = st.recursive(
    st.sampled_from(PART_WORDS.split()),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(" ".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"[{part}]"),
    ),
    max_leaves=8,
)


def sequences(graph) -> set[tuple[str, ...]]:
    """Every way through a parsed wording, by brute force."""
    ways: dict[int, set[tuple[str, ...]]] = {0: {()}}
    for edge in sorted(graph.edges):
        step = (edge.label,) if edge.label else ()
        ways.setdefault(edge.end, set()).update((*way, *step) for way in ways[edge.start])
    return ways[graph.last]


@given(PARTS)
def test_every_word_sequence_of_a_wording_is_found_when_it_is_said(wording: str) -> None:
    try:
        graph = parse(wording)
        automaton = compile_wording(graph, NORMALISER, inflected=True)
    except WordingError:
        return
    matcher = Matcher()
    matcher.add(automaton, 7)
    for way in list(sequences(graph))[:50]:
        gaps = [word for word in way if gap_words(word)]
        assert len(gaps) <= MAX_GAPS
        assert len(way) - len(gaps) <= MAX_WORDS
        spoken = " ".join("zebra " * gap_words(word) or {"<number>": "77"}.get(word, word) for word in way)
        tokens = NORMALISER.tokens(spoken.split())
        numbers_meet = any(one.strip("<>").isalpha() and two == "<number>" for one, two in pairwise(way))
        if not any(word in ("one", "two", "hundred") for word in way) or not numbers_meet:
            assert 7 in {hit.owner for hit in matcher.find(tokens) if hit.last == len(tokens) - 1}, (way, spoken)
