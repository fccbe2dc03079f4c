"""The network at work: sound features, one encoding, one reading of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from livewatch.engines.moonshine import graphs, weights
from livewatch.errors import ModelError
from livewatch.events import Samples

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Floats = npt.NDArray[np.float32]

FRAME = 384
"""Samples per frame of an encoding: 24 ms"""
START, END = 1, 2
"""Token numbers that begin and end every text"""
MIN_SAMPLES = 2_048
"""Sound shorter than this (0.13 s) has too few features to encode"""

_HOP, _KERNEL = 192, 511
"""Samples from one feature to the next, and samples that one feature looks at"""
_STEP = 64
"""Samples from one output of the first convolution to the next"""


class Features:
    """The front end's output for one utterance, computed once for each piece of sound however often it is encoded."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._tail = np.zeros(0, np.float32)
        self._parts: list[Floats] = []
        self._count = 0
        self._steps = 0
        self._total = 0.0
        self._squares = 0.0

    def add(self, samples: Samples) -> None:
        """Append sound, of any length. Mono int16 at 16 kHz."""
        self._tail = np.concatenate([self._tail, samples.astype(np.float32) / 32768.0])
        if len(self._tail) < _KERNEL:
            return
        features, total, squares = self._model.front_end(self._tail)
        count = features.shape[2]
        self._parts.append(features)
        # The tail begins at feature number `count`; its first steps may have been summed up already.
        seen = self._steps - self._count * _HOP // _STEP
        self._total += float(total[seen:].sum(dtype=np.float64))
        self._squares += float(squares[seen:].sum(dtype=np.float64))
        self._steps += len(total) - seen
        self._count += count
        self._tail = self._tail[count * _HOP :]

    def normalised(self) -> tuple[Floats, float, float]:
        """(features (1, 576, m), mean, 1 / standard deviation) over the utterance so far."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts, axis=2)]
        number = max(1, self._steps * graphs.WIDTH)
        mean = self._total / number
        variance = self._squares / number - mean * mean
        return self._parts[0], mean, (variance + 1e-5) ** -0.5

    @property
    def ready(self) -> bool:
        """Whether there is enough sound to encode."""
        return self._count >= 8


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the decoder attends to: one utterance's sound."""

    cross: dict[str, Floats]
    """Arrays (1, 8, frames, 36) by their name in the decoder graph"""

    @property
    def frames(self) -> int:
        """How many frames of 24 ms."""
        return next(iter(self.cross.values())).shape[2]


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens written from an encoding, without START and END."""

    tokens: tuple[int, ...]
    """Token numbers"""
    logprobs: tuple[float, ...]
    """Natural logarithm of each token's probability, given those before it"""
    looked: Floats
    """(tokens + 1, frames): where in the sound each token, and then END, was found; rows sum to 1"""
    ended: bool
    """True when the network itself ended the text, False when the limit of tokens or a loop did"""


