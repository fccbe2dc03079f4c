"""`livewatch doctor`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from livewatch.cli.devices import measure
from livewatch.doctor import Finding, State, examine
from livewatch.errors import ExitCode
from livewatch.sinks.plain import plain

_MARK = {State.GOOD: "ok  ", State.NOTE: "note", State.BAD: "BAD "}


def doctor(options: argparse.Namespace) -> int:
    """Look at everything and say what to type; exit code 1 when something is wrong."""
    findings: list[Finding] = []
    for finding in examine(measure):
        findings.append(finding)
        if not options.json:
            _show(finding)
    bad = sum(finding.state is State.BAD for finding in findings)
    if options.json:
        print(json.dumps({"ok": not bad, "findings": [asdict(finding) for finding in findings]}))  # noqa: T201
    else:
        print("Everything that is needed is there." if not bad else "Something is wrong: see BAD above.")  # noqa: T201
    return ExitCode.ERROR if bad else ExitCode.OK


def _show(finding: Finding) -> None:
    for line in finding.text.splitlines():
        print(plain(f"{_MARK[finding.state]}  {finding.area:<10}  {line}"), flush=True)  # noqa: T201
    if finding.todo:
        print(plain(f"{'':18}to do: {finding.todo}"), flush=True)  # noqa: T201
