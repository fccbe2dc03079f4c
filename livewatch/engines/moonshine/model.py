"""The network, loaded: sound features and their encoding; `decoding` writes the text."""

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
