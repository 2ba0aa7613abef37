r"""Word vectors out of the captions of a collection itself: GloVe, as the original has it, and PPMI-SVD beside it.

GloVe fits, by AdaGrad, a vector to each word such that

.. math:: \sum_{ij} \min\!\left(1, \left(\tfrac{X_{ij}}{100}\right)^{3/4}\right)
          \left(w_i^\top \tilde w_j + b_i + \tilde b_j - \log X_{ij}\right)^2

is small, with :math:`X_{ij}` how often two words stand near each other, each time by one over their distance [1]_.
PPMI-SVD takes the positive pointwise mutual information of the same counts, and its largest singular vectors [2]_.

References
----------
.. [1] J. Pennington, R. Socher and C. D. Manning, "GloVe: global vectors for word representation", EMNLP 2014.
.. [2] O. Levy, Y. Goldberg and I. Dagan, "Improving distributional similarity with lessons learned from word
   embeddings", TACL 3 (2015).
.. [3] N. Halko, P.-G. Martinsson and J. A. Tropp, "Finding structure with randomness", SIAM Review 53 (2011).
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.analysis.captions import words
from leitmotiv.records import Float, Float32, LearntWords

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Method = Literal["glove", "ppmi"]
WIDTH = 100
"""Numbers of a vector; the original's 400 are for millions of captions."""
WINDOW = 10
"""Words on either side that are near."""
EPOCHS = 30
RATE = 0.05
FULL = 100.0
"""Counts from which on all weigh the same."""
POWER = 0.75
MOST_WORDS = 50_000
SMOOTHING = 0.75
"""Exponent of the counts of contexts, so that rare ones do not look too telling."""
_AT_ONCE = 10_000
"""Captions whose words are counted at once."""
_PARTS = 20
"""Batches of a round of GloVe: within one, a word's counts act at once."""
_WHOLE, _SPARE, _TURNS = 1000, 20, 6
_LEAST = 1e-12


def encode(known: LearntWords, phrases: Sequence[str]) -> Float32:
    """Unit vectors of phrases, the mean of their words by rarity, (B, D) float32; zeros where none is known."""
    row_of = {word: row for row, word in enumerate(known.words)}
    out = np.zeros((len(phrases), known.vectors.shape[1]), np.float32)
    for at, phrase in enumerate(phrases):
        rows = [row_of[word] for word in words(phrase) if word in row_of]
        if rows:
            out[at] = known.rarity[rows] @ known.vectors[rows]
    length = np.linalg.norm(out, axis=1, keepdims=True)
    return np.asarray(out / np.maximum(length, _LEAST), np.float32)


def learn(texts: Sequence[str], method: Method, *, width: int = WIDTH, seed: int = 0) -> LearntWords:
    """Vectors of the words of captions; the same for the same captions and seed.

    Raises
    ------
    ValueError
        The captions have not two words that stand near each other.
    """
    said = [words(text) for text in texts]
    counts = Counter(word for one in said for word in one)
    commonest = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    row_of = {word: row for row, word in enumerate(commonest)}
    near = together([[row_of[word] for word in one if word in row_of] for one in said], len(commonest))
    if near.nnz == 0:
        raise ValueError("no two words of the captions stand beside each other")
    holding = Counter(word for one in said for word in set(one))
    rarity = np.log((1 + len(said)) / np.array([holding[word] for word in commonest])).astype(np.float32)
    vectors = glove(near, width, seed) if method == "glove" else ppmi(near, width)
    return LearntWords(tuple(commonest), centred(vectors), rarity)


def together(said: Sequence[Sequence[int]], count: int) -> "csr_array":
    """How often words stand near each other, each time by one over their distance, (V, V) symmetric, float64."""
    onwards = scipy.sparse.csr_array((count, count), dtype=np.float64)
    for start in range(0, len(said), _AT_ONCE):
        onwards += _onwards(said[start : start + _AT_ONCE], count)
    found = (onwards + onwards.T).tocsr()
    found.sort_indices()
    return found


def _onwards(said: Sequence[Sequence[int]], count: int) -> "csr_array":
    """The same of each word and those behind it, (V, V), of a part of the captions."""
    flat = np.fromiter(chain.from_iterable(said), np.int64)
    text = np.repeat(np.arange(len(said)), [len(one) for one in said])
    found = scipy.sparse.csr_array((count, count), dtype=np.float64)
    for apart in range(1, WINDOW + 1):
        word, other = flat[:-apart], flat[apart:]
        near = (text[:-apart] == text[apart:]) & (word != other)
        values = np.full(int(near.sum()), 1 / apart)
        found += scipy.sparse.coo_array((values, (word[near], other[near])), shape=(count, count)).tocsr()
    return found


