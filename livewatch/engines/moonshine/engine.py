"""The engine: the model loaded once, sessions opened from it."""

from __future__ import annotations

from livewatch.engines.moonshine import language_model, weights
from livewatch.engines.moonshine.model import Model
from livewatch.engines.moonshine.session import MoonshineSession, Policy
from livewatch.engines.moonshine.tokens import Tokens
from livewatch.events import SAMPLE_RATE

_MEMORY_S = 20.0


class MoonshineEngine:
    """Moonshine tiny, English; implements `livewatch.engines.engine.Engine`."""

    name = "moonshine"
    model = f"moonshine-{weights.NAME}"
    can_verify = True
    memory_s = _MEMORY_S

    def __init__(self, model: Model, policy: Policy) -> None:
        self._model = model
        self._tokens = Tokens(model.tokens)
        self._language = language_model.load()
        self._policy = policy

    def open(self) -> MoonshineSession:
        """A fresh session for one call."""
        return MoonshineSession(self._model, self._tokens, self._language, self._policy, _MEMORY_S)

    def close(self) -> None:
        """Nothing to do: the model is freed with the last session that uses it."""


def open_engine(*, update_every_s: float | None, threads: int = 1) -> MoonshineEngine:
    """Load the model (about 0.5 s).

    `update_every_s` is how often an utterance that goes on is read again (0.1..2 s of sound); None reads it only when
    it is closed, which is several times cheaper and right for recordings. `threads` >= 1. Raises `ModelError` when the
    weights are missing or damaged.
    """
    update = None if update_every_s is None else int(update_every_s * SAMPLE_RATE)
    return MoonshineEngine(Model(threads=threads), Policy(update=update))
