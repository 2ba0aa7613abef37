"""What a collection is like as a whole: the ground that a concept is learnt against. It knows no board.

Square roots of the activations are centred, reduced to their first principal axes, averaged with their nearest
neighbours, and measured by the covariance of the result, strongly shrunk. All that a concept needs of it later is one
unit row a picture, so that a ranking is one product of a matrix and a vector.

References
----------
.. [1] H. Jegou and O. Chum, "Negative evidences and co-occurrences in image retrieval: the benefit of PCA and
   whitening", ECCV 2012.
.. [2] F. Radenovic, G. Tolias and O. Chum, "Fine-tuning CNN image retrieval with no human annotation", IEEE TPAMI 41
   (2019): averages weighted by powers of the cosine.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import near_rows
from leitmotiv.records import Float, Float32, read_only

AXES = 256
"""Principal axes that are kept: all of them rank no better."""
NEIGHBOURS = 10
"""Pictures that each one is averaged with."""
POWER = 3
"""A neighbour counts by this power of its cosine."""
ROUNDS = 2
"""How often it is averaged: twice also reaches the neighbours of neighbours, which helps boards of one or two most."""
FIRST = 0.04
"""Added to the covariance for a board of one, as a share of its trace: a single picture says nothing of directions."""
FALLING = 0.8
"""With this power of the pictures of a board that share falls: more of them can afford a finer measure."""
FEW_KINDS = 32.0
"""By the third power of how many axes matter, this comes on top: where a collection has two kinds, its first axis is
what tells them apart, and must not be levelled."""
WHOLE = 10_000
"""Pictures up to which each is compared with all; of more, nearly all of the nearest are found, in a tenth of the
time."""
_MOST = 2.0
_ROWS = 1024
USUAL = 0.29
"""Stands for each number of the centre where there is no collection: the mean of the roots over 800 photos."""
_LEAST = 1e-12
_SAMPLE = 20_000

Tell = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Background:
    """A collection as concepts see it.

    Attributes
    ----------
    centre : (D,) float32
        Mean of the square roots of the activations.
    axes : (D, P) float32
        Principal axes, orthonormal columns.
    plain : (N, P) float16
        Each picture by itself: its unit row along the axes, by which neighbours are found.
    rows : (N, P) float32
        Each picture with its neighbours: unit rows.
    directions : (P, P) float32
        Eigenvectors of the covariance of `rows`, in columns.
    variances : (P,) float32
        Its eigenvalues, descending.
    near : (N, K) int32
        Rows of the nearest other pictures of each.
    closeness : (N, K) float32
        How much each of them counts: a row sums to 1, or is all 0.
    """

    centre: Float32
    axes: Float32
    plain: NDArray[np.float16]
    rows: Float32
    directions: Float32
    variances: Float32
    near: NDArray[np.int32]
    closeness: Float32

    def __post_init__(self) -> None:
        for one in fields(self):
            read_only(getattr(self, one.name))

    def __len__(self) -> int:
        return len(self.rows)


def unit(values: NDArray[Any]) -> NDArray[Any]:
    """Rows of length 1; a row of zeros stays one."""
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.maximum(length, _LEAST))


def centred(features: NDArray[Any], centre: Float32) -> Float32:
    """Unit rows of the square roots less the centre, (N, D) float32; features below 0 count as 0."""
    roots = np.sqrt(np.maximum(np.asarray(features, np.float32), 0))
    return unit(roots - centre).astype(np.float32)


def centre_of(features: NDArray[Any]) -> Float32:
    """The mean of the square roots, (D,) float32; summed as float64, part by part."""
    sums = np.zeros(features.shape[1])
    for start in range(0, len(features), _ROWS):
        sums += np.sqrt(np.maximum(features[start : start + _ROWS].astype(np.float32), 0)).sum(axis=0)
    return np.asarray(sums / len(features), np.float32)


def learn(features: NDArray[Any], tell: Tell | None = None) -> Background:
    """Learn what a collection is like; exact, and the same for the same pictures in the same order.

    Parameters
    ----------
    features : (N, D) float16 or wider
        Pooled activations, not negative; N at least 1.
    tell : callable, optional
        Called with the number of pictures done, and of all.
    """
    count = len(features)
    centre = centre_of(features)
    axes = _principal(features, centre)
    plain = np.empty((count, axes.shape[1]), np.float32)
    for start in range(0, count, _ROWS):
        part = slice(start, start + _ROWS)
        plain[part] = centred(features[part], centre) @ axes
    rows = plain
    near, weights = nearest(unit(plain), tell=tell)
    for _ in range(ROUNDS):
        rows = _averaged(rows, near, weights)
    from scipy.linalg import eigh  # searches use what was learnt, and would wait for the import

    variances, directions = eigh(rows.T @ rows / np.float32(count))
    order = np.argsort(variances)[::-1]
    return Background(
        centre,
        axes,
        plain.astype(np.float16),
        rows,
        np.ascontiguousarray(directions[:, order], np.float32),
        np.maximum(variances[order], 0).astype(np.float32),
        near.astype(np.int32),
        weights,
    )


def _principal(features: NDArray[Any], centre: Float32) -> Float32:
    """The first principal axes; of a large collection, from pictures drawn evenly."""
    count, width = features.shape
    chosen = np.unique(np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64))
    second = np.zeros((width, width), np.float32)
    for start in range(0, len(chosen), _ROWS):
        part = centred(features[chosen[start : start + _ROWS]], centre)
        second += part.T @ part
    from scipy.linalg import eigh

    _, vectors = eigh(second, subset_by_index=(max(width - min(AXES, count), 0), width - 1))
    return np.ascontiguousarray(vectors[:, ::-1], np.float32)


def nearest(rows: Float32, *, tell: Tell | None = None) -> tuple[NDArray[np.int64], Float32]:
    """The nearest other rows of each by cosine, and how much each counts; weights of a row sum to 1, or are all 0.

    In large collections one in a hundred is missed, for others that are about as near.

    Parameters
    ----------
    rows : (N, P) float32
        Unit rows.

    Returns
    -------
    (N, K) int64 and (N, K) float32
        K is `NEIGHBOURS`, or N - 1 where there are fewer.
    """
    count, kept = len(rows), min(NEIGHBOURS, len(rows) - 1)
    if count > WHOLE:
        found, closest = near_rows.nearest(rows, kept, tell)
        return found, _counted(closest)
    near, weights = np.zeros((count, kept), np.int64), np.zeros((count, kept), np.float32)
    for start in range(0, count if kept else 0, _ROWS):
        part = slice(start, start + _ROWS)
        cosine = rows[part] @ rows.T
        here = np.arange(len(cosine))
        cosine[here, start + here] = -np.inf
        near[part], weights[part] = _strongest(cosine, kept)
        if tell is not None:
            tell(min(start + _ROWS, count), count)
    return near, weights


def _strongest(cosine: Float32, kept: int) -> tuple[NDArray[np.int64], Float32]:
    columns = np.argpartition(-cosine, kept - 1, axis=1)[:, :kept]
    return columns, _counted(np.take_along_axis(cosine, columns, axis=1))


def _counted(cosine: Float32) -> Float32:
    weights = np.maximum(cosine, 0) ** POWER
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), _LEAST))


def _averaged(rows: Float32, near: NDArray[np.int64], weights: Float32) -> Float32:
    out = np.empty_like(rows)
    for start in range(0, len(rows), _ROWS):
        part = slice(start, start + _ROWS)
        out[part] = unit(rows[part] + np.einsum("nk,nkp->np", weights[part], rows[near[part]]))
    return out


def placed(background: Background, features: NDArray[Any]) -> Float32:
    """Rows of pictures that are not in the collection, averaged with their neighbours in it, (M, P) float32.

    The neighbours come with what the first rounds made of them, so that such a picture lies where it would lie as one
    of the collection, but for what it would change itself.
    """
    found = centred(features, background.centre) @ background.axes
    return averaged_with(background, found, *beside(background, found))


def averaged_with(background: Background, found: Float32, columns: NDArray[np.int64], weights: Float32) -> Float32:
    """Rows along the axes of a collection, averaged with the neighbours that `beside` found, (M, P) float32."""
    return np.asarray(unit(found + np.einsum("nk,nkp->np", weights, background.rows[columns])), np.float32)


def beside(background: Background, found: Float32) -> tuple[NDArray[np.int64], Float32]:
    """The nearest pictures of the collection to rows along its axes, (M, P), and how much each counts: both (M, K)."""
    kept = min(NEIGHBOURS, len(background))
    others = unit(background.plain.astype(np.float32)).T
    parts = [_strongest(unit(found[at : at + _ROWS]) @ others, kept) for at in range(0, max(len(found), 1), _ROWS)]
    columns, weights = zip(*parts, strict=True)
    return np.concatenate(columns), np.concatenate(weights)


def metric(background: Background, examples: float) -> Float:
    """Inverse of the shrunk covariance, (P, P) float64: likeness of two rows a and b is ``a @ metric @ b``.

    Parameters
    ----------
    examples : float
        How many pictures are learnt from, by their weights; less than 1 counts as 1.
    """
    directions = background.directions.astype(np.float64)
    shrunk = background.variances.astype(np.float64) + shrinkage(background, examples)
    return np.asarray((directions / shrunk) @ directions.T)


def ordinary(background: Background, examples: float) -> float:
    """Mean likeness of a picture of the collection with itself: the noise of the ridge regression is in this unit."""
    variances = background.variances.astype(np.float64)
    return float(np.sum(variances / (variances + shrinkage(background, examples))))


def shrinkage(background: Background, examples: float) -> float:
    r"""What is added to each variance.

    .. math:: \operatorname{tr} C \left(\frac{0.04}{m^{0.8}} + \frac{32}{r^3}\right), \quad
              r = \frac{(\sum_a \lambda_a)^2}{\sum_a \lambda_a^2}

    with m the pictures of a board and r how many axes matter. The numbers were read off the sample photos, whole and in
    small collections of 2 to 10 kinds, and off 27 folders of drawings; all of that is flat around them.
    """
    variances = background.variances.astype(np.float64)
    total = float(variances.sum())
    axes = total**2 / max(float((variances**2).sum()), _LEAST)
    share = FIRST / max(examples, 1.0) ** FALLING + min(FEW_KINDS / max(axes, 1.0) ** 3, _MOST)
    return float(max(share * total, 1e-6))