def glove(near: "csr_array", width: int, seed: int, epochs: int = EPOCHS) -> Float32:
    """GloVe's vectors, the sum of those of words and of contexts, (V, width) float32 [1]_."""
    rng = np.random.default_rng(seed)
    counts = near.tocoo()
    count = near.shape[0]
    weights = np.minimum(1, (counts.data / FULL) ** POWER)
    logs = np.log(counts.data)
    values = [(rng.random((count, width + 1)) - 0.5) / width for _ in range(2)]  # the last column is the bias
    squares = [np.ones((count, width + 1)) for _ in range(2)]
    for _ in range(epochs):
        order = rng.permutation(counts.nnz)
        for part in np.array_split(order, min(_PARTS, len(order))):
            rows, columns = counts.row[part], counts.col[part]
            error = glove_error(values, rows, columns, logs[part])
            slopes = glove_slopes(values, rows, columns, weights[part] * error)
            for value, square, slope in zip(values, squares, slopes, strict=True):
                square += slope**2
                value -= RATE * slope / np.sqrt(square)
    return np.asarray(values[0][:, :-1] + values[1][:, :-1], np.float32)


def glove_error(values: Sequence[Float], rows: NDArray[np.int32], columns: NDArray[np.int32], logs: Float) -> Float:
    """What the vectors say of pairs less the logarithms of their counts, (P,) float64."""
    word, context = values[0][rows], values[1][columns]
    return np.asarray(np.einsum("pd,pd->p", word[:, :-1], context[:, :-1]) + word[:, -1] + context[:, -1] - logs)


def glove_slopes(
    values: Sequence[Float], rows: NDArray[np.int32], columns: NDArray[np.int32], weighed: Float
) -> tuple[Float, Float]:
    """Slopes of half the weighed squared error, by words and by contexts, each (V, width + 1)."""
    count = len(values[0])
    spread = scipy.sparse.csr_array((weighed, (rows, columns)), shape=(count, count))
    words_, contexts = spread @ values[1], spread.T @ values[0]
    words_[:, -1] = spread.sum(axis=1)
    contexts[:, -1] = spread.sum(axis=0)
    return words_, contexts


def ppmi(near: "csr_array", width: int) -> Float32:
    """Singular vectors of positive pointwise mutual information, times the roots of their values, float32 [2]_."""
    counts = near.tocoo()
    of_word = np.asarray(near.sum(axis=1)).ravel()
    of_context = of_word**SMOOTHING
    told = np.log(counts.data * of_context.sum() / (of_word[counts.row] * of_context[counts.col]))
    kept = told > 0
    matrix = scipy.sparse.csr_array((told[kept], (counts.row[kept], counts.col[kept])), shape=near.shape)
    rank = min(width, near.shape[0] - 1)
    if matrix.nnz == 0 or rank < 2:
        return np.asarray(near.toarray(), np.float32)
    left, values = _largest(matrix, rank)
    signs = np.where(left[np.abs(left).argmax(axis=0), np.arange(rank)] < 0, -1, 1)
    return np.asarray(left * signs * np.sqrt(np.maximum(values, 0)), np.float32)


def _largest(matrix: "csr_array", rank: int) -> tuple[Float, Float]:
    """The left singular vectors (V, rank) of the largest values, and these; of a large matrix by a sketch of it [3]_.

    ARPACK would not give the same vectors twice where values are equal.
    """
    if matrix.shape[0] <= _WHOLE:
        left, values, _ = np.linalg.svd(matrix.toarray())
        return left[:, :rank], values[:rank]
    sketch = matrix @ np.random.default_rng(0).standard_normal((matrix.shape[1], rank + _SPARE))
    for _ in range(_TURNS):
        sketch = matrix @ (matrix.T @ np.linalg.qr(sketch)[0])
    basis = np.linalg.qr(sketch)[0]
    left, values, _ = np.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    return (basis @ left)[:, :rank], values[:rank]


def centred(vectors: Float32) -> Float32:
    """Unit vectors less their mean: what all words share says nothing."""
    moved = vectors - vectors.mean(axis=0)
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), _LEAST), np.float32)
