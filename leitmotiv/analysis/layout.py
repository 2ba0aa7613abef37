r"""Where pictures lie on the map: the near ones near each other, by UMAP on what is known of their neighbours.

Only neighbours are needed, N pictures with K each, so that a matrix of all pairs and the lists of a larger library
give the same kind of map. Old pictures keep their places when new ones come (`place`): those find theirs among them.
Positions are in units of a picture: two that lie 1 apart do not cover each other.

References
----------
.. [1] L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension
   Reduction", arXiv:1802.03426 (2018): `memberships` is its algorithms 2 and 3; the optimisation is umap-learn's.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy import sparse

from leitmotiv.records import Float

Positions = NDArray[np.float32]
Rows = NDArray[np.int32]
Values = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]
Progress = Callable[[int, int], None]

NEIGHBOURS = 15
"""Nearest pictures that hold each in its place."""
LEAST_DISTANCE = 0.25
"""How near the nearest come to each other, in UMAP's own unit."""
FEWEST = 40
"""With fewer pictures than that UMAP has no structure to find; principal axes do."""
REPULSIONS = 5
"""Pictures that each is pushed away from whenever one draws it."""
NEAR = 6
"""The how manieth nearest picture is 1 away in the middle of the map, before room is made."""
ROUNDS = 160
"""Most rounds of making room."""
BEGIN = 10.0
"""Extent of the positions that UMAP begins with."""


def nearest(matrix: Values, count: int = NEIGHBOURS) -> tuple[Rows, NDArray[np.float32]]:
    """The nearest of each picture by a matrix of all pairs, itself left out.

    Parameters
    ----------
    matrix : (N, N) float
        Any divergence.

    Returns
    -------
    (N, K) int32
        Rows, nearest first; of equal ones the lower comes first. K is at most N - 1.
    (N, K) float32
    """
    size = len(matrix)
    count = min(count, size - 1)
    if count < 1:
        return np.zeros((size, 0), np.int32), np.zeros((size, 0), np.float32)
    values = np.array(matrix, np.float32)
    np.fill_diagonal(values, np.inf)
    order = np.argsort(values, axis=1, kind="stable")[:, :count]
    return order.astype(np.int32), np.take_along_axis(values, order, axis=1)


def memberships(values: Values) -> Float:
    r"""How strongly each picture holds on to its neighbours: 1 for the nearest, log2 K in sum.

    .. math:: w_{ij} = \exp(-\max(0, d_{ij} - \rho_i) / \sigma_i), \quad \sum_j w_{ij} = \log_2 K

    with :math:`\rho_i` the divergence to the nearest that is not the same.

    Parameters
    ----------
    values : (N, K) float
        Divergences, ascending in each row; NaN where there is no neighbour.

    Returns
    -------
    (N, K) float64
        0 where there is no neighbour.
    """
    distances = np.where(np.isnan(values), np.inf, values).astype(np.float64)
    apart = np.where(distances > 0, distances, np.inf).min(axis=1, initial=np.inf, keepdims=True)
    beyond = np.maximum(distances - np.where(np.isinf(apart), 0, apart), 0)
    wanted = np.log2(np.maximum(np.isfinite(distances).sum(axis=1, keepdims=True), 2))
    low, high = np.zeros_like(apart), np.full_like(apart, np.inf)
    width = np.ones_like(apart)
    for _ in range(64):
        over = np.exp(-beyond / width).sum(axis=1, keepdims=True) > wanted
        low, high = np.where(over, low, width), np.where(over, width, high)
        width = np.where(np.isinf(high), 2 * width, (low + np.where(np.isinf(high), 0, high)) / 2)
    spread = np.nanmean(np.where(np.isinf(distances), np.nan, distances)) if np.isfinite(distances).any() else 1.0
    return np.asarray(np.exp(-beyond / np.maximum(width, 1e-3 * max(float(spread), 1e-12))))


def features(matrix: Values, count: int = 16) -> Float:
    """Coordinates of pictures whose squared distances are near the divergences of a matrix (classical scaling).

    Parameters
    ----------
    matrix : (N, N) float
        Symmetric.

    Returns
    -------
    (N, D) float64
        Principal axes, the longest first; D is at most `count`.
    """
    size = len(matrix)
    if size < 3:
        return np.arange(float(size))[:, None] * np.ones((1, min(count, 2)))
    squares = np.asarray(matrix, np.float64)
    means = squares.mean(axis=0)
    centred = -0.5 * (squares - means[:, None] - means[None, :] + means.mean())
    wanted = min(count, size - 1)
    if size <= 4 * count:
        lengths, axes = np.linalg.eigh(centred)
    else:
        start = np.random.default_rng(0).normal(size=size)
        lengths, axes = sparse.linalg.eigsh(centred, k=wanted, v0=start)
    order = np.argsort(-lengths)[:wanted]
    return _signed(axes[:, order] * np.sqrt(np.maximum(lengths[order], 0)))


