"""How far pictures are apart in what they show, and that together with how far their looks are; no file, no network."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

Values = NDArray[np.floating[Any]]
USUAL = 0.775
"""What photos are usually apart, 1 - cosine: the mean over all pairs of 800 photos of 25 categories of Caltech 101."""
SAME = 1e-5
"""Below it two activations are the same: they are kept as float16, and cosines computed in float32."""
_ROWS = 4096


def lengths(pooled: Values) -> NDArray[np.float32]:
    """Euclidean length of each row of (N, D), (N,) float32; 1 for one that is all zeros, which is like nothing."""
    parts = (np.square(part).sum(axis=1) for part in _parts(pooled))
    found = np.sqrt(np.concatenate([np.zeros(0, np.float32), *parts]))
    return np.asarray(np.where(found > 0, found, 1), np.float32)


def apart(queries: Values, pooled: Values, long: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine distances, 1 - cosine, of some pictures to many: from 0, the same, to 1, as activations are not negative.

    Parameters
    ----------
    queries : (Q, D) float
    pooled : (N, D) float
        Activations.
    long : (N,) float32
        Their `lengths`.

    Returns
    -------
    (Q, N) float32
    """
    wanted = np.asarray(queries, np.float32) / lengths(queries)[:, None]
    parts = (wanted @ part.T for part in _parts(pooled))
    cosine = np.concatenate([np.zeros((len(wanted), 0), np.float32), *parts], axis=1) / long
    return distances(cosine)


def distances(cosine: Values) -> NDArray[np.float32]:
    """Cosine distances (...) float32 of cosines: from 0, also where only rounding sets two apart, to 1."""
    values = np.clip(1 - np.asarray(cosine, np.float32), 0, 1)
    return np.where(values < SAME, np.float32(0), values)


def apart_matrix(pooled: Values) -> NDArray[np.float32]:
    """Cosine distances of all pairs, (N, N) float32, with a diagonal of zeros."""
    values = apart(pooled, pooled, lengths(pooled))
    values = np.minimum(values, values.T)  # products of blocks need not be symmetric to the last bit
    np.fill_diagonal(values, 0)
    return np.asarray(values)


def blended(look: Values, subject: Values, by: float) -> Float:
    """(1 - by) times how far looks are apart and by times how far subjects are, (...) float64.

    Both are relative, 0 to 1 with 0.5 for what is usual, so that neither outweighs the other: over the pairs of 800
    photos their spreads are 0.040 and 0.037.
    """
    return np.asarray((1 - by) * np.asarray(look, np.float64) + by * np.asarray(subject, np.float64))


def _parts(pooled: Values) -> Iterator[NDArray[np.float32]]:
    """Rows as float32, a block at a time where they are stored more narrowly."""
    return (np.asarray(pooled[start : start + _ROWS], np.float32) for start in range(0, len(pooled), _ROWS))
