"""The encoder as an ONNX graph with weights of 8 bits: BERT's twelve layers, and the mean of the
tokens. Made in training, and kept in the model."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlu.e5.file import WeightsFile
from nlu.onnx_graph import Graph

INPUT, OUTPUT = "tokens", "mean"


def graph(file: WeightsFile) -> bytes:
    """From (tokens, size) word and place vectors to the (size,) mean of what is made of them."""
    with tempfile.TemporaryDirectory() as folder:
        exact, small = Path(folder) / "exact.onnx", Path(folder) / "small.onnx"
        onnx.save(_Builder(file).model(), str(exact))
        # A scale for each output: one for all would lose more than the 4 bits did.
        quantize_dynamic(exact, small, weight_type=QuantType.QInt8, per_channel=True)
        return small.read_bytes()


class _Builder:
    def __init__(self, file: WeightsFile) -> None:
        self._file = file
        self._graph = Graph()

    def model(self) -> onnx.ModelProto:
        x = self._normal(INPUT, "emb.ln")
        for number in range(self._file.layers):
            x = self._layer(x, f"l{number}.")
        self._graph.add("ReduceMean", [x], OUTPUT, axes=[0], keepdims=0)
        return self._graph.model("e5", INPUT, OUTPUT, self._file.size)

    def _layer(self, x: str, name: str) -> str:
        size, wide, add = self._file.size, self._file.wide, self._graph.add
        heard = self._linear(self._attention(x, name), name + "ao", size)
        x = self._normal(add("Add", [x, heard]), name + "aln")
        inner = self._gelu(self._linear(x, name + "fi", size))
        return self._normal(add("Add", [x, self._linear(inner, name + "fo", wide)]), name + "oln")

    def _attention(self, x: str, name: str) -> str:
        size, heads, add = self._file.size, self._file.heads, self._graph.add
        split = self._graph.numbers(-1, heads, size // heads)
        joined = self._graph.numbers(-1, size)
        asked, keys, values = (
            add("Reshape", [self._linear(x, name + one, size), split]) for one in "qkv"
        )
        asked = add("Transpose", [asked], perm=[1, 0, 2])
        keys = add("Transpose", [keys], perm=[1, 2, 0])
        values = add("Transpose", [values], perm=[1, 0, 2])
        scale = self._graph.constant(np.float32((size // heads) ** -0.5))
        scores = add("Mul", [add("MatMul", [asked, keys]), scale])
        heard = add("MatMul", [add("Softmax", [scores], axis=-1), values])
        return add("Reshape", [add("Transpose", [heard], perm=[1, 0, 2]), joined])

    def _linear(self, x: str, name: str, columns: int) -> str:
        weights = self._file.weights(name + ".w", columns).T
        return self._graph.linear(x, weights, self._file.floats(name + ".b"))

    def _gelu(self, x: str) -> str:
        add, constant = self._graph.add, self._graph.constant
        half, one, narrow = (constant(np.float32(number)) for number in (0.5, 1, 0.5**0.5))
        curve = add("Add", [add("Erf", [add("Mul", [x, narrow])]), one])
        return add("Mul", [add("Mul", [x, curve]), half])

    def _normal(self, x: str, name: str) -> str:
        scale, shift = (self._file.floats(name + end) for end in (".w", ".b"))
        return self._graph.normal(x, scale, shift, float(self._file.epsilon))