def principal(vectors: NDArray[np.generic], count: int = 16) -> Float:
    """The principal coordinates of vectors (N, V), the longest axes first, (N, D) float64."""
    values = np.asarray(vectors, np.float64)
    centred = values - values.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return _signed(centred @ axes[:, ::-1][:, :count])


def _signed(axes: Float) -> Float:
    """Choose the signs of axes, which are nobody's choice, so that the farthest picture lies on the positive side."""
    if not len(axes):
        return axes
    far = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.where(axes[far, np.arange(axes.shape[1])] < 0, -1, 1))


def lay_out(
    rows: Rows,
    values: Values,
    start: Float,
    *,
    seed: int,
    laying: Progress | None = None,
    progress: Progress | None = None,
) -> Positions:
    """Find a place for every picture.

    Parameters
    ----------
    rows, values : (N, K) int32, float
        Neighbours and their divergences, nearest first; -1 and NaN where there are fewer.
    start : (N, D) float64
        From `features` or `principal`: what the map begins with, so that it is right at large.
    seed : int
        The same seed and pictures give the same map.
    laying, progress : callable, optional
        Called with steps done and steps in all, while places are found and while room is made; what they raise ends
        the work.

    Returns
    -------
    (N, 2) float32
        In units of a picture, about the origin, wider than high.
    """
    size = len(start)
    if not size:
        return np.zeros((0, 2), np.float32)
    flat = np.zeros((size, 2))
    flat[:, : min(2, start.shape[1])] = start[:, :2]
    rng = np.random.default_rng(seed)
    flat *= BEGIN / max(float(np.abs(flat).max(initial=0)), 1e-12)
    flat += rng.normal(scale=1e-3 * BEGIN, size=flat.shape)
    found = flat.astype(np.float32)
    if size >= FEWEST:
        heads, tails, weights = _edges(rows, memberships(values))
        epochs = 300 if size <= 10_000 else 200
        found = _optimise(found, found, heads, tails, weights, epochs, rng, move_other=True, progress=laying)
    found = _wide(found)
    return separate(found / np.float32(_spacing(found)), progress=progress)


def place(rows: Rows, values: Values, placed: Positions, *, seed: int) -> Positions:
    """Find places for new pictures among placed ones, which stay where they are.

    Parameters
    ----------
    rows, values : (M, K) int32, float
        Of each new picture, the nearest placed ones and their divergences, nearest first; -1 and NaN for none.
    placed : (N, 2) float32

    Returns
    -------
    (M, 2) float32
        One without a placed neighbour lies at the edge.
    """
    there = rows >= 0
    weights = memberships(np.where(there, values, np.nan)) * there
    held = weights.sum(axis=1, keepdims=True)
    edge = np.array([placed[:, 0].max(initial=0) + 1, 0.0])
    mean = np.einsum("mk,mkd->md", weights, placed[np.maximum(rows, 0)]) / np.maximum(held, 1e-12)
    new = np.where(held > 0, mean, edge).astype(np.float32)
    rng = np.random.default_rng(seed)
    heads, columns = np.nonzero(there)
    if len(heads) and len(placed) >= FEWEST:
        scale = np.float32(BEGIN * 2 / max(float(np.ptp(placed, axis=0).max()), 1e-12))
        tails, strengths = rows[heads, columns].astype(np.int32), weights[heads, columns]
        moved = _optimise(new * scale, placed * scale, heads.astype(np.int32), tails, strengths, 60, rng, alpha=0.25)
        new = np.where(held > 0, moved / scale, new)
    everything = np.concatenate([placed, new.astype(np.float32)])
    movable = np.arange(len(everything)) >= len(placed)
    return separate(everything, movable)[len(placed) :]


def _edges(rows: Rows, weights: Float) -> tuple[Rows, Rows, Float]:
    """Both directions of every pair that holds on to each other: the probabilistic union of both strengths."""
    size = len(rows)
    heads, columns = np.nonzero(rows >= 0)
    one = sparse.coo_array((weights[heads, columns], (heads, rows[heads, columns])), shape=(size, size)).tocsr()
    other = one.T.tocsr()
    union = (one + other - one.multiply(other)).tocoo()
    return union.row.astype(np.int32), union.col.astype(np.int32), union.data


