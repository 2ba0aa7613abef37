"""Exemplars of a library: the pictures that stand for the others at a given price for each; it builds no tree."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.messages import Messages
from leitmotiv.kernels import exemplars as kernels
from leitmotiv.records import Float

Divergences = NDArray[np.float32]
Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]

DAMPING = 0.6
"""Share of the old messages that stays; local search repairs what more would have settled."""
MAX_STEPS = 60
QUIET_STEPS = 10
"""Steps in a row with few flips after which passing messages on changes nothing that local search would not."""
FLIPS = 0.0005
"""Share of points that may start or stop being an exemplar in a quiet step."""
LEAST_GAIN = 1e-6
"""Least gain of a move, as a share of the largest divergence: falling costs cannot go on for ever."""
RELUCTANCE = 0.1
"""Least gain of a move away from old exemplars, as a share of the price: many choices are nearly as good, and one that
is a little better is not worth other groups."""
FEW = 1200
"""Points up to which handing work to other threads costs more than it saves."""


def exemplars(
    divergence: NDArray[np.floating[Any]],
    *,
    preference: float,
    start: Rows | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> tuple[Rows, Rows]:
    """Choose exemplars so that the summed divergence to them, and a price for each, is small.

    The cost is that of facility location, ``sum_i min_c D[i, c] + preference * C``. Affinity propagation finds a
    start, unless there are old exemplars to start from; then a local search drops, swaps and adds exemplars as long
    as a single move lowers the cost, or lowers it by `RELUCTANCE` of the price if there were old ones. Nothing is
    random.

    Parameters
    ----------
    divergence : (N, N) float32 or float64
        Symmetric, zero on the diagonal, not negative; nats.
    preference : float
        Price of an exemplar, above 0; nats.
    start : (M,) int64, optional
        Rows of old exemplars. With them the search stays near the old clusters, and is quicker.
    threads : int
        Threads for the messages; the result does not depend on it.
    progress : callable, optional
        Called with steps done and the most there can be.

    Returns
    -------
    exemplars : (C,) int64
        Rows, ascending.
    labels : (N,) int64
        Position in `exemplars` of the nearest one of each point; an exemplar has its own.

    Raises
    ------
    ValueError
        `preference` is not a positive number, or `divergence` is not as it should be.

    References
    ----------
    .. [1] D. Dueck, "Affinity propagation: clustering data by passing messages", thesis, Toronto (2009), section 2.
    .. [2] E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101 (2021).

    Examples
    --------
    >>> import numpy as np
    >>> places = np.array([0.0, 0.1, 0.2, 1.0, 1.1])
    >>> exemplars(np.abs(places[:, None] - places), preference=0.3)
    (array([1, 3]), array([0, 0, 0, 1, 1]))
    """
    if not 0 < preference < np.inf:
        raise ValueError(f"preference is {preference!r}, but must be a positive number of nats.")
    matrix = as_divergences(divergence)
    if len(matrix) < 2:
        return np.arange(len(matrix)), np.arange(len(matrix))
    if start is not None and len(start):
        return _search(matrix, preference, np.unique(start), RELUCTANCE * preference)
    start = _propagate(matrix, preference, threads, progress)
    return _search(matrix, preference, start, LEAST_GAIN * max(float(matrix.max()), preference))


def as_divergences(values: NDArray[np.floating[Any]]) -> Divergences:
    """Check a matrix of divergences, and give it as kernels want it; without a copy where it is so already.

    Raises
    ------
    ValueError
        It is not square, symmetric, finite, not negative and zero on the diagonal.
    """
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError(f"The divergences must be a square matrix, not of shape {values.shape}.")
    matrix: Divergences = np.ascontiguousarray(values, np.float32)
    if not len(matrix):
        return matrix
    if not (matrix.min() >= 0 and matrix.max() < np.inf) or matrix.diagonal().any():
        raise ValueError("The divergences must be finite, not negative, and zero on the diagonal.")
    if not _symmetric(matrix):
        raise ValueError("The divergences must be symmetric.")
    return matrix


def _symmetric(matrix: Divergences, block: int = 256) -> bool:
    starts = range(0, len(matrix), block)
    return all(
        np.array_equal(matrix[a : a + block, b : b + block], matrix[b : b + block, a : a + block].T)
        for a in starts
        for b in range(a, len(matrix), block)
    )


def total_cost(divergence: Divergences, rows: Rows, labels: Rows, preference: float) -> float:
    """Summed divergence to the exemplars and the price of these, nats."""
    near: Float = divergence[np.arange(len(labels)), rows[labels]].astype(np.float64)
    return float(near.sum() + preference * len(rows))


def _propagate(matrix: Divergences, preference: float, threads: int, progress: Progress | None) -> Rows:
    """Pass messages until few points flip; the rows that choose themselves, or the middle of all."""
    size = len(matrix)
    similarity = -matrix
    # Prices that differ a little break the ties between copies of one picture.
    tilt = 1 + 1e-4 * np.random.default_rng(0).random(size)
    np.fill_diagonal(similarity, (-preference * tilt).astype(np.float32))
    before, quiet = np.zeros(size, np.bool_), 0
    with ExitStack() as stack:
        many = threads > 1 and size > FEW
        pool = stack.enter_context(ThreadPoolExecutor(threads)) if many else None
        messages = Messages(similarity, DAMPING, pool, threads)
        for step in range(MAX_STEPS):
            now = messages.step()
            quiet = quiet + 1 if now.any() and np.count_nonzero(now != before) <= FLIPS * size else 0
            before = now
            if progress is not None:
                progress(step + 1, MAX_STEPS)
            if quiet == QUIET_STEPS:
                break
    return np.flatnonzero(now) if now.any() else np.array([matrix.sum(axis=0, dtype=np.float64).argmin()])


def _search(matrix: Divergences, preference: float, start: Rows, least: float) -> tuple[Rows, Rows]:
    """Drop, swap and add exemplars while a move lowers the cost by more than `least`."""
    size = len(matrix)
    beyond = 2 * float(matrix.max()) + 1
    nowhere = np.full(size, -1)
    choice = kernels.Choice(
        open=np.zeros(1, np.int64),
        rows=np.zeros(size, np.int64),
        slot=nowhere.copy(),
        nearest=nowhere.copy(),
        second=nowhere.copy(),
        near=np.full(size, beyond),
        far=np.full(size, beyond),
        loss=np.zeros(size),
    )
    for row in start:
        kernels.open_slot(matrix, row, choice)
    kernels.weigh(choice)
    change = np.zeros(size)
    while kernels.improve(matrix, preference, least, beyond, choice, change):
        pass
    return _in_order(choice.rows[: choice.open[0]], choice.nearest)


def _in_order(rows: Rows, slots: Rows) -> tuple[Rows, Rows]:
    """Exemplars ascending, and labels to match."""
    order = np.argsort(rows)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    labels = place[slots]
    labels[rows[order]] = np.arange(len(order))
    return rows[order], labels
