"""TF-IDF of words and letter groups, accents stripped, projected on the directions that matter."""

from __future__ import annotations

from typing import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer

from nlu.text import fold, words

_SMALLEST, _LARGEST = 2, 5
"""Letters in a letter group."""
_RARELY = 2
"""A term in fewer examples than this is left out."""


class SpellingVectors:
    """Texts -> float32 rows. `terms` in the order of `idf` (n) and of `axes` (n, size).

    Of 200,000 terms a message has a hundred: the axes are float16, 77 MB less.
    """

    def __init__(self, terms: Sequence[str], idf: np.ndarray, axes: np.ndarray) -> None:
        self.terms, self.idf, self.axes = list(terms), idf, axes
        self._count = CountVectorizer(
            analyzer=_terms, vocabulary={t: i for i, t in enumerate(terms)}
        )

    @classmethod
    def learn(cls, texts: Sequence[str], size: int, weight: float) -> SpellingVectors:
        """`size` directions at most; the rows of `texts` will have the mean length `weight`."""
        count = CountVectorizer(analyzer=_terms, min_df=_RARELY if len(texts) > 50 else 1)
        seen = count.fit_transform(texts)
        idf = (
            np.log((1 + len(texts)) / (1 + np.bincount(seen.indices, minlength=seen.shape[1]))) + 1
        )
        terms = [str(t) for t in count.get_feature_names_out()]
        size = min(size, seen.shape[0] - 1, seen.shape[1] - 1)
        svd = TruncatedSVD(size, random_state=0)
        rows = svd.fit_transform(_weighted(seen, idf))
        axes = svd.components_.T * (weight / np.linalg.norm(rows, axis=1).mean())
        return cls(terms, idf.astype(np.float32), axes.astype(np.float16))

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), size) float32; a text with no known term is all zeros."""
        rows = _weighted(self._count.transform(texts), self.idf)
        parts = [slice(a, b) for a, b in zip(rows.indptr, rows.indptr[1:])]
        own = (self.axes[rows.indices[part]].astype(np.float32) for part in parts)
        return np.stack([rows.data[part] @ axes for part, axes in zip(parts, own)])


def _weighted(counts: csr_matrix, idf: np.ndarray) -> csr_matrix:
    """Sublinear term frequency times rarity, each row of length 1."""
    rows = csr_matrix(counts, dtype=np.float32, copy=True)
    rows.data = (1 + np.log(rows.data)) * idf[rows.indices].astype(np.float32)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(rows.indptr)).astype(
        np.float32
    )
    return rows


def _terms(text: str) -> list[str]:
    """Words ("=x"), pairs of words ("=x y") and letter groups of each word with its ends marked."""
    found = [fold(w.text) for w in words(text)]
    terms = [f"={w}" for w in found] + [f"={a} {b}" for a, b in zip(found, found[1:])]
    for word in found:
        padded = f" {word} "
        for size in range(_SMALLEST, _LARGEST + 1):
            terms += [padded[i : i + size] for i in range(max(1, len(padded) - size + 1))]
    return terms