class _Steps:
    """A file to which a bar of tqdm writes the number of steps done: umap-learn tells of them in no other way."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total

    def write(self, text: str) -> None:
        """Take what the bar shows."""
        if self._progress is not None and text.strip().isdigit():
            self._progress(int(text), self._total)

    def flush(self) -> None:
        """Nothing waits."""


def _optimise(
    new: Positions,
    placed: Positions,
    heads: Rows,
    tails: Rows,
    weights: Float,
    epochs: int,
    rng: np.random.Generator,
    *,
    alpha: float = 1.0,
    move_other: bool = False,
    progress: Progress | None = None,
) -> Positions:
    """umap-learn's optimisation of positions; it compiles for a second where this process has not used it yet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of what is not installed and not wanted
        from umap.layouts import optimize_layout_euclidean
        from umap.umap_ import find_ab_params, make_epochs_per_sample

    kept = weights > weights.max() / epochs
    a, b = find_ab_params(1.0, LEAST_DISTANCE)
    state = rng.integers(-(2**31), 2**31, 3)
    found = optimize_layout_euclidean(
        new.copy() if new is not placed else new,
        placed,
        heads[kept],
        tails[kept],
        epochs,
        len(placed),
        make_epochs_per_sample(weights[kept], epochs),
        a,
        b,
        state,
        1.0,
        alpha,
        REPULSIONS,
        parallel=False,
        move_other=move_other,
        tqdm_kwds={"disable": progress is None, "file": _Steps(progress, epochs), "bar_format": "{n}", "miniters": 1},
    )
    return np.asarray(found, np.float32)


def _wide(positions: Positions) -> Positions:
    """About the origin, with the longer axis level: screens are wide."""
    centred = positions - positions.mean(axis=0)
    return principal(centred, 2).astype(np.float32) if len(positions) > 2 else centred


def _spacing(positions: Positions) -> float:
    """The distance that shall become 1."""
    count = min(NEAR, len(positions) - 1)
    if count < 1:
        return 1.0
    distances, _ = scipy.spatial.cKDTree(positions).query(positions, k=[count + 1])
    return max(float(np.median(distances)), 1e-6)


def separate(points: Positions, movable: Mask | None = None, *, progress: Progress | None = None) -> Positions:
    """Make room: push pictures that lie less than 1 apart away from each other, round by round.

    Parameters
    ----------
    points : (N, 2) float32
    movable : (N,) bool, optional
        Which may move; all if not given. Among those that stay there may be too little room: then some still cover
        each other a little.

    Returns
    -------
    (N, 2) float32
    """
    size = len(points)
    free = np.ones(size, bool) if movable is None else movable
    found = points.astype(np.float64) + np.random.default_rng(0).normal(scale=1e-4, size=points.shape) * free[:, None]
    for round_ in range(ROUNDS):
        pairs = _close(found, free)
        if not len(pairs):
            break
        one, other = pairs.T
        apart = found[other] - found[one]
        length = np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-9)
        # a little over half: with neighbours on all sides the whole way would be too far
        push = apart * (0.55 * (1.02 - length) / length)[:, None]
        share = np.where(free[one] & free[other], 0.5, 1.0)[:, None] * push
        for axis in range(2):
            moves = np.bincount(other, share[:, axis], size) - np.bincount(one, share[:, axis], size)
            found[:, axis] += np.clip(moves, -0.5, 0.5) * free
        if progress is not None:
            progress(round_ + 1, ROUNDS)
    return found.astype(np.float32)


def _close(points: Float, free: Mask) -> NDArray[np.intp]:
    """Pairs that lie less than 1 apart and of which one may move, (P, 2)."""
    if free.all():
        return np.asarray(scipy.spatial.cKDTree(points).query_pairs(0.995, output_type="ndarray"))
    moving = np.flatnonzero(free)
    if not len(moving):
        return np.zeros((0, 2), np.intp)
    found = scipy.spatial.cKDTree(points[moving]).sparse_distance_matrix(
        scipy.spatial.cKDTree(points), 0.995, output_type="coo_matrix"
    )
    one, other = moving[found.row], found.col
    kept = (one != other) & ~(free[other] & (other < one))
    return np.stack([one[kept], other[kept]], axis=1)