class Model:
    """The loaded network. Calls may come from several sessions, one at a time per thread."""

    def __init__(self, *, threads: int = 1) -> None:
        """Load from the installed wheel: about 0.5 s. `threads` >= 1 is for onnxruntime's own pool.

        Raises `ModelError` when the weights are missing or damaged.
        """
        import onnxruntime  # noqa: PLC0415 - 0.2 s, only when this recogniser is used

        onnxruntime.disable_telemetry_events()  # Windows; elsewhere the variable in livewatch/__init__.py does it

        folder = weights.folder()
        encoder = weights.OrtFile(folder / "encoder_model.ort")
        decoder = weights.OrtFile(folder / "decoder_model_merged.ort")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")

        def network(model: bytes) -> _Network:
            try:
                return _Network(onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"]))
            except Exception as error:  # onnxruntime raises its own classes, one per kind of fault
                message = f"onnxruntime {onnxruntime.__version__} refuses Moonshine's model: {error}."
                raise ModelError("model-refused", message, "Type: pip install --upgrade onnxruntime") from error

        product, ones, right = graphs.product_test()
        signed = bool(np.allclose(network(product)({"input": ones})["output"], right, rtol=1e-3))
        front, self._offset, self._slope = graphs.front_end(encoder)
        self._front = network(front)
        self._encoder = network(graphs.encoder(encoder, decoder, signed=signed))
        self.decode = network(graphs.decoder(decoder, signed=signed))
        self._embedding = decoder.matmul("/proj_out")
        self.tokens = weights.read_tokens(folder / "tokenizer.bin")
        nothing = np.zeros((1, graphs.HEADS, 0, graphs.HEAD_SIZE), np.float32)
        self.no_past = {name.replace("present", "past"): nothing for name in self.decode.outputs if "present" in name}

    def front_end(self, samples: Floats) -> tuple[Floats, Floats, Floats]:
        """Samples (n,) in [-1, 1] to features (1, 576, m), sums (k,), sums of squares (k,); see `graphs`."""
        out = self._front({"samples": samples[None, None]})
        return out["features"], out["total"][0], out["squares"][0]

    def encode(self, features: Features) -> Encoding:
        """Encode an utterance: about 5 ms per second of it, and a little more than linear."""
        values, mean, scale = features.normalised()
        offset = self._offset - np.float32(mean * scale) * self._slope
        feeds = {"features": values, "scale": np.array(scale, np.float32), "offset": offset[None, :, None]}
        return Encoding(self._encoder(feeds))

    def read(
        self, encoding: Encoding, *, draft: Sequence[int] = (), forced: int = 0, margin: float = 0.0, limit: int
    ) -> Reading:
        """Write the likeliest text, token by token, at most `limit` tokens.

        `draft` is a guess, such as the reading of a little less sound. All of it is looked at in one pass, and what the
        network would have written itself is kept; this is what makes reading a growing utterance again and again cheap,
        and it does not change the result beyond the rounding of 8-bit products. With a `margin` above 0, draft tokens
        are kept as long as their log-probability is no more than that below the best one's: the text then does not
        flicker between near equals. The first `forced` tokens of the draft are kept whatever the network would have
        written.
        """
        state = _State(self, encoding)
        tokens: list[int] = []
        scores: list[float] = []
        guesses = _Guesses(draft)
        guess, fixed, following = list(draft), forced, START
        while True:
            best, logprobs, chosen = state.step([following, *guess])
            kept = fixed
            while kept < len(guess) and chosen[kept] >= logprobs[kept] - margin:
                kept += 1
            tokens += guess[:kept]
            scores += [float(x) for x in chosen[:kept]]
            state.keep(len(tokens) + 1)
            following, score = int(best[kept]), float(logprobs[kept])
            if following == END or len(tokens) >= limit:
                return Reading(tuple(tokens), tuple(scores), state.looked(), ended=following == END)
            tokens.append(following)
            scores.append(score)
            repeated = _loop(tokens, forced)
            if repeated:
                del tokens[-repeated:], scores[-repeated:]
                state.keep(len(tokens) + 1)
                return Reading(tuple(tokens), tuple(scores), state.looked(), ended=False)
            guess, fixed = guesses.after(following, kept), 0

    def logprob(self, encoding: Encoding, tokens: Sequence[int]) -> Floats:
        """Natural logarithm of the probability of each of `tokens` and of END after them; shape (tokens + 1,)."""
        return _State(self, encoding).step([START, *tokens], [*tokens, END])[2]

    def embed(self, tokens: Sequence[int]) -> Floats:
        """Embeddings (1, k, 288): the output projection's own columns, as the weights are shared."""
        columns = self._embedding.matrix[:, list(tokens)].T.astype(np.float32)
        return ((columns - float(self._embedding.zero)) * np.float32(self._embedding.scale))[None]


class _Network:
    """A graph ready to run: named arrays in, named arrays out."""

    def __init__(self, session: InferenceSession) -> None:
        self._session = session
        self.outputs = [output.name for output in session.get_outputs()]

    def __call__(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Run it once."""
        return dict(zip(self.outputs, cast("list[np.ndarray]", self._session.run(None, feeds)), strict=True))


class _State:
    """The decoder's memory of the tokens read so far."""

    def __init__(self, model: Model, encoding: Encoding) -> None:
        self._model = model
        self._cross = encoding.cross
        self._past = model.no_past
        self._looked: list[Floats] = []

    def step(self, tokens: Sequence[int], targets: Sequence[int] | None = None) -> tuple[np.ndarray, Floats, Floats]:
        """Read `tokens`; per row: the best next token, its log-probability, and that of the target.

        Without `targets`, the target of a row is the token that follows in `tokens`.
        """
        count, before = len(tokens), next(iter(self._past.values())).shape[2]
        wanted = targets if targets is not None else [*tokens[1:], END]
        feeds: dict[str, np.ndarray] = {
            "tokens": self._model.embed(tokens),
            "position": np.array([before], np.int64),
            "mask": np.triu(np.full((count, before + count), -np.inf, np.float32), before + 1),
            "targets": np.array(wanted, np.int64).reshape(1, count, 1),
            **self._cross,
            **self._past,
        }
        out = self._model.decode(feeds)
        self._past = {name: out[name.replace("past", "present")] for name in self._past}
        self._looked.append(out["looked"])
        return out["best"][0, :, 0], out["best_logprob"][0, :, 0], out["target_logprob"][0, :, 0]

    def keep(self, count: int) -> None:
        """Forget all but the first `count` tokens."""
        if next(iter(self._past.values())).shape[2] == count:
            return
        self._past = {name: past[:, :, :count] for name, past in self._past.items()}
        self._looked = [self.looked()[:count]]

    def looked(self) -> Floats:
        return self._looked[0] if len(self._looked) == 1 else np.concatenate(self._looked)


class _Guesses:
    """What of a draft may still be right after the network has written something else.

    Most often one word has changed and the rest stays, so the rest is tried once behind the new token. When that fails,
    tokens are written one by one until one comes that stands in the draft a little later. Looking at eight tokens in
    one pass costs a third more than looking at one.
    """

    _AHEAD = 6
    _AT_ONCE = 8

    def __init__(self, draft: Sequence[int]) -> None:
        self._rest = list(draft)
        self._lost = False

    def after(self, token: int, kept: int) -> list[int]:
        """What to try behind `token`, which was written after `kept` tokens of the last try (at first the draft)."""
        self._lost = self._lost and kept == 0
        self._rest = self._rest[kept:]
        if token in self._rest[: self._AHEAD]:
            self._rest = self._rest[self._rest.index(token) + 1 :]
        elif self._lost:
            return []
        else:
            self._rest = self._rest[1:]
        self._lost = True
        return self._rest[: self._AT_ONCE]


def _loop(tokens: Sequence[int], first: int) -> int:
    """How many tokens at the end merely repeat what stands before them; 0 when the network is not in a loop.

    On noise and on speech cut off in mid-word the network sometimes repeats a group of words until the limit. People
    repeat themselves too, and read out digits: a group counts as a loop at its fourth time, a single token at its
    eighth.
    """
    for size in range(1, 9):
        times = 8 if size == 1 else 4
        span = size * times
        if len(tokens) - first < span:
            continue
        group = list(tokens[-size:])
        if all(list(tokens[-size * (i + 1) : len(tokens) - size * i]) == group for i in range(times)):
            return span - size
    return 0
