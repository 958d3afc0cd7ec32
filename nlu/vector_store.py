"""Keeps the vectors of texts in a file, since computing one takes 20 ms and examples rarely change."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Sequence

import numpy as np


class VectorStore:
    """`path`: an .npz of hashes and float16 rows; made when missing, made anew when unreadable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, np.ndarray] = {}
        try:
            with np.load(path, allow_pickle=False) as saved:
                self._rows = dict(zip(saved["keys"].tolist(), saved["rows"]))
        except (OSError, ValueError, KeyError):
            pass

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """The texts whose vector must be computed, each once."""
        return [t for t in dict.fromkeys(texts) if _key(t) not in self._rows]

    def add(self, texts: Sequence[str], vectors: Sequence[np.ndarray]) -> None:
        """Keeps these too; the file is replaced in one step."""
        if not texts:
            return
        self._rows |= {_key(t): np.asarray(v, np.float16) for t, v in zip(texts, vectors)}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, keys=np.array(list(self._rows)), rows=np.stack(list(self._rows.values())))
        partial.replace(self._path)

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """(n, d) float32, all of them known."""
        return np.stack([self._rows[_key(t)] for t in texts]).astype(np.float32)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
