"""Text cut into the pieces that an encoder knows: SentencePiece's unigram model (Kudo, 2018)."""

from __future__ import annotations

import re
from typing import Dict, Iterable, List, Mapping, Tuple

import numpy as np

SPACE = "\u2581"


class WordPieces:
    """`pieces` in UTF-8 and their log-probabilities, and how characters are written first (`normal`).

    `begin`, `end`, `unknown`: the numbers of the pieces that mean these. A quarter of a million
    pieces are known by their hashes: 4 MB instead of 45. (Of bytes: "ce" and "散" as strings
    have one hash.)
    """

    def __init__(
        self,
        pieces: Iterable[bytes],
        scores: np.ndarray,
        normal: Mapping[int, str],
        begin: int,
        end: int,
        unknown: int,
    ) -> None:
        self.begin, self.end, self._unknown = begin, end, unknown
        self._longest, hashes = 0, np.empty(len(scores), np.int64)
        for number, piece in enumerate(pieces):
            self._longest = max(self._longest, len(piece.decode("utf-8", "replace")))
            hashes[number] = hash(piece)
        self._numbers = np.argsort(hashes)
        self._hashes = hashes[self._numbers]
        self._scores, self._normal = scores, normal
        self._stranger = float(min(scores)) - 10  # as SentencePiece does

    def read(self, text: str) -> List[int]:
        """The numbers of the likeliest pieces that make up `text` (Viterbi)."""
        text = re.sub("  +", " ", text.translate(self._normal))
        text = (text if text.startswith(" ") else " " + text).replace(" ", SPACE)
        known = self._known(text)
        best, came = [0.0], [(0, 0)]
        for end in range(1, len(text) + 1):
            score, way = best[end - 1] + self._stranger, (end - 1, self._unknown)
            for start, number in known.get(end, ()):
                if best[start] + self._scores[number] > score:
                    score, way = best[start] + self._scores[number], (start, number)
            best.append(score)
            came.append(way)
        found, end = [], len(text)
        while end:
            end, number = came[end]
            found.append(number)
        return found[::-1]

    def _known(self, text: str) -> Dict[int, List[Tuple[int, int]]]:
        """Where in `text` a piece ends: where it begins, and its number."""
        raw, at = text.encode("utf-8", "replace"), [0]
        for character in text:
            at.append(at[-1] + len(character.encode("utf-8", "replace")))
        parts = [
            (start, end)
            for start in range(len(text))
            for end in range(start + 1, min(len(text), start + self._longest) + 1)
        ]
        hashes = np.array([hash(raw[at[start] : at[end]]) for start, end in parts], np.int64)
        near = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        found = np.flatnonzero(self._hashes[near] == hashes)
        numbers = self._numbers[near[found]].tolist()
        known: Dict[int, List[Tuple[int, int]]] = {}
        for one, number in zip(found.tolist(), numbers):
            start, end = parts[one]
            known.setdefault(end, []).append((start, number))
        return known
