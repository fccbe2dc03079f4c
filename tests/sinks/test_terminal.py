"""What people see: on a terminal, in a narrow one, without colour, and in a file."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from livewatch.events import CallEnded, Event, Hearing, HearingState, Level, Notice
from livewatch.sinks.lines import Lines
from livewatch.sinks.progress import ProgressLine, Tick, far
from livewatch.sinks.terminal import COLOURS, LOUD, Terminal, alert_panel
from tests.sinks.events import STAMP, S, a_call, a_match, an_alert, said


def _console(width: int = 80, *, colour: bool = True) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=True,
        width=width,
        height=40,
        no_color=not colour,
        color_system="truecolor",
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _drawn(events: list[Event], width: int = 80, *, colour: bool = True, words: bool = True) -> str:
    console = _console(width, colour=colour)
    sink = Terminal(console, words=words, paced=True)
    for event in events:
        sink.handle(event, STAMP)
        sink.tick(Tick(0, 1, getattr(event, "at", 0), 1.0))
    sink.close()
    return console.file.getvalue()  # type: ignore[attr-defined]


def _text(drawn: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn)


def _lines(events: list[Event], *, words: bool = True) -> str:
    out = io.StringIO()
    sink = Lines(out, words=words)
    for event in events:
        sink.handle(event, STAMP)
    sink.close()
    return out.getvalue()


def test_the_alert_says_what_it_is_then_what_to_do_then_why():
    text = _text(_drawn(a_call())).partition("╔")[2]
    order = ["!! DANGER: This is very likely a scam.", "HANG UP NOW.", "Do not install anything.", "The caller said:",
             "00:02", "“your computer is infected”", "Nobody can see from outside"]  # fmt: skip
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("state", [HearingState.SPEECH, HearingState.NOT_HEARING])
def test_that_sound_is_kept_stands_in_the_line_that_stays_also_under_a_warning(state):
    console = _console(100)
    sink, out = Terminal(console, words=True, paced=True), console.file
    sink.handle(a_call()[0], STAMP)
    sink.handle(Hearing(S, state, -20.0, kept="Keeping the sound of this call."), STAMP)
    for event in a_call()[1:-1]:
        before = len(out.getvalue())  # type: ignore[attr-defined]
        sink.handle(event, STAMP)
        drawn = _text(out.getvalue()[before:])  # type: ignore[attr-defined]
        assert "Keeping the sound of this call." in drawn.rpartition("\r")[2]
    sink.close()


def test_danger_is_white_on_dark_red_and_caution_black_on_yellow():
    assert "\x1b[1;38;2;139;0;0;48;2;255;255;255m" in _drawn(a_call())
    assert "48;2;139;0;0" in _drawn(a_call())
    assert "48;2;255;215;0" in _drawn([a_call()[0], an_alert(Level.CAUTION)])


@pytest.mark.parametrize("style", [COLOURS[Level.CAUTION], COLOURS[Level.DANGER], LOUD[Level.DANGER]])
def test_the_contrast_is_at_least_seven_to_one(style):
    from rich.style import Style

    parsed = Style.parse(style)
    assert parsed.color
    assert parsed.bgcolor
    one, other = (_luminance(colour.get_truecolor()) for colour in (parsed.color, parsed.bgcolor))
    assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 7


def _luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_without_colour_the_level_is_a_symbol_and_a_word():
    drawn = _drawn(a_call(), colour=False)
    assert not re.search(r"\x1b\[[0-9;]*(38|48);", drawn)
    assert "!! DANGER" in _text(drawn)
    assert "HANG UP NOW." in _text(drawn)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 250])
def test_an_alert_fits_any_width_and_loses_no_word(width):
    console = _console(width, colour=False)
    console.print(alert_panel(an_alert(), min(width, 100)))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert max(map(len, map(_text, lines))) <= min(width, 100)
    shown = re.sub(r"[^a-z]", "", _text("".join(lines)).lower())
    for sentence in ("hang up now", "do not install anything", "your computer is infected", "nobody can see"):
        assert sentence.replace(" ", "") in shown


def test_the_bottom_line_keeps_the_level_and_the_advice_while_the_call_goes_on():
    text = _text(_drawn([*a_call()[:7], said("please stay", 7, 1, final=False)]))
    assert "!! DANGER: HANG UP NOW." in text[text.index("please stay") :]


def test_a_sentence_is_revised_in_place_and_printed_once_when_finished():
    console = _console()
    sink = Terminal(console, words=True, paced=True)
    for event in [*a_call()[:2], said("we see that your", 1, final=False), said("we see that your house", 1)]:
        sink.handle(event, STAMP)
    before = console.file.getvalue()  # type: ignore[attr-defined]
    sink.close()
    last = _text(console.file.getvalue()[len(before) :])  # type: ignore[attr-defined]
    assert "we see that your house" in last
    assert "\x1b[1A" in before or "\x1b[2K" in before


def test_spotted_words_are_marked_also_when_they_are_spotted_at_the_end():
    events = [a_call()[0], said("we see that your computer is infected", 1), a_match()]
    drawn = _drawn(events)
    marked = re.findall(r"\x1b\[1;4;31m([a-z]+)", drawn)
    assert {"your", "computer", "is", "infected"} <= set(marked)
    assert not {"we", "see", "that"} & set(marked)


def test_words_can_be_left_out_and_alerts_cannot():
    for shown in (_text(_drawn(a_call(), words=False)), _lines(a_call(), words=False)):
        assert "we see that your" not in shown
        assert "HANG UP NOW." in shown


def test_the_cursor_is_given_back_even_when_a_call_breaks_off():
    drawn = _drawn(a_call()[:4])
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l")


def test_a_long_open_sentence_does_not_push_the_level_off_the_screen():
    talk = said("blah " * 3000, 1, final=False)
    console = _console(40)
    sink = Terminal(console, words=True, paced=True)
    sink.handle(a_call()[0], STAMP)
    sink.handle(talk, STAMP)
    before = console.file.getvalue()  # type: ignore[attr-defined]
    sink.redraw()
    drawn = _text(console.file.getvalue()[len(before) :])  # type: ignore[attr-defined]
    assert "nothing suspicious" in drawn
    assert drawn.count("\n") < 20
    sink.close()


@pytest.mark.parametrize("form", [_drawn, _lines])
def test_nothing_said_or_named_reaches_the_terminal_raw(form):
    evil = "\x1b]0;owned\x07\u202e[red]words[/red]\x9b"
    events = [
        *a_call(f"calls/{evil}.wav")[:1],
        said(evil, 1),
        a_match(heard=evil, why=evil),
        an_alert(title=evil, advice=(evil, evil), evidence=(a_match(heard=evil, why=evil),)),
        Notice(S, "x", evil),
        CallEnded(evil, S, Level.DANGER, 1, 0),
    ]
    shown = form(events)
    assert shown.lower().count("[red]words[/red]") >= 6
    for raw in ("\x1b]", "\x07", "\u202e", "\x9b"):
        assert raw not in shown


def test_in_a_file_there_are_only_finished_lines_and_no_escape():
    text = _lines(a_call())
    assert "\x1b" not in text
    assert text.count("we see that your computer is infected") == 1
    assert ">>> HANG UP NOW. <<<" in text
    assert 'spotted "your computer is infected"' in text
    assert text.splitlines()[-1] == "Call ended after 00:10: !! DANGER, 1 alert; 0.2 s of sound was lost."


def test_the_gist_fills_no_file():
    gist = a_match("your … stop … pay", phrase="gist", category="gist")
    assert _lines([a_call()[0], gist]) == _lines([a_call()[0]])


def test_a_quiet_call_says_so():
    text = _lines([a_call()[0], CallEnded("x", 3700 * S, Level.NONE, 0, 0)])
    assert text.splitlines()[-1] == "Call ended after 1:01:40: nothing suspicious, no alert."


@pytest.mark.parametrize("form", [lambda events: _text(_drawn(events)), _lines])
def test_a_call_that_failed_is_not_called_harmless(form):
    failed = Notice(0, "failed", "It is damaged.")
    nothing = form([a_call()[0], failed, CallEnded("x", 0, Level.NONE, 0, 0)])
    assert "Nothing could be heard." in nothing
    assert "nothing suspicious, " not in nothing
    assert "It is damaged." not in nothing  # said by whoever runs the calls
    assert "Call broke off after 00:05" in form([a_call()[0], failed, CallEnded("x", 5 * S, Level.NONE, 0, 0)])


def test_many_quotes_are_cut_to_the_weightiest():
    quotes = tuple(a_match(f"quote {n}", 2.0 * n, points=float(n)) for n in range(1, 10))
    text = _lines([an_alert(evidence=quotes)])
    assert "quote 3" not in text
    assert text.index("quote 4") < text.index("quote 9")
    assert "and 3 more" in text


@pytest.mark.parametrize(
    ("tick", "duration", "paced", "text"),
    [
        (Tick(0, 1, 12 * S, 12.0), 28 * S, True, "00:12 of 00:28"),
        (Tick(0, 1, 12 * S, 12.0), None, True, "00:12"),
        (Tick(0, 1, 50 * S, 5.0), 100 * S, False, "[##########----------] 50%, about 5 s left"),
        (Tick(2, 4, 50 * S, 100.0), 100 * S, False, "[############--------] 3 of 4, 62%, about 1 min left"),
        (Tick(0, 1, 3600 * S, 100.0), 360_000 * S, False, "[--------------------] 1%"),
        (Tick(0, 1, 7200 * S, 200.0), 360_000 * S, False, "[--------------------] 2%, about 2 h 43 min left"),
        (Tick(0, 1, 50 * S, 0.5), 100 * S, False, "[##########----------] 50%"),
        (Tick(0, 1, 200 * S, 5.0), 100 * S, False, "[####################] 100%, about 0 s left"),
        (Tick(1, 3, 7 * S, 5.0), None, False, "2 of 3, 00:07"),
    ],
)
def test_how_far_it_is(tick, duration, paced, text):
    assert far(tick, duration, paced=paced) == text


def test_the_progress_line_names_the_recording_and_goes_away():
    console = _console()
    sink = ProgressLine(console, paced=False)
    sink.handle(a_call("calls/\x1b[2Jx.wav")[0], STAMP)
    sink.tick(Tick(0, 1, 5 * S, 3.0))
    sink.close()
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert "50%, about 3 s left  calls/[2Jx.wav" in _text(drawn)
    assert "\x1b[2J" not in drawn
    assert drawn.endswith("\x1b[?25h") or "\x1b[?25h" in drawn
