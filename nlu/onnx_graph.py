"""Writes the graph of an encoder for ONNX Runtime, an operation at a time; and runs one."""

from __future__ import annotations

from typing import Sequence

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

_OPSET, _FORMAT = 17, 8  # the first with LayerNormalization, and the format of that time


class Graph:
    """Each method adds an operation to the graph and returns the name of its result."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self, name: str, takes: str, gives: str, columns: int) -> ModelProto:
        """From (n, *columns*) floats to floats; *takes* and *gives* name them."""
        inputs = [helper.make_tensor_value_info(takes, TensorProto.FLOAT, ["n", columns])]
        outputs = [helper.make_tensor_value_info(gives, TensorProto.FLOAT, None)]
        made = helper.make_graph(self._nodes, name, inputs, outputs, self._constants)
        opset = helper.make_opsetid("", _OPSET)
        return helper.make_model(made, opset_imports=[opset], ir_version=_FORMAT)

    def constant(self, values: np.ndarray) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def numbers(self, *values: int) -> str:
        """Places or lengths, which ONNX wants in a row of int64."""
        return self.constant(np.array(values, np.int64))

    def add(self, kind: str, inputs: Sequence[str], output: str = "", **settings: object) -> str:
        output = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **settings))
        return output

    def split(self, x: str, outputs: Sequence[str]) -> None:
        """Its columns, in parts of the same width."""
        self._nodes.append(helper.make_node("Split", [x], list(outputs), axis=1))

    def times(self, x: str, weights: np.ndarray) -> str:
        return self.add("MatMul", [x, self.constant(weights)])

    def linear(self, x: str, weights: np.ndarray, bias: np.ndarray) -> str:
        """*weights* (in, out), *bias* (out,)."""
        return self.add("Add", [self.times(x, weights), self.constant(bias)])

    def normal(self, x: str, scale: np.ndarray, shift: np.ndarray, epsilon: float) -> str:
        """Each row with the mean 0 and the variance 1, then scaled and shifted."""
        inputs = [x, self.constant(scale), self.constant(shift)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=epsilon)


def session(graph: bytes) -> InferenceSession:
    """Runs *graph* on one core; several threads may ask at once."""
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(graph, options, providers=["CPUExecutionProvider"])
