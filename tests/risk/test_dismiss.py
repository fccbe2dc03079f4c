"""Somebody says that a warning was wrong."""

from __future__ import annotations

from livewatch.events import Alert, Level, RiskUpdate
from livewatch.risk.judge import Judge, load_rules
from tests.sinks.events import a_match


def _control(phrase: str, start_s: float):
    return a_match(phrase=phrase, category="control", start_s=start_s, points=34.0)


def test_what_was_called_harmless_does_not_warn_again_and_what_is_new_does():
    judge = Judge(load_rules())
    assert Level.DANGER in [event.level for event in judge.accept(_control("control.remote-access", 1))]
    assert judge.dismiss(160_000) == RiskUpdate(160_000, Level.NONE, 0.0, ())
    assert list(judge.accept(_control("control.remote-access", 30))) == []
    assert [type(event) for event in judge.accept(_control("control.remote-tool", 40))] == [RiskUpdate, Alert]
