"""Which examples get a vector that is slow to compute, and what those of the others most likely are.

On the development questions, second vectors for the most different third of the examples and
estimates for the rest were as good as computing them all, in a third of the time; a third taken at
random was not (docs/decisions/0002-understanding.md).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Sequence

import numpy as np


def most_different(rows: np.ndarray, names: Sequence[str], share: float, least: int) -> np.ndarray:
    """Indices, ascending, of a `share` of the rows of each name, and of `least` at the least.

    The next one is always the farthest from all that were taken (Gonzalez, 1985). `rows` (n, d)
    have the length 1.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        members[name].append(index)
    taken = [one for those in members.values() for one in _farthest(rows, those, share, least)]
    return np.array(sorted(taken))


def _farthest(rows: np.ndarray, those: list[int], share: float, least: int) -> list[int]:
    count = max(least, int(share * len(those)))
    if count >= len(those):
        return those
    own = rows[those]
    chosen = [int(np.argmin(own @ own.mean(axis=0)))]
    nearest = own @ own[chosen[0]]
    while len(chosen) < count:
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, own @ own[chosen[-1]])
    return [those[one] for one in chosen]


def estimate(known: np.ndarray, vectors: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The likeliest vectors (m, e) of `others` (m, d), where those of `known` (n, d) are (n, e).

    Ridge regression.
    """
    weights = np.linalg.solve(known.T @ known + np.eye(known.shape[1]), known.T @ vectors)
    return others @ weights
