"""`livewatch explain`: the ledger of a call."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from msgspec import structs

from livewatch.assembly import Kit
from livewatch.cli.phrases import out, tell_problems
from livewatch.cli.phrases_try import because
from livewatch.errors import ExitCode, LivewatchError
from livewatch.events import Alert, CallEnded, Event, Hypothesis, Level, Match, Notice, seconds
from livewatch.phrases.book import Book
from livewatch.phrases.discount import Discount, Discounts
from livewatch.risk.ledger import Ledger, Line
from livewatch.settings import load
from livewatch.sinks.wording import BADGE, clock

_Row = Line | Discount | Alert | Notice


def explain(options: argparse.Namespace) -> int:
    """Watch a call and print what each phrase in it added, what did not count and why, and the level it came to."""
    settings = load(_spoken(options)).settings
    if settings.engine.name == "auto" and options.call.suffix == ".txt":
        settings = structs.replace(settings, engine=structs.replace(settings.engine, name="scripted"))
    loaded = Book.load([Path(file) for file in settings.phrases.files], languages=settings.phrases.languages)
    tell_problems(loaded.problems)
    kit = Kit(settings, live=False)
    try:
        teller = _Teller(Discounts(loaded.book), Ledger(kit.judge()))
        failure = teller.watch(kit, options.call)
    finally:
        kit.close()
    for row in teller.rows():
        if options.json:
            sys.stdout.write(json.dumps(_as_json(row)) + "\n")
        else:
            _show(row)
    if failure is not None:
        raise failure
    if not options.json:
        _sum_up(teller)
    return ExitCode.OK


def _spoken(options: argparse.Namespace) -> dict[str, object]:
    spoken: dict[str, object] = {}
    if options.engine:
        spoken["engine.name"] = options.engine
    if options.phrases:
        spoken["phrases.files"] = options.phrases
    if options.caller:
        spoken["replay.caller"] = options.caller
    return spoken


class _Teller:
    """Collects all that has to be told of one call."""

    def __init__(self, discounts: Discounts, ledger: Ledger) -> None:
        self.lines: list[Line] = []
        self.end: CallEnded | None = None
        self._others: list[Alert | Notice] = []
        self._discounts = discounts
        self._ledger = ledger

    def watch(self, kit: Kit, path: Path) -> LivewatchError | None:
        """Watch the call at `path` to its end, or as far as it can be read; return what went wrong then."""
        try:
            for event in kit.watch(kit.open(path)):
                self._take(event)
        except LivewatchError as error:
            if not self.lines and not self._others:
                raise
            return error
        return None

    def rows(self) -> list[_Row]:
        """Return everything in order of time; of one moment the match before the alert it raised."""
        left_out = self._discounts.left_out([line.match for line in self.lines])
        rows: list[tuple[int, int, _Row]] = [(line.match.at, 0, line) for line in self.lines]
        rows += [(one.match.at, 1, one) for one in left_out]
        rows += [(one.at, 2, one) for one in self._others]
        return [row for _, _, row in sorted(rows, key=lambda row: row[:2])]

    def _take(self, event: Event) -> None:
        match event:
            case Hypothesis():
                self._discounts.accept(event)
            case Match():
                self.lines.append(self._ledger.accept(event))
            case Alert() | Notice():
                self._others.append(event)
            case CallEnded():
                self.end = event
            case _:
                pass


def _show(row: _Row) -> None:
    match row:
        case Line(match=heard):
            why = f"  [{heard.points:g} points; {row.why}]" if row.why else ""
            out(f'{clock(heard.at)}  {row.added:>+6.1f}  {row.total:>6.1f}  {heard.phrase}: "{heard.heard}"{why}')
            if heard.how != "exact":
                sure = "" if heard.verified is None else f", second listen {heard.verified:+.1f}"
                out(f"{'':24}(heard {'by sound' if heard.how == 'sound' else 'nearly'}{sure})")
        case Discount(match=heard):
            out(f'{clock(heard.at)}  {"-":>6}  {"":>6}  {heard.phrase}: "{heard.heard}"  [{because(row)}]')
        case Alert():
            out(f"{clock(row.at)}  {BADGE[row.level]}: {row.title}")
        case Notice():
            out(f"{clock(row.at)}  note: {row.message}")


def _sum_up(teller: _Teller) -> None:
    total = teller.lines[-1].total if teller.lines else 0.0
    level = teller.end.level if teller.end is not None else Level.NONE
    out(f"Together {total:.1f} points: {BADGE[level]}.")


def _as_json(row: _Row) -> dict[str, object]:
    match row:
        case Line():
            return _heard("counted", row.match) | {
                "added": round(row.added, 2),
                "total": round(row.total, 2),
                "level": row.level.value,
                "why": row.why,
            }
        case Discount():
            return _heard("discounted", row.match) | {"added": 0.0, "reason": row.reason, "by": row.by}
        case Alert():
            return {"event": "alert", "at_s": seconds(row.at), "level": row.level.value, "title": row.title}
    return {"event": "notice", "at_s": seconds(row.at), "kind": row.kind, "message": row.message}


def _heard(event: str, match: Match) -> dict[str, object]:
    return {
        "event": event,
        "at_s": seconds(match.at),
        "phrase": match.phrase,
        "category": match.category,
        "heard": match.heard,
        "start_s": seconds(match.start),
        "end_s": seconds(match.end),
        "points": match.points,
        "how": match.how,
        "verified": match.verified,
        "against": round(match.against, 2),
    }
