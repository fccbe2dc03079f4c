"""The terminal: words as they are recognised, what was spotted in them, and alerts that cannot be missed."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from livewatch.events import Alert, CallEnded, CallStarted, Event, Hearing, Hypothesis, Level, Match, Notice, RiskUpdate
from livewatch.sinks import wording
from livewatch.sinks.lines import Lines
from livewatch.sinks.plain import plain
from livewatch.sinks.progress import Tick, far
from livewatch.sinks.sink import Stamp
from livewatch.sinks.wording import BADGE, advice, clock, ending, evidence, header, spotted

WIDEST = 100
"""Columns an alert takes at most: longer lines are hard to read"""

COLOURS = {Level.NONE: "", Level.CAUTION: "#000000 on #ffd700", Level.DANGER: "#ffffff on #8b0000"}
"""Contrast 15:1 and 10:1; what they say is in the words as well"""
LOUD = {Level.CAUTION: "bold", Level.DANGER: "bold #8b0000 on #ffffff"}
"""Of the one thing to do now"""


class PeopleConsole(Console):
    """A console on standard error that leaves text as it is and lets the runner see a broken pipe."""

    def __init__(self) -> None:
        super().__init__(stderr=True, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Rich would end the program; the calls' files must still be written."""
        self.quiet = True
        raise BrokenPipeError


def people_sink(console: PeopleConsole, *, words: bool, paced: bool) -> Terminal | Lines:
    """Choose the form that suits where standard error goes: only a real terminal can revise and frame."""
    if sys.stderr.isatty() and not console.is_dumb_terminal and console.encoding.startswith("utf"):
        return Terminal(console, words=words, paced=paced)
    return Lines(sys.stderr, words=words)


class Terminal:
    """Finished sentences scroll up; the open one and the level stay at the bottom and are revised."""

    def __init__(self, console: Console, *, words: bool, paced: bool) -> None:
        """Take whether to show what is said, and whether calls run at their own pace (see `progress.far`)."""
        self._console = console
        self._words = words
        self._paced = paced
        self._live: Live | None = None
        self._calls = 0
        self._begin()

    def _begin(self) -> None:
        self._level = Level.NONE
        self._failed = False
        self._advice = ""
        self._duration: int | None = None
        self._far = ""
        self._open: Hypothesis | None = None
        self._spotted: list[Match] = []

    def handle(self, event: Event, stamp: Stamp) -> None:
        """Draw one event."""
        if isinstance(event, Hearing):
            self._hear(event)
            return
        match event:
            case CallStarted():
                self._start(event)
            case Hypothesis():
                self._settle()
                self._open = event
            case Match():
                self._spotted.append(event)
            case RiskUpdate():
                if event.level is not self._level:
                    self._level, self._advice = event.level, ""
            case Alert():
                self._settle()
                self._level, self._advice = event.level, advice(event)[0]
                self._print(alert_panel(event, min(self._console.width, WIDEST)))
            case Notice(kind=wording.FAILED):
                self._failed = True
            case Notice():
                self._print(Text(plain(f"{clock(event.at)}  note: {event.message}"), "yellow"))
            case CallEnded():
                self._end(event)
        self.redraw()

    def redraw(self) -> None:
        """Show the bottom lines as they are now."""
        if self._live is not None:
            self._live.update(self._bottom(), refresh=True)

    def tick(self, tick: Tick) -> None:
        """Time goes on, though nothing may have been said."""
        self._far = far(tick, self._duration, paced=self._paced)
        self.redraw()

    def _hear(self, event: Hearing) -> None:
        """Redraw only what looks different: ten times a second would cost 3 % of a core."""
        text = f"{clock(event.at)}  {wording.hearing(event)}"
        if text != self._far:
            self._far = text
            self.redraw()

    def close(self) -> None:
        """Give the terminal back as it was."""
        self._settle()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _start(self, event: CallStarted) -> None:
        self.close()
        self._begin()
        self._calls += 1
        if self._calls > 1:
            self._print(Text())
        self._print(Text(header(event), "bold"))
        self._duration = event.duration
        self._live = Live(
            console=self._console,
            auto_refresh=False,  # no thread but the runner's
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _end(self, event: CallEnded) -> None:
        self.close()
        self._print(Text(ending(event, failed=self._failed), f"bold {COLOURS[event.level]}".strip()))

    def _settle(self) -> None:
        """Let a finished sentence scroll up. It waits until here so that what was spotted in it can be marked."""
        if self._open is not None and self._open.final:
            if self._words and self._open.words:
                self._print(self._sentence(self._open))
            self._open = None

    def _print(self, renderable: RenderableType) -> None:
        self._console.print(renderable)

    def _bottom(self) -> Group:
        lines: list[RenderableType] = []
        if self._words and self._open is not None and self._open.words:
            lines.append(self._sentence(self._open))
        lines.append(self._status())
        return Group(*lines)

    def _status(self) -> RenderableType:
        """Compose the line that always stays: how bad it is, what to do, how far we are."""
        parts = [BADGE[self._level], self._far]
        if self._level is not Level.NONE and self._advice:
            parts[0] += f": {self._advice}"
        fits = sum(map(len, parts)) + 5 <= self._console.width
        line = Text(("   " if fits else "\n").join(map(plain, parts)).rstrip())
        if self._level is Level.NONE:
            line.stylize("dim")
            return line
        return Padding(line, (0, 1), style=f"bold {COLOURS[self._level]}")

    def _sentence(self, hypothesis: Hypothesis) -> RenderableType:
        """Write a sentence with its time: spotted words marked, words that may still change dim."""
        line = Text()
        shown = hypothesis.words
        if not hypothesis.final:  # the bottom must fit the screen however long somebody talks
            shown = shown[-max(8, self._console.width // 3) :]
        for position, word in enumerate(shown, start=len(hypothesis.words) - len(shown)):
            style = "default" if hypothesis.final or position < hypothesis.stable else "dim"
            if any(spotted(word, match) for match in self._spotted):
                style = "bold underline red"
            line.append(plain(word.text), style).append(" ")
        line.rstrip()
        return _item(clock(hypothesis.words[0].start), line)


def alert_panel(alert: Alert, width: int) -> RenderableType:
    """Compose an alert as a frightened person reads it: what it is, the one thing to do, then why."""
    colours = COLOURS[alert.level]
    parts: list[RenderableType] = [Text(plain(f"{BADGE[alert.level]}: {alert.title}"), "bold"), Text()]
    urgent, rest, others = advice(alert)
    if urgent:
        now = "\n".join(plain(sentence) for sentence in (urgent, rest) if sentence)
        parts += [Padding(Text(now), (1, 2), style=LOUD[alert.level]), Text()]
    parts += [_item("•", Text(plain(other))) for other in others]
    quotes, more = evidence(alert)
    if quotes:
        parts += [Text(), Text("The caller said:", "bold")]
    for quote in quotes:
        said = Text(plain(f"“{quote.heard}”"), "bold")
        if quote.why:
            said.append(plain(f" – {quote.why}"), "not bold")
        parts.append(_item(clock(quote.start), said))
    if more:
        parts.append(Text(f"and {more} more"))
    framed = box.DOUBLE if alert.level is Level.DANGER else box.HEAVY
    return Panel(Group(*parts), box=framed, style=colours, border_style=colours, padding=(1, 2), width=width)


def _item(mark: str, text: Text) -> RenderableType:
    """Put `mark` in front of `text`, whose further lines stay indented."""
    row = Table.grid(padding=(0, 2))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(mark, text)
    return row
