"""`livewatch report`: a complaint draft from a call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import platformdirs

from livewatch.audio.file import find_recordings
from livewatch.cli.history import history_folder, numbered
from livewatch.cli.report import Report
from livewatch.errors import ExitCode, LivewatchError, UsageError
from livewatch.events import Level
from livewatch.report import Given, make_draft, to_html, to_text
from livewatch.risk.aftermath import country_here, load_guidance
from livewatch.runner import Call, Runner, Stop
from livewatch.settings import Settings, load
from livewatch.sinks.files import write_whole
from livewatch.sinks.history import kept_calls
from livewatch.sinks.plain import plain
from livewatch.sinks.readback import read_records
from livewatch.sinks.record import CallRecord, Recorder
from livewatch.sinks.terminal import PeopleConsole

COUNTRIES = {"uk": "GB", "other": ""}
"""Names people type for a country, beside its two letters"""


def complain(options: argparse.Namespace) -> int:
    """Draft the complaint; print it, or write it where `--output` says."""
    settings = load({"engine.name": options.engine} if options.engine else {}).settings
    guidance = load_guidance()
    country = chosen_country(options.country or settings.alert.country)
    if options.country and country and country not in guidance.country:
        known = ", ".join(sorted(filter(None, guidance.country))).lower()
        raise UsageError(
            "report-country", f"Where to report in {options.country!r} is not known.", f"Choose one of {known}, other"
        )
    page = _is_page(options.output)
    record, changed = _record(options, settings)
    given = Given(options.number, options.name, options.company, _when(options.when))
    draft = make_draft(record, guidance, country, given, changed=changed)
    if options.output is None:
        print(to_text(draft), end="")  # noqa: T201
        return ExitCode.OK
    _write(options.output, to_html(draft) if page else to_text(draft))
    _say(f"Wrote {options.output}. Nothing was sent: read it, fill in what is missing, and send it yourself.")
    return ExitCode.OK


def saver(output: Path, settings: Settings, say: Callable[[str], None]) -> Callable[[CallRecord], None]:
    """Return what writes the draft of every suspicious call of a run: FILE.html, FILE-2.html…, whichever are free.

    It says where it wrote, or why it could not; it never raises, since a live run goes on. Raises `UsageError` at once
    when the name ends in something else than .txt or .html.
    """
    page = _is_page(output)
    guidance, country = load_guidance(), chosen_country(settings.alert.country)

    def save(record: CallRecord) -> None:
        if record.level is Level.NONE:
            return
        draft = make_draft(record, guidance, country)
        path = _free(output)
        try:
            _write(path, to_html(draft) if page else to_text(draft))
        except LivewatchError as error:
            say(f"{error.message} {error.hint}")
        else:
            say(f"Wrote {path}. Nothing was sent: read it, fill in what is missing, and send it yourself.")

    return save


def keeper(settings: Settings) -> Callable[[CallRecord], Path]:
    """Return what writes the draft of one call, as a page, into the folder where people keep documents.

    It returns the file, never one that was there before, and raises `LivewatchError` where none can be written.
    """
    guidance, country = load_guidance(), chosen_country(settings.alert.country)

    def keep(record: CallRecord) -> Path:
        folder = platformdirs.user_documents_path()
        when = f" {record.started:%Y-%m-%d %H.%M}" if record.started else ""
        path = _free((folder if folder.is_dir() else Path.home()) / f"Suspicious call{when}.html")
        _write(path, to_html(make_draft(record, guidance, country)))
        return path

    return keep


def _free(path: Path) -> Path:
    """Return the first of FILE, FILE-2, FILE-3… that does not exist."""
    names = (path, *(path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 1000)))
    return next(name for name in names if not name.exists())


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text, keep=True)
    except OSError as error:
        raise LivewatchError(
            "output", f"{path} cannot be written: {error.strerror or error}.", "Choose another place."
        ) from error


def chosen_country(named: str) -> str:
    """Return two capital letters for what the settings or the command line name; "" is any other country."""
    if named == "auto":
        return country_here()
    return COUNTRIES.get(named.lower(), named.upper())


def _is_page(output: Path | None) -> bool:
    if output is None or output.suffix.lower() == ".txt":
        return False
    if output.suffix.lower() in (".html", ".htm"):
        return True
    raise UsageError(
        "report-format", f"{output}: the name has to end in .txt or .html.", f"--output {output.stem}.html"
    )


def _when(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise UsageError("report-when", f"{text!r} is not a date and time.", '--when "2026-11-23 10:30"') from None


def _record(options: argparse.Namespace, settings: Settings) -> tuple[CallRecord, datetime | None]:
    """Find the call; with it, when its file was last written where only that hints at the date."""
    named: str | None = options.call
    source: Path | None = options.json
    if source is None and named is not None and Path(named).suffix.lower() in (".jsonl", ".ndjson"):
        source, named = Path(named), None
    if source is not None:
        return _from_lines(source, named), _changed(source)
    if named is None or (named.isascii() and named.isdigit() and not Path(named).exists()):
        return _from_history(settings, named), None
    return _from_recording(named, settings, options.debug), _changed(Path(named))


def _from_lines(path: Path, named: str | None) -> CallRecord:
    try:
        with path.open("rb") as file:
            records, damaged = read_records(file)
    except OSError as error:
        raise UsageError("report-record", f"{path} cannot be read: {error.strerror}.") from error
    if not records:
        raise UsageError(
            "report-record",
            f"{path} holds no call: it is not what --json wrote.",
            f"livewatch replay RECORDING --json > {path.stem}.jsonl",
        )
    if damaged:
        _say(f"note: {damaged} damaged lines of {path} were left out.")
    if named is not None:
        found = [record for record in records if record.call == named]
        if not found:
            raise UsageError("report-record", f"{path} holds no call {named!r}.", f"Its first is {records[0].call!r}.")
        return found[-1]
    if len(records) > 1:
        _say(f"note: {path} holds {len(records)} calls; this is the last of the most dangerous ones.")
    worst = max(record.level.rank for record in records)
    return [record for record in records if record.level.rank == worst][-1]


def _from_history(settings: Settings, named: str | None) -> CallRecord:
    calls = kept_calls(history_folder(settings.history))
    if named is not None:
        return numbered(calls, int(named)).record
    if not calls:
        raise UsageError(
            "report-nothing",
            "There is nothing to report from: no call is kept.",
            "Give a recording (livewatch report call.wav), or what --json wrote (livewatch report --json FILE)",
        )
    return next((kept for kept in calls if kept.record.level is not Level.NONE), calls[0]).record


def _from_recording(named: str, settings: Settings, debug: bool) -> CallRecord:
    """Watch the recording, without showing it, and return what remains of it."""
    from livewatch.assembly import Kit  # noqa: PLC0415 - 0.1 s that `listen` need not wait for

    found = find_recordings([named])
    if found.errors or len(found.recordings) != 1:
        raise (
            found.errors[0]
            if found.errors
            else UsageError("report-many", f"{named} holds {len(found.recordings)} recordings.", "Name one of them.")
        )
    path = found.recordings[0]
    if sys.stderr.isatty():
        _say(f"Listening to {path}…")
    report = Report(PeopleConsole(), debug=debug)
    recorder = Recorder()
    kit = Kit(settings, live=False)
    try:
        with Stop() as stop:
            runner = Runner(kit.watch, [recorder], paced=False, stop=stop, report=report)
            outcome = runner.run([Call(str(path), partial(kit.open, path))])
    finally:
        kit.close()
    if outcome.interrupted:
        raise KeyboardInterrupt
    if not recorder.records:
        raise LivewatchError("report-recording", f"{path} could not be listened to.", "Give another recording.")
    return recorder.records[-1]


def _changed(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except OSError:
        return None


def _say(line: str) -> None:
    print(plain(line), file=sys.stderr)  # noqa: T201
