"""What is heard twice counts once: the caller's voice in the near microphone, and what a new recogniser hears again."""

from __future__ import annotations

from dataclasses import replace

from livewatch.events import SAMPLE_RATE, Alternative, Hypothesis, Match, Side, Word
from livewatch.phrases.once import Once

S = SAMPLE_RATE


def _said(text: str, start_s: float, side: Side, utterance: int = 0, *, final: bool = True) -> Hypothesis:
    words = tuple(
        Word(word, round((start_s + 0.3 * place) * S), round((start_s + 0.3 * place + 0.25) * S), 0.9)
        for place, word in enumerate(text.split())
    )
    at = words[-1].end if words else round(start_s * S)
    return Hypothesis(words, len(words), final, utterance, at, side)


def _match(start_s: float, side: Side, phrase: str = "control.remote-access") -> Match:
    start = round(start_s * S)
    return Match(phrase, "control", "remote access", start, start + S, 34.0, "exact", start + S, side=side)


ASK = "I need remote access to your computer"


def _through(once: Once, *heard: Hypothesis) -> list[str]:
    return [f"{out.side}: {out.text}" for each in heard for out in once.hypothesis(each)]


def test_the_callers_words_in_the_near_microphone_are_taken_off():
    once = Once()
    echo = _said("I need remote excess to your computer", 10.1, "me")
    assert _through(once, _said(ASK, 10, "caller"), echo) == [f"caller: {ASK}"]


def test_what_the_near_side_says_itself_stays():
    once = Once()
    answer = _said("no I do not want you on my computer", 10.5, "me")
    assert _through(once, _said(ASK, 10, "caller"), answer)[-1] == "me: no I do not want you on my computer"


def test_the_same_words_later_are_an_answer_and_no_echo():
    once = Once()
    assert len(_through(once, _said(ASK, 10, "caller"), _said(ASK, 16, "me"))) == 2


def test_short_answers_are_never_taken_for_an_echo():
    once = Once()
    assert len(_through(once, _said("yes okay", 10, "caller"), _said("yes okay", 10.1, "me"))) == 2


def test_words_that_turn_out_to_be_an_echo_are_taken_back():
    once = Once()
    early = _said("I need remote", 10.1, "me", final=False)
    late = _said(ASK, 10.1, "me")
    shown = _through(once, early, _said(ASK, 10, "caller"), late)
    assert shown == ["me: I need remote", f"caller: {ASK}", "me: "]


def test_other_readings_of_an_echo_are_taken_back_with_it():
    once = Once()
    list(once.hypothesis(_said("I need remote", 10.1, "me", final=False)))
    list(once.hypothesis(_said(ASK, 10, "caller")))
    late = replace(_said(ASK, 10.1, "me"), alternatives=(Alternative(0, 1, ("we",), -1.0),))
    (taken,) = once.hypothesis(late)
    assert (taken.words, taken.alternatives) == ((), ())


def test_where_the_sides_are_not_known_nothing_is_taken_off():
    once = Once()
    assert len(_through(once, _said(ASK, 10, "any"), _said(ASK, 10.1, "any", 1))) == 2


def test_a_phrase_on_both_sides_within_a_second_is_the_callers():
    once = Once()
    assert once.is_new(_match(10, "caller"))
    assert not once.is_new(_match(10.3, "me"))
    assert once.is_new(_match(14, "me"))
    other = Once()
    assert other.is_new(_match(10.3, "me"))
    assert other.is_new(_match(10, "caller"))


def test_what_was_counted_before_a_restart_is_not_counted_again():
    once = Once([_match(10, "any")])
    assert not once.is_new(_match(10.1, "any"))
    assert once.is_new(_match(12, "any"))
    assert once.is_new(_match(10, "any", "money.gift-card"))


def test_memory_does_not_grow_with_the_call():
    once = Once()
    for utterance in range(2000):
        _through(once, _said(ASK, 10 * utterance, "caller", utterance))
    assert len(once._caller) < 10


def test_what_grows_stronger_in_one_place_is_let_through_each_time_it_does():
    once = Once()
    told = [Match("gist", "gist", "x", 0, 16_000 * n, points, "near", 16_000 * n) for n, points in ((1, 4.0), (2, 9.0))]
    assert [once.is_new(match) for match in (*told, *told)] == [True, True, False, False]
