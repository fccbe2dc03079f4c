"""One call as the page gets it: short keys and rows, since there are thousands of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from livewatch.engines.scripted import ScriptedEngine
from livewatch.events import Match, seconds
from livewatch.risk.judge import Judge
from livewatch.risk.ledger import Ledger
from livewatch.risk.levels import JudgeRules
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.report.outcome import outcome

Mask = Callable[[str], str]
"""What is done to every text that was heard"""


class Names:
    """Numbers names in the order of their coming, so that each is written once."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        """Return the number of `name`."""
        return self.seen.setdefault(name, len(self.seen))


class CallRows:
    """Turns results into rows; phrases and sets are numbered over all of them."""

    def __init__(self, rules: JudgeRules, mask: Mask) -> None:
        """`rules` as the calls were judged by."""
        self._rules = rules
        self._mask = mask
        self.phrases: dict[str, tuple[int, str, str]] = {}
        """By id: number, category, and why it is a sign (may be empty)"""
        self.sets = Names()

    def row(self, result: CallResult) -> dict[str, Any]:
        """Everything about one call but its sound. Times in seconds."""
        call = result.call
        row = {
            "id": call.id,
            "label": call.label.value,
            "set": self.sets[call.set],
            "place": call.place,
            "outcome": outcome(call.label, result.level).value,
            "level": result.level.value,
            "caution": None if result.first_caution is None else seconds(result.first_caution),
            "danger": None if result.first_danger is None else seconds(result.first_danger),
            "length": seconds(result.audio),
            "hits": self.hits(result.matches),
            "said": [*self._said(result)],
        }
        optional = {"campaign": call.campaign, "damage": list(result.damage)}
        return row | {key: value for key, value in optional.items() if value}

    def hits(self, matches: Sequence[Match]) -> list[list[Any]]:
        """One row per match: phrase, at, start, end, heard, points, how, second listen, added, total, level, why.

        What was added, the total and the level are the ledger's, as in `livewatch explain`; null for a match of a
        category that the rules do not know (an older version's).
        """
        ledger = Ledger(Judge(self._rules))
        return [self._hit(match, ledger) for match in matches]

    def _hit(self, match: Match, ledger: Ledger) -> list[Any]:
        number, _, _ = self.phrases.setdefault(match.phrase, (len(self.phrases), match.category, match.why))
        judged: list[Any] = [None, None, None, ""]
        if match.category in self._rules.categories:
            line = ledger.accept(match)
            judged = [_short(line.added), _short(line.total), line.level.value, line.why]
        verified = None if match.verified is None else _short(match.verified)
        times = (seconds(match.at), seconds(match.start), seconds(match.end))
        return [number, *times, self._mask(match.heard), _short(match.points), match.how, verified, *judged]

    def _said(self, result: CallResult) -> Iterator[list[Any]]:
        """One row per utterance: start, end, side, text; of recordings also each word's start."""
        if result.call.audio is None:
            for one in ScriptedEngine.from_turns(result.call.turns).utterances:
                text = " ".join(word.text for word in one.words)
                yield [seconds(one.words[0].start), seconds(one.end), one.side, self._mask(text)]
        for one in result.said:
            starts = [round(seconds(start), 2) for start in one.starts]
            yield [seconds(one.starts[0]), seconds(one.end), one.side, self._mask(" ".join(one.words)), starts]


def _short(number: float) -> float:
    return round(number, 2)
