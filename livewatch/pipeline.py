"""The one way of the data: sound, words, matches, level. Live, replay and tuning run this same generator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from livewatch.audio.source import Source
from livewatch.audio.speech import SpeechGate
from livewatch.engines.engine import Engine, Session
from livewatch.engines.second_listen import SecondListen, weigh
from livewatch.events import (
    Alert,
    AudioChunk,
    CallEnded,
    CallStarted,
    Event,
    Hypothesis,
    Level,
    Match,
    Notice,
    RiskUpdate,
    Side,
    seconds,
)
from livewatch.phrases.once import Once
from livewatch.phrases.spotter import Spotter
from livewatch.risk.judge import Judge


def watch(
    source: Source,
    engine: Engine,
    new_gate: Callable[[], SpeechGate],
    spotter: Spotter,
    judge: Judge,
    *,
    before: Iterable[Match] = (),
) -> Iterator[Event]:
    """Watch one call from its first sample to its last.

    Pure: no thread, no clock, no input or output of its own. `spotter` and `judge` are fresh for this call; `engine` is
    shared by all calls; `new_gate` makes a speech gate for each track. A source may interleave two tracks (`side`),
    each in order of time; each is recognised by itself. `before` are matches of this call that `judge` has been told of
    already: heard again, they are not yielded again. The first event is `CallStarted`; `CallEnded` comes when the
    source ends. An `AudioError` from the source or an `EngineError` passes through to the caller after everything
    recognised so far was yielded, so that a damaged recording still gives what its good part holds.
    """
    call = _Call(source.name, engine, new_gate, spotter, judge, once=Once(before))
    yield CallStarted(source.name, source.duration, engine.name, engine.model)
    failure: Exception | None = None
    try:
        for chunk in source:
            if chunk.lost:
                yield call.lose(chunk)
            yield from call.hear(chunk)
    except Exception as error:  # whatever it is, what was heard before it must still be judged
        failure = error
    yield from call.finish()
    if failure is not None:
        raise failure
    yield call.ended()


class _Call:
    """What is known of the call so far."""

    def __init__(
        self,
        name: str,
        engine: Engine,
        new_gate: Callable[[], SpeechGate],
        spotter: Spotter,
        judge: Judge,
        *,
        once: Once,
    ) -> None:
        self._name = name
        self._engine = engine
        self._new_gate = new_gate
        self._tracks: dict[Side, tuple[SpeechGate, Session]] = {}
        self._spotter = spotter
        self._judge = judge
        self._once = once
        self._second_listen = SecondListen()
        self._at = 0
        self._lost = 0
        self._alerts = 0
        self._highest = Level.NONE

    def lose(self, chunk: AudioChunk) -> Notice:
        self._lost += chunk.lost
        return Notice(chunk.start, "lost", f"{seconds(chunk.lost):g} s of sound was lost.")

    def hear(self, chunk: AudioChunk) -> Iterator[Event]:
        if chunk.side not in self._tracks:
            self._tracks[chunk.side] = (self._new_gate(), self._engine.open())
        gate, session = self._tracks[chunk.side]
        self._at = max(self._at, chunk.end)
        for marked in gate.mark(chunk):
            yield from self._judge_all(session.accept(marked), session)

    def finish(self) -> Iterator[Event]:
        for gate, session in self._tracks.values():
            for marked in gate.flush():
                yield from self._judge_all(session.accept(marked), session)
            yield from self._judge_all(session.finish(), session)

    def ended(self) -> CallEnded:
        return CallEnded(self._name, self._at, self._highest, self._alerts, self._lost)

    def _judge_all(self, hypotheses: Iterable[Hypothesis], session: Session) -> Iterator[Event]:
        for heard in hypotheses:
            for hypothesis in self._once.hypothesis(heard):
                yield hypothesis
                for found in self._spotter.accept(hypothesis):
                    match = self._confirmed(found, session)
                    if match is not None and self._once.is_new(match):
                        yield match
                        yield from self._count(self._judge.accept(match))

    def _confirmed(self, match: Match, session: Session) -> Match | None:
        """Put what only sounds like a phrase to the recogniser; one that cannot listen again is believed."""
        if match.how == "sound" and match.verified is None and self._engine.can_verify:
            confirmed = self._second_listen.confirm(match, session)
            return confirmed and weigh(confirmed)
        return weigh(match)

    def _count(self, events: Iterable[RiskUpdate | Alert]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, Alert):
                self._alerts += 1
            if event.level.rank > self._highest.rank:
                self._highest = event.level
            yield event
