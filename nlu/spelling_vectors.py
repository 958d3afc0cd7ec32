"""TF-IDF of words and letter groups, accents stripped, projected on the directions that matter."""

from __future__ import annotations

from collections import Counter
from typing import Sequence

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer

from nlu.text import fold, words

_SMALLEST, _LARGEST = 2, 5
"""Letters in a letter group."""
_RARELY = 2
"""A term in fewer examples than this is left out."""


class SpellingVectors:
    """Texts -> float32 rows. `terms` in the order of `idf` (n), and of `axes` (n, size) in steps of
    int8, whose lengths are `steps` (n,): of 200,000 terms a message has a hundred.
    """

    def __init__(
        self, terms: Sequence[str], idf: np.ndarray, axes: np.ndarray, steps: np.ndarray
    ) -> None:
        self.idf, self.axes, self.steps = idf, axes, steps
        self._places = {term: i for i, term in enumerate(terms)}

    @property
    def terms(self) -> list[str]:
        """Words, pairs of words and letter groups."""
        return list(self._places)

    @classmethod
    def learn(cls, texts: Sequence[str], size: int, weight: float) -> SpellingVectors:
        """`size` directions at most; the rows of `texts` will have the mean length `weight`."""
        count = CountVectorizer(analyzer=_terms, min_df=_RARELY if len(texts) > 50 else 1)
        seen = count.fit_transform(texts)
        idf = (
            np.log((1 + len(texts)) / (1 + np.bincount(seen.indices, minlength=seen.shape[1]))) + 1
        ).astype(np.float32)
        terms = [str(t) for t in count.get_feature_names_out()]
        size = min(size, seen.shape[0] - 1, seen.shape[1] - 1)
        svd = TruncatedSVD(size, random_state=0)
        rows = seen.astype(np.float32)
        for part in map(slice, rows.indptr, rows.indptr[1:]):
            rows.data[part] = _weights(rows.data[part], idf[rows.indices[part]])
        lengths = np.linalg.norm(svd.fit_transform(rows), axis=1)
        axes = svd.components_.T * (weight / lengths.mean())
        steps = np.maximum(np.abs(axes).max(axis=1) / 127, 1e-12).astype(np.float32)
        return cls(terms, idf, np.rint(axes / steps[:, None]).astype(np.int8), steps)

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), size) float32; a text with no known term is all zeros."""
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> np.ndarray:
        found = Counter(self._places[term] for term in _terms(text) if term in self._places)
        places = list(found)
        weights = _weights(np.array(list(found.values()), np.float32), self.idf[places])
        return (weights * self.steps[places]) @ self.axes[places].astype(np.float32)


def _weights(counts: np.ndarray, idf: np.ndarray) -> np.ndarray:
    """Of the terms of one text, sublinear frequency times rarity, of length 1 together."""
    weights = (1 + np.log(counts)) * idf
    return weights / (np.linalg.norm(weights) or 1)


def _terms(text: str) -> list[str]:
    """Words ("=x"), pairs of words ("=x y") and letter groups of each word with its ends marked."""
    found = [fold(w.text) for w in words(text)]
    terms = [f"={w}" for w in found] + [f"={a} {b}" for a, b in zip(found, found[1:])]
    for word in found:
        padded = f" {word} "
        for size in range(_SMALLEST, _LARGEST + 1):
            terms += [padded[i : i + size] for i in range(max(1, len(padded) - size + 1))]
    return terms
