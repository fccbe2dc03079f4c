"""The Moonshine weights, read out of the `moonshine-voice` wheel without importing it.

Importing that package pulls in a downloader and a native library; all that is wanted from it are two `.ort` files
(onnxruntime's flatbuffer format) and a token table. The two graphs inside are general and slow (a decoder step runs 940
nodes, 2.4 of its 5.7 ms are arithmetic), so only their weights are taken; `graphs` builds leaner graphs round them.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livewatch.errors import ModelError

NAME = "tiny-en"
"""The model inside the wheel: English, 27 million weights, MIT licence"""

_HINT = 'Type: pip install --force-reinstall "moonshine-voice>=0.0.69,<0.1"'
_FLOAT, _UINT8, _INT64 = 1, 2, 7
_DTYPES = {_FLOAT: np.dtype("<f4"), _UINT8: np.dtype("u1"), _INT64: np.dtype("<i8")}


@dataclass(frozen=True, slots=True)
class Quantised:
    """A weight matrix in 8 bits: real value = (matrix - zero) * scale."""

    matrix: npt.NDArray[np.uint8]
    """Shape (inputs, outputs)"""
    scale: npt.NDArray[np.float32]
    """Shape () for the whole matrix, or (outputs,)"""
    zero: npt.NDArray[np.uint8]
    """Shape as `scale`"""
    bias: npt.NDArray[np.float32] | None = None
    """Shape (outputs,), or None"""


class OrtFile:
    """The constants of one `.ort` file, by the name of the node that uses them."""

    def __init__(self, path: Path) -> None:
        """Read `path` whole (13 and 30 MB). Raises `ModelError` where it is missing or not such a file."""
        from onnxruntime.tools.ort_format_model.ort_flatbuffers_py.fbs.InferenceSession import (  # noqa: PLC0415 - slow
            InferenceSession,
        )

        try:
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(
                "model-missing", f"Moonshine's file {path} cannot be read: {error.strerror}.", _HINT
            ) from error
        self._path = path
        self._constants: dict[str, np.ndarray] = {}
        self._nodes: dict[bytes, Any] = {}
        if data[4:8] != b"ORTM":
            raise ModelError("model-damaged", f"Moonshine's file {path} is not a model.", _HINT)
        try:
            root: Any = InferenceSession.GetRootAs(data, 0)
            self._read(root.Model().Graph())
        except Exception as error:  # flatbuffers raises struct.error, IndexError, TypeError… on damaged bytes
            raise self._damaged(error) from error

    def constant(self, node: str, position: int) -> np.ndarray:
        """The constant that the node named `node` takes as its input number `position`."""
        try:
            return self._constants[self._inputs(node)[position]]
        except (KeyError, IndexError) as error:
            raise ModelError(
                "model-unknown",
                f"Moonshine's file {self._path} has another layout than livewatch knows ({node}).",
                _HINT,
            ) from error

    def matmul(self, node: str) -> Quantised:
        """The weights of a quantised matrix product, whichever of the two kinds of node holds it."""
        where = f"{node}/MatMul_quant"
        inputs = self._inputs(where)
        if len(inputs) == 6:  # MatMulIntegerToFloat: input, matrix, input scale, scale, input zero, zero
            return Quantised(self.constant(where, 1), self.constant(where, 3), self.constant(where, 5))
        bias = self.constant(where, 4) if len(inputs) > 4 and inputs[4] else None  # DynamicQuantizeMatMul
        return Quantised(self.constant(where, 1), self.constant(where, 2), self.constant(where, 3), bias)

    def _damaged(self, error: Exception) -> ModelError:
        return ModelError("model-damaged", f"Moonshine's file {self._path} is damaged: {error}.", _HINT)

    def _inputs(self, name: str) -> list[str]:
        """Names of what the node named `name` takes; none where there is no such node."""
        node = self._nodes.get(name.encode())
        try:
            return [] if node is None else [node.Inputs(k).decode() for k in range(node.InputsLength())]
        except Exception as error:  # as in `__init__`
            raise self._damaged(error) from error

    def _read(self, graph: Any) -> None:
        for i in range(graph.InitializersLength()):
            tensor = graph.Initializers(i)
            dtype = _DTYPES.get(tensor.DataType())
            if dtype is not None and tensor.RawDataLength():
                shape = tuple(tensor.Dims(k) for k in range(tensor.DimsLength()))
                self._constants[tensor.Name().decode()] = tensor.RawDataAsNumpy().view(dtype).reshape(shape)
        for i in range(graph.NodesLength()):
            node = graph.Nodes(i)
            if node.OpType() == b"If":  # the decoder holds both its branches (first step, later steps) inside one
                for k in range(node.AttributesLength()):
                    branch = node.Attributes(k).G()
                    if branch is not None:
                        self._read(branch)
            else:
                self._nodes.setdefault(node.Name(), node)


def folder() -> Path:
    """The folder inside the wheel that holds the model. Raises `ModelError` when the wheel is not installed."""
    spec = importlib.util.find_spec("moonshine_voice")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("model-missing", "Moonshine's model is not installed.", _HINT)
    path = Path(next(iter(spec.submodule_search_locations))) / "assets" / NAME
    if not path.is_dir():
        raise ModelError("model-missing", f"The installed moonshine-voice carries no model ({path} is missing).", _HINT)
    return path


def read_tokens(path: Path) -> list[bytes]:
    """The token table: UTF-8 pieces by token number, U+2581 standing for a space.

    The file has one record a token: a length byte (high bit set: low 7 bits, and a second byte counts 128s), the bytes.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "model-missing", f"Moonshine's file {path} cannot be read: {error.strerror}.", _HINT
        ) from error
    tokens: list[bytes] = []
    position = 0
    while position < len(data):
        length = data[position]
        position += 1
        if length >= 128 and position < len(data):
            length = length - 128 + 128 * data[position]
            position += 1
        tokens.append(data[position : position + length])
        position += length
    if position != len(data) or len(tokens) < 3:
        raise ModelError("model-damaged", f"Moonshine's file {path} is cut off.", _HINT)
    return tokens
