"""Three lean ONNX graphs round Moonshine's weights: sound front end, encoder, decoder.

The network is the one of "Moonshine: Speech Recognition for Live Transcription and Voice Commands" (Jeffries et al.,
2024, arXiv 2410.15608). Its arithmetic is kept, 8-bit products included; what is left out is everything else. Against
the graphs in the wheel (both with one thread, benchmarks/engine_parts.py):

- The front end is cut off from the encoder. Its two convolutions cost a quarter of an encoding and depend on a few
  milliseconds of sound only, so they run once over new sound and never again while an utterance grows. What stands
  between them, a normalisation over the whole utterance, is one scale and one offset per utterance; both can be applied
  after the second convolution, because that is linear.
- The encoder hands out the decoder's cross-attention keys and values at once.
- The decoder takes many tokens in one pass, knows no branches, returns log-probabilities of the tokens it is asked for
  instead of 32,768 numbers a step, and returns where in the sound it looked, which gives the words their times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from livewatch.engines.moonshine.weights import OrtFile, Quantised

LAYERS = 6
HEADS = 8
HEAD_SIZE = 36
WIDTH = HEADS * HEAD_SIZE
VOCABULARY = 32_768

_ROTARY_SIZE = 32
_POSITIONS = 2_048
_MS = "com.microsoft"
_OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid(_MS, 1)]
_NORM_EPSILON = 1e-5
_ALIGNING = {3: (0, 2, 5, 6, 7), 4: (1, 2, 3, 6, 7), 5: (3, 4, 6, 7)}
"""Cross-attention heads, by layer, that look at the sound of the word being written: of 329 words in three synthetic
voices over a telephone channel, each of these heads had its peak inside the word (+-0.1 s) for 90-99 %."""


class _Graph:
    """Collects nodes and constants; every method returns the name of what it adds."""

    def __init__(self, signed: bool = False) -> None:
        self._signed = signed
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: Sequence[int | str], kind: int = TensorProto.FLOAT) -> str:
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value: str, name: str, shape: Sequence[int | str], kind: int = TensorProto.FLOAT) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def constant(self, value: np.ndarray, name: str = "") -> str:
        name = name or f"c{len(self._constants)}"
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        return self.nodes(op, 1, *inputs, domain=domain, **attributes)[0]

    def nodes(self, op: str, count: int, *inputs: str, domain: str = "", **attributes: Any) -> list[str]:
        outputs = [f"n{len(self._nodes)}.{i}" for i in range(count)]
        self._nodes.append(helper.make_node(op, inputs, outputs, domain=domain, **attributes))
        return outputs

    def matmul(self, value: str, *parts: Quantised) -> str:
        """`value` times the parts side by side: one product instead of several over the same input."""
        widths = [part.matrix.shape[1] for part in parts]
        matrix = np.concatenate([part.matrix for part in parts], axis=1)
        scale = np.concatenate([np.full(w, p.scale, np.float32) for w, p in zip(widths, parts, strict=True)])
        zero = np.concatenate([np.full(w, p.zero, np.uint8) for w, p in zip(widths, parts, strict=True)])
        if self._signed:  # the same numbers, 128 less: processors with VNNI multiply unsigned by signed twice as fast
            matrix, zero = (np.bitwise_xor(x, 0x80).view(np.int8) for x in (matrix, zero))
        inputs = [value, self.constant(matrix), self.constant(scale), self.constant(zero)]
        if parts[0].bias is not None:
            inputs.append(self.constant(parts[0].bias))
        return self.node("DynamicQuantizeMatMul", *inputs, domain=_MS)

    def norm(self, value: str, weight: np.ndarray) -> str:
        return self.node(
            "LayerNormalization", value, self.constant(weight), axis=-1, epsilon=_NORM_EPSILON, stash_type=1
        )

    def heads(self, value: str, shape: str) -> str:
        """(1, n, 288) -> (1, 8, n, 36)."""
        return self.node("Transpose", self.node("Reshape", value, shape), perm=[0, 2, 1, 3])

    def attend(self, query: str, key: str, value: str, shape: str, mask: str | None = None) -> tuple[str, str]:
        """Scaled dot-product attention over heads; returns ((1, n, 288), weights (1, 8, n, m))."""
        alpha = HEAD_SIZE**-0.5
        scores = self.node("FusedMatMul", query, key, domain=_MS, transB=1, alpha=alpha)
        if mask is not None:
            scores = self.node("Add", scores, mask)
        weights = self.node("Softmax", scores, axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", weights, value), perm=[0, 2, 1, 3])
        return self.node("Reshape", mixed, shape), weights

    def rotary(self, value: str, position: str, cos: str, sin: str) -> str:
        return self.node(
            "RotaryEmbedding",
            value,
            position,
            cos,
            sin,
            domain=_MS,
            interleaved=1,
            num_heads=HEADS,
            rotary_embedding_dim=_ROTARY_SIZE,
        )

    def rotation(self, inverse_frequency: np.ndarray) -> tuple[str, str]:
        angles = np.arange(_POSITIONS, dtype=np.float32)[:, None] * inverse_frequency.reshape(1, -1)
        return self.constant(np.cos(angles)), self.constant(np.sin(angles))

    def shapes(self) -> tuple[str, str]:
        """Constants for Reshape: to heads, and back to flat."""
        return (
            self.constant(np.array([1, -1, HEADS, HEAD_SIZE], np.int64)),
            self.constant(np.array([1, -1, WIDTH], np.int64)),
        )

    def model(self) -> bytes:
        graph = helper.make_graph(
            self._nodes, "livewatch", self._inputs, self._outputs, initializer=list(self._constants.values())
        )
        return helper.make_model(graph, opset_imports=_OPSETS, ir_version=8).SerializeToString()


def front_end(encoder: OrtFile) -> tuple[bytes, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The graph `samples (1, 1, n) -> features (1, 576, m), total (1, k), squares (1, k)`, and two vectors (576,).

    `features` is the second convolution of the weighted, not yet normalised output of the first; `total` and `squares`
    are that output's sums over its 288 channels, one per step of 64 samples, for mean and variance over the utterance.
    With `scale = 1 / sqrt(variance + 1e-5)`, the normalised features are `features * scale + offset - mean * scale *
    slope`, where `offset` and `slope` are the two vectors.
    """
    g = _Graph()
    samples = g.input("samples", (1, 1, "n"))
    kernel = g.constant(encoder.constant("/conv1/Conv", 1))
    first = g.node("Tanh", g.node("Conv", samples, kernel, kernel_shape=[127], strides=[64]))
    weight = encoder.constant("/groupnorm/Mul", 1)[:, 0]
    shift = encoder.constant("/groupnorm/Add", 1)[:, 0]
    kernel = encoder.constant("/conv2/Conv", 1)
    weighted = g.constant(kernel * weight[None, :, None])
    g.output(g.node("Conv", first, weighted, kernel_shape=[7], strides=[3]), "features", (1, 2 * WIDTH, "m"))
    channels = g.constant(np.array([1], np.int64))
    g.output(g.node("ReduceSum", first, channels, keepdims=0), "total", (1, "k"))
    g.output(g.node("ReduceSumSquare", first, axes=[1], keepdims=0), "squares", (1, "k"))
    offset = encoder.constant("/conv2/Conv", 2) + np.einsum("oik,i->o", kernel, shift)
    slope = np.einsum("oik,i->o", kernel, weight)
    return g.model(), offset.astype(np.float32), slope.astype(np.float32)


