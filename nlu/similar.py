"""Questions that ask the same thing, put together: for what the assistant could not answer.

Run as ``nlu/.venv/bin/python -m nlu.similar``: JSON lines ``{"id", "text"}`` come in, one line a
group goes out, ``{"group", "ids", "best"}``, the largest group first; ``best`` is the id of the
question nearest to all the others. Alone in its group is whatever resembles nothing.
"""

from __future__ import annotations

import json
import sys
from typing import Iterable, NamedTuple, Sequence, TextIO

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from nlu.use.encoder import Use
from nlu.writing import Writing

ALIKE = 0.55
"""Parts of a group are put together while the mean cosine between them is over this. Chosen on the
questions of tests/nlu/test_similar.py: from 0.51 no two needs are mixed there, and 0.55 leaves a
margin, for an answer to somebody else's question is worse than a group that is shown twice."""


class Group(NamedTuple):
    """Positions of the questions that belong together, and of the most central one."""

    members: list[int]
    best: int


def vectors(texts: Sequence[str]) -> np.ndarray:
    """(n, 512) rows of length 1, near when the meaning is, whatever the language and spelling."""
    writing, encoder = Writing(), Use()
    readings = [writing.read(text.replace("[…]", " ")).text or text for text in texts]
    return np.array([encoder.encode(reading) for reading in readings], np.float64)


def group(rows: np.ndarray, alike: float = ALIKE) -> list[Group]:
    """Average linkage on cosines: the largest group first, then in the order of `rows`."""
    if len(rows) < 2:
        return [Group([i], i) for i in range(len(rows))]
    labels = fcluster(linkage(rows, "average", metric="cosine"), 1 - alike, criterion="distance")
    together: dict[int, list[int]] = {}
    for position, label in enumerate(labels):
        together.setdefault(int(label), []).append(position)
    groups = [Group(members, _central(rows, members)) for members in together.values()]
    return sorted(groups, key=lambda one: (-len(one.members), one.members[0]))


def _central(rows: np.ndarray, members: Sequence[int]) -> int:
    middle = rows[list(members)].sum(axis=0)
    return max(members, key=lambda member: (round(float(rows[member] @ middle), 9), -member))


def main(lines: Iterable[str], out: TextIO) -> None:
    questions = [json.loads(line) for line in lines if line.strip()]
    ids = [question["id"] for question in questions]
    found = group(vectors([question["text"] for question in questions])) if questions else []
    for number, one in enumerate(found, start=1):
        members = [ids[position] for position in one.members]
        json.dump({"group": number, "ids": members, "best": ids[one.best]}, out)
        out.write("\n")


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
