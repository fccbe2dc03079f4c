"""The figures of one run for papers, as SVG and PNG; drawn by matplotlib (extra `plots`)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livewatch.errors import CorpusError, UsageError
from livewatch.events import Level, seconds
from livewatch.sinks.plain import plain
from livewatch.tuning.corpus.manifest import Label
from livewatch.tuning.evaluate.counts import Rate
from livewatch.tuning.evaluate.intervals import garwood
from livewatch.tuning.evaluate.results import CallResult
from livewatch.tuning.report.curve import ALL, Series, curves
from livewatch.tuning.report.data import Run
from livewatch.tuning.work.rejudge import rules_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by colour-blind people, too (Okabe and Ito 2008)"""

MOST_PHRASES = 30
"""In one drawing: those with most hits in ordinary talk"""

LONGEST_NAME = 40
"""Signs of a name in a drawing"""

_RATES = (0, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
"""Marks on the axis of false alarms"""

_STYLE: dict[Any, Any] = {
    "text.parse_math": False,  # "$" in a name is a "$"
    "svg.hashsalt": "livewatch",  # the same run, the same file
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
}


def check_plots(folder: Path) -> None:
    """Find out before hours of work whether plots can be made. Raises `UsageError` and `CorpusError`."""
    if find_spec("matplotlib") is None:
        raise UsageError(
            "no-matplotlib",
            "--plots needs matplotlib, which is not installed.",
            'Type: pip install "livewatch[plots]"',
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def write_plots(folder: Path, run: Run) -> list[Path]:
    """Write `recall`, `seconds` and `phrases` as .svg and .png into `folder`; return the files.

    A drawing that would be empty (no scam calls, no ordinary calls, no hits) is left out. Raises `CorpusError`.
    """
    import matplotlib as mpl  # noqa: PLC0415 - an extra, and 0.4 s
    from matplotlib.figure import Figure  # noqa: PLC0415

    written = []
    for name, size, draw in (("recall", (6, 4), _recall), ("seconds", (6, 4), _seconds), ("phrases", (6, 6), _phrases)):
        with mpl.rc_context(_STYLE), _quiet():
            figure = Figure(figsize=size, layout="constrained")
            if not draw(figure.add_subplot(), run):
                continue
            for suffix in (".svg", ".png"):
                path = folder / f"{name}{suffix}"
                dated: dict[str, Any] = {"metadata": {"Date": None}} if suffix == ".svg" else {}
                try:
                    figure.savefig(path, dpi=200, **dated)
                except OSError as error:
                    raise _unwritable(path, error) from None
                written.append(path)
    return written


def _recall(axes: Axes, run: Run) -> bool:
    """Recall against false alarms per hour over the threshold of danger, with the band of its interval."""
    found = curves(run.results, rules_of(run.settings.risk))
    danger = [series for series in found if series.level is Level.DANGER]
    recall, alarms = _one(danger, Label.SCAM), _one(danger, Label.ORDINARY)
    if recall is None or alarms is None:
        return False
    shares = [point.value.to_json() for point in recall.points]
    rates = [point.value.to_json() for point in alarms.points]
    x, y = [rate["rate"] or 0.0 for rate in rates], [100 * (share["share"] or 0.0) for share in shares]
    low, high = [100 * share["low"] for share in shares], [100 * share["high"] for share in shares]
    axes.fill_between(x, low, high, color=COLOURS[0], alpha=0.15, linewidth=0, label="95 % interval of the share")
    axes.plot(x, y, color=COLOURS[0], marker=".", markersize=4, clip_on=False, label="other thresholds")
    now = [point.points for point in recall.points].index(run.settings.risk.danger_points)
    axes.errorbar(
        [x[now]],
        [y[now]],
        xerr=[[x[now] - rates[now]["low"]], [(rates[now]["high"] or x[now]) - x[now]]],
        yerr=[[y[now] - low[now]], [high[now] - y[now]]],
        fmt="o",
        color="black",
        capsize=3,
        clip_on=False,
        label=f"as set: {run.settings.risk.danger_points:g} points",
    )
    axes.set_xscale("function", functions=(_root, _square))
    axes.set_xlim(left=0)
    axes.set_ylim(top=100)
    axes.set_xticks([rate for rate in _RATES if rate <= max(x[0], 0.1)], minor=False)
    axes.xaxis.set_major_formatter(_plain_number)
    axes.set_xlabel(f"false dangers per hour of ordinary talk ({alarms.set}; square-root scale)")
    axes.set_ylabel(f"scam calls that reach danger, % ({recall.set})")
    axes.legend(loc="lower right")
    return True


def _one(found: Sequence[Series], label: Label) -> Series | None:
    """Choose the series over all sets, which comes first; over the only one where there is one."""
    fitting = [series for series in found if series.label is label]
    return next((series for series in fitting if series.set == ALL), fitting[0] if fitting else None)


def _seconds(axes: Axes, run: Run) -> bool:
    """Share of the scam calls that were alerted by a time; a call that was missed never is."""
    scams = [result for result in run.results if result.call.label is Label.SCAM]
    if not scams:
        return False
    sets = dict.fromkeys(result.call.set for result in scams)
    groups = {name: [result for result in scams if result.call.set == name] for name in sets}
    if len(groups) > len(COLOURS):
        groups = {ALL: scams}
    firsts = [result.first(Level.CAUTION) or 0 for result in scams] + [
        result.first(Level.DANGER) or 0 for result in scams
    ]
    end = 1.05 * max(1.0, seconds(max(firsts)))
    for colour, (name, group) in zip(COLOURS, groups.items(), strict=False):
        for level, style in ((Level.DANGER, "-"), (Level.CAUTION, ":")):
            x, y = _shares(group, level, end)
            words = "danger" if level is Level.DANGER else "caution or more"
            axes.step(x, y, style, where="post", color=colour, label=f"{_short(name)}: {words} ({len(group)} calls)")
    axes.set_xlabel("seconds from the start of the call")
    axes.set_ylabel("scam calls alerted, %")
    axes.set_ylim(0, 101)
    axes.set_xlim(0, end)
    axes.legend(loc="lower right")
    return True


def _shares(group: Sequence[CallResult], level: Level, end: float) -> tuple[list[float], list[float]]:
    """Return seconds and the percentage alerted from then on, up to `end`."""
    times = sorted(seconds(first) for result in group if (first := result.first(level)) is not None)
    shares = [100 * count / len(group) for count in range(len(times) + 1)]
    return [0.0, *times, end], [*shares, shares[-1]]


def _phrases(axes: Axes, run: Run) -> bool:
    """Hits per hour of ordinary talk, by phrase, with their intervals."""
    counts = [count for count in run.summary.phrases if count.per_hour.count and count.per_hour.hours]
    counts = sorted(counts, key=lambda count: count.per_hour.count)[-MOST_PHRASES:]
    if not counts:
        return False
    rates = [_rate(count.per_hour) for count in counts]
    places = range(len(counts))
    values = [rate for rate, _, _ in rates]
    errors = [[rate - low for rate, low, _ in rates], [high - rate for rate, _, high in rates]]
    axes.errorbar(values, places, xerr=errors, fmt="o", color=COLOURS[0], capsize=2, markersize=4)
    axes.set_yticks(places, [_short(count.phrase) for count in counts])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(_plain_number)
    axes.set_xlabel("hits per hour of ordinary talk, with 95 % interval (logarithmic)")
    axes.grid(visible=False, axis="y")
    return True


def _rate(rate: Rate) -> tuple[float, float, float]:
    low, high = garwood(rate.count, rate.hours)
    return rate.count / rate.hours, low, high


def _short(name: str) -> str:
    name = plain(name)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _root(values: Any) -> Any:
    """Scale an array: like a logarithm it spreads what is rare, but it has a zero."""
    return values.clip(0) ** 0.5


def _plain_number(value: float, _place: float) -> str:
    return f"{value:g}"


def _square(values: Any) -> Any:
    return values**2


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of letters that matplotlib's font does not have: the names are the user's."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        yield


def _unwritable(path: Path, error: OSError) -> CorpusError:
    cause = error.strerror or str(error)
    return CorpusError("plots-unwritable", f"{path} cannot be written: {cause}.", "Name another folder.")
