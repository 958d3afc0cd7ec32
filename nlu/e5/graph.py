"""The encoder as an ONNX graph with weights of 8 bits: BERT's twelve layers, and the mean of the
tokens. Made in training, and kept in the model."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import List, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlu.e5.file import WeightsFile

INPUT, OUTPUT = "tokens", "mean"
_OPSET, _FORMAT = 17, 8  # the first with LayerNormalization, and the format of that time


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
        self._nodes: List[onnx.NodeProto] = []
        self._constants: List[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        x = self._normal(INPUT, "emb.ln")
        for number in range(self._file.layers):
            x = self._layer(x, f"l{number}.")
        self._add("ReduceMean", [x], OUTPUT, axes=[0], keepdims=0)
        size = self._file.size
        inputs = [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["tokens", size])]
        outputs = [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [size])]
        made = helper.make_graph(self._nodes, "e5", inputs, outputs, self._constants)
        opset = helper.make_opsetid("", _OPSET)
        return helper.make_model(made, opset_imports=[opset], ir_version=_FORMAT)

    def _layer(self, x: str, name: str) -> str:
        size, wide = self._file.size, self._file.wide
        heard = self._linear(self._attention(x, name), name + "ao", size)
        x = self._normal(self._add("Add", [x, heard]), name + "aln")
        inner = self._gelu(self._linear(x, name + "fi", size))
        return self._normal(
            self._add("Add", [x, self._linear(inner, name + "fo", wide)]), name + "oln"
        )

    def _attention(self, x: str, name: str) -> str:
        size, heads = self._file.size, self._file.heads
        split = self._constant(np.array([-1, heads, size // heads], np.int64))
        joined = self._constant(np.array([-1, size], np.int64))
        asked, keys, values = (
            self._add("Reshape", [self._linear(x, name + one, size), split]) for one in "qkv"
        )
        asked = self._add("Transpose", [asked], perm=[1, 0, 2])
        keys = self._add("Transpose", [keys], perm=[1, 2, 0])
        values = self._add("Transpose", [values], perm=[1, 0, 2])
        scale = self._constant(np.float32((size // heads) ** -0.5))
        scores = self._add("Mul", [self._add("MatMul", [asked, keys]), scale])
        heard = self._add("MatMul", [self._add("Softmax", [scores], axis=-1), values])
        return self._add("Reshape", [self._add("Transpose", [heard], perm=[1, 0, 2]), joined])

    def _linear(self, x: str, name: str, columns: int) -> str:
        weights = self._constant(self._file.weights(name + ".w", columns).T)
        bias = self._constant(self._file.floats(name + ".b"))
        return self._add("Add", [self._add("MatMul", [x, weights]), bias])

    def _gelu(self, x: str) -> str:
        half, one = self._constant(np.float32(0.5)), self._constant(np.float32(1))
        narrow = self._constant(np.float32(0.5**0.5))
        curve = self._add("Add", [self._add("Erf", [self._add("Mul", [x, narrow])]), one])
        return self._add("Mul", [self._add("Mul", [x, curve]), half])

    def _normal(self, x: str, name: str) -> str:
        scale, shift = (self._constant(self._file.floats(name + end)) for end in (".w", ".b"))
        epsilon = float(self._file.epsilon)
        return self._add("LayerNormalization", [x, scale, shift], axis=-1, epsilon=epsilon)

    def _constant(self, values: np.ndarray) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(self, kind: str, inputs: Sequence[str], output: str = "", **settings: object) -> str:
        output = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **settings))
        return output