def encoder(encoder: OrtFile, decoder: OrtFile, *, signed: bool) -> bytes:
    """The graph `features (1, 576, m), scale (), offset (1, 576, 1) -> cross.L.key, cross.L.value (1, 8, t, 36)`.

    They are what the decoder's layer L (0..5) attends to, one row per 24 ms of sound.
    """
    g = _Graph(signed)
    features = g.input("features", (1, 2 * WIDTH, "m"))
    scale = g.input("scale", ())
    offset = g.input("offset", (1, 2 * WIDTH, 1))
    to_heads, to_flat = g.shapes()
    zero = g.constant(np.array([0], np.int64))
    cos, sin = g.rotation(encoder.constant("/rotary_emb/Expand", 0))
    second = g.node("Gelu", g.node("Add", g.node("Mul", features, scale), offset), domain=_MS)
    kernel = encoder.constant("/conv3/Conv", 1)
    bias = encoder.constant("/conv3/Conv", 2)
    third = g.node("Conv", second, g.constant(kernel), g.constant(bias), kernel_shape=[3], strides=[2])
    hidden = g.node("Transpose", g.node("Gelu", third, domain=_MS), perm=[0, 2, 1])
    split = g.constant(np.array([WIDTH] * 3, np.int64))
    halves = g.constant(np.array([WIDTH] * 2, np.int64))
    for layer in range(LAYERS):
        at = f"/layers.{layer}"
        normed = g.norm(hidden, encoder.constant(f"{at}/input_layernorm/LayerNormalization", 1))
        projected = g.matmul(normed, *(encoder.matmul(f"{at}/self_attn/{x}_proj") for x in "qkv"))
        query, key, value = (g.heads(x, to_heads) for x in g.nodes("Split", 3, projected, split, axis=-1))
        query, key = (g.rotary(x, zero, cos, sin) for x in (query, key))
        mixed, _ = g.attend(query, key, value, to_flat)
        hidden = g.node("Add", hidden, g.matmul(mixed, encoder.matmul(f"{at}/self_attn/o_proj")))
        normed = g.norm(hidden, encoder.constant(f"{at}/post_attention_layernorm/LayerNormalization", 1))
        inner = g.node("Gelu", g.matmul(normed, encoder.matmul(f"{at}/mlp/fc1")), domain=_MS)
        hidden = g.node("Add", hidden, g.matmul(inner, encoder.matmul(f"{at}/mlp/fc2")))
    hidden = g.norm(hidden, encoder.constant("SkipLayerNormalization", 2))
    for layer in range(LAYERS):
        at = f"/model/decoder/layers.{layer}/encoder_attn"
        projected = g.matmul(hidden, decoder.matmul(f"{at}/k_proj"), decoder.matmul(f"{at}/v_proj"))
        for kind, half in zip(("key", "value"), g.nodes("Split", 2, projected, halves, axis=-1), strict=True):
            g.output(g.heads(half, to_heads), f"cross.{layer}.{kind}", (1, HEADS, "t", HEAD_SIZE))
    return g.model()


