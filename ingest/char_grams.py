"""Texts as weighted bags of one and two characters, made for hundreds of thousands of names at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

THREADS = 2
"""Threads that look for the nearest texts."""

_SHIFT = 21  # Unicode code points need 21 bits: two fit into one integer


class CharGrams:
    """TF-IDF of single characters and pairs over `texts` (`matrix`: texts × grams, rows of length 1).

    tf · (ln((1 + n) / (1 + df)) + 1), as scikit-learn's TfidfVectorizer has it.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        rows, grams = _grams(texts)
        self._grams, columns = np.unique(grams, return_inverse=True)
        counts = _counted(rows, columns, (len(texts), len(self._grams)))
        df = np.bincount(counts.indices, minlength=len(self._grams))
        self._idf = (np.log((1 + len(texts)) / (1 + df)) + 1).astype(np.float32)
        self._by_gram = self._weighted(counts).T.tocsr()

    def rarity(self) -> dict[str, float]:
        """Weight of every single character by that of the rarest gram; in (0, 1]."""
        top = float(self._idf.max(initial=1.0))
        single = self._grams < 1 << _SHIFT
        return {chr(gram): float(idf) / top for gram, idf in zip(self._grams[single], self._idf[single], strict=True)}

    def nearest(self, texts: Sequence[str], limit: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """The `limit` nearest texts of each: where each one's begin (one more than texts), their rows, their cosines, nearest first."""
        from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 (slow to import)

        if not texts or not len(self._grams):
            none = np.zeros(0)
            return np.zeros(len(texts) + 1, dtype=int), none.astype(int), none
        rows, grams = _grams(texts)
        columns = np.minimum(np.searchsorted(self._grams, grams), len(self._grams) - 1)
        known = self._grams[columns] == grams
        counts = _counted(rows[known], columns[known], (len(texts), len(self._grams)))
        found = sp_matmul_topn(self._weighted(counts), self._by_gram, top_n=limit, sort=True, n_threads=THREADS)
        return found.indptr, found.indices, found.data

    def _weighted(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        counts.data *= self._idf[counts.indices]
        length = np.sqrt(
            np.bincount(np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)), counts.data**2, counts.shape[0])
        )
        counts.data /= np.repeat(np.where(length > 0, length, 1), np.diff(counts.indptr))
        return counts


def _grams(texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and gram of every character and of every pair within a text."""
    signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    together = rows[:-1] == rows[1:]
    pairs = (signs[:-1] << _SHIFT | signs[1:])[together]
    return np.concatenate([rows, rows[:-1][together]]), np.concatenate([signs, pairs])


def _counted(rows: npt.NDArray[Any], columns: npt.NDArray[Any], shape: tuple[int, int]) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
