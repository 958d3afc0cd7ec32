"""Vectors of questions, made on one core."""

from __future__ import annotations

import numpy as np

from nlu.e5.file import WeightsFile, unpacked
from nlu.e5.graph import INPUT
from nlu.onnx_graph import session

PREFIX = "query: "  # what the model was taught to read before a question
MOST_TOKENS = 512


class E5:
    """`graph`: what nlu.e5.graph made of the same `file`. Several threads may ask at once."""

    def __init__(self, file: WeightsFile, graph: bytes) -> None:
        self._session = session(graph)
        self._pieces = file.pieces
        self._words = file.blocks("emb.word", file.size)
        places = file.floats("emb.pos").reshape(-1, file.size)
        self._places = places + file.floats("emb.type")[: file.size]

    def query(self, text: str) -> np.ndarray:
        """(384,) float32, length 1."""
        inside = self._pieces.read(PREFIX + text)[: MOST_TOKENS - 2]
        tokens = [self._pieces.begin, *inside, self._pieces.end]
        rows = unpacked(self._words[tokens]) + self._places[: len(tokens)]
        vector = self._session.run(None, {INPUT: rows})[0]
        return vector / np.linalg.norm(vector)