def decoder(decoder: OrtFile, *, signed: bool) -> bytes:
    """The graph that reads k tokens at once.

    Inputs: `tokens (1, k, 288)` (their embeddings), `position (1, k)` (of each in its text), `mask (k, p + k)` (0 or
    -inf), `targets (1, k, 1)` (a token number per row), and for each layer L `past.L.key`, `past.L.value (1,
    8, p, 36)`, `cross.L.key` and `cross.L.value`.

    Outputs: `best` and `best_logprob (1, k, most)` (the likeliest next tokens, with natural logarithms),
    `target_logprob (1, k, 1)`, `present.L.key`, `present.L.value (1, 8, p + k, 36)`, and `looked (k, t)` (how
    much each row looked at each 24 ms of sound; rows sum to 1).
    """
    g = _Graph(signed)
    hidden = g.input("tokens", (1, "k", WIDTH))
    position = g.input("position", (1, "k"), TensorProto.INT64)
    mask = g.input("mask", ("k", "all"))
    targets = g.input("targets", (1, "k", 1), TensorProto.INT64)
    most = g.input("most", (1,), TensorProto.INT64)
    to_heads, to_flat = g.shapes()
    cos, sin = g.rotation(decoder.constant("/model/decoder/rotary_emb/Expand", 0))
    three = g.constant(np.array([WIDTH] * 3, np.int64))
    gate_split = g.constant(np.array([4 * WIDTH] * 2, np.int64))
    looked: list[str] = []
    for layer in range(LAYERS):
        at = f"/model/decoder/layers.{layer}"
        past = [g.input(f"past.{layer}.{kind}", (1, HEADS, "p", HEAD_SIZE)) for kind in ("key", "value")]
        cross = [g.input(f"cross.{layer}.{kind}", (1, HEADS, "t", HEAD_SIZE)) for kind in ("key", "value")]
        normed = g.norm(hidden, decoder.constant(f"{at}/input_layernorm/LayerNormalization", 1))
        projected = g.matmul(normed, *(decoder.matmul(f"{at}/self_attn/{x}_proj") for x in "qkv"))
        query, key, value = (g.heads(x, to_heads) for x in g.nodes("Split", 3, projected, three, axis=-1))
        query, key = (g.rotary(x, position, cos, sin) for x in (query, key))
        keys = g.node("Concat", past[0], key, axis=2)
        values = g.node("Concat", past[1], value, axis=2)
        g.output(keys, f"present.{layer}.key", (1, HEADS, "all", HEAD_SIZE))
        g.output(values, f"present.{layer}.value", (1, HEADS, "all", HEAD_SIZE))
        mixed, _ = g.attend(query, keys, values, to_flat, mask)
        hidden = g.node("Add", hidden, g.matmul(mixed, decoder.matmul(f"{at}/self_attn/o_proj")))
        normed = g.norm(hidden, decoder.constant(f"{at}/post_attention_layernorm/LayerNormalization", 1))
        query = g.heads(g.matmul(normed, decoder.matmul(f"{at}/encoder_attn/q_proj")), to_heads)
        mixed, weights = g.attend(query, cross[0], cross[1], to_flat)
        if layer in _ALIGNING:
            looked.append(g.node("Gather", weights, g.constant(np.array(_ALIGNING[layer], np.int64)), axis=1))
        hidden = g.node("Add", hidden, g.matmul(mixed, decoder.matmul(f"{at}/encoder_attn/o_proj")))
        normed = g.norm(hidden, decoder.constant(f"{at}/final_layernorm/LayerNormalization", 1))
        inner = g.matmul(normed, decoder.matmul(f"{at}/mlp/fc1"))
        straight, gate = g.nodes("Split", 2, inner, gate_split, axis=-1)
        gated = g.node("Mul", g.node("QuickGelu", gate, domain=_MS, alpha=1.0), straight)
        hidden = g.node("Add", hidden, g.matmul(gated, decoder.matmul(f"{at}/mlp/fc2")))
    hidden = g.norm(hidden, decoder.constant("/model/decoder/norm/LayerNormalization", 1))
    logprobs = g.node("LogSoftmax", g.matmul(hidden, decoder.matmul("/proj_out")), axis=-1)
    best_logprob, best = g.nodes("TopK", 2, logprobs, most, axis=-1)
    g.output(best, "best", (1, "k", "m"), TensorProto.INT64)
    g.output(best_logprob, "best_logprob", (1, "k", "m"))
    g.output(g.node("GatherElements", logprobs, targets, axis=2), "target_logprob", (1, "k", 1))
    mean = g.node("ReduceMean", g.node("Concat", *looked, axis=1), axes=[0, 1], keepdims=0)
    g.output(mean, "looked", ("k", "t"))
    return g.model()


def product_test() -> tuple[bytes, npt.NDArray[np.float32], float]:
    """A product that is wrong where signed weights overflow, with its input (1, 1, 64) and its right result.

    Processors without VNNI add neighbouring products in 16 bits and saturate; there `signed` must not be used.
    """
    g = _Graph(signed=True)
    matrix = np.full((64, 16), 255, np.uint8)
    weights = Quantised(matrix, np.array(1.0, np.float32), np.array(128, np.uint8))
    g.output(g.matmul(g.input("input", (1, 1, 64)), weights), "output", (1, 1, 16))
    return g.model(), np.ones((1, 1, 64), np.float32), 64 * 127.0
