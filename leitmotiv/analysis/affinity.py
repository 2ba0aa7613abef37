"""Affinity propagation: exemplars among points from their similarities; it builds no tree and reads no picture."""

import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leitmotiv.analysis.messages import Matrix, Messages
from leitmotiv.analysis.noise import add_noise

if TYPE_CHECKING:
    from numpy.random import RandomState

Rows = NDArray[np.int64]

SAMPLE = 50_000
"""Values from which the place of the median is estimated."""
FEW = 1200
"""Points up to which handing work to other threads costs more than it saves."""
THREADS = 2
"""Threads of `affinity_propagation`: its messages wait for memory, so that more gain little."""


def affinity_propagation(
    S: ArrayLike,
    *,
    preference: ArrayLike | None = None,
    convergence_iter: int = 15,
    max_iter: int = 200,
    damping: float = 0.5,
    copy: bool = True,
    verbose: bool = False,
    return_n_iter: bool = False,
    random_state: "int | RandomState | None" = None,
) -> Any:
    """Cluster points by passing messages between them.

    Equals `sklearn.cluster.affinity_propagation` in arguments, warnings and result, to the last label.

    Parameters
    ----------
    S : (N, N) array-like
        Similarities, finite. float32 and float64 are used as they are, anything else as float64.
    preference : float or (N,) array-like, optional
        How well each point is suited to be an exemplar, in the units of `S`; the median of `S` if not given.
    convergence_iter : int
        Steps without a change of exemplars after which the messages have converged.
    max_iter : int
        Most steps.
    damping : float
        How much of the old messages stays, at least 0.5 and below 1.
    copy : bool
        Without a copy, `S` gets the preferences on its diagonal and noise that breaks ties.
    verbose : bool
        Say on stdout how many steps it took.
    return_n_iter : bool
        Return the number of steps too.
    random_state : int, RandomState or None
        Where the noise comes from.

    Returns
    -------
    cluster_centers_indices : (C,) int64
        Rows of the exemplars, ascending. An empty list if none was found.
    labels : (N,) int64
        Position of each point's exemplar; -1 if none was found.
    n_iter : int
        Only with `return_n_iter`.

    Raises
    ------
    ValueError
        `S` is not a square matrix of finite numbers, or another argument cannot be used.

    Warns
    -----
    ConvergenceWarning
        The exemplars still changed at the last step.
    UserWarning
        All similarities are equal, so that any choice is arbitrary.

    Notes
    -----
    The messages agree to the bit; see `leitmotiv.kernels.affinity` for how most of them are not computed at all.
    Similarities whose sums overflow are beyond what either implementation can use.

    References
    ----------
    .. [1] B. J. Frey and D. Dueck, "Clustering by passing messages between data points", Science 315 (2007).

    Examples
    --------
    >>> import numpy as np
    >>> places = np.array([0.0, 0.1, 0.3, 5.0, 5.2])
    >>> centres, labels = affinity_propagation(-np.square(places[:, None] - places), random_state=0)
    >>> centres, labels
    (array([1, 3]), array([0, 0, 0, 1, 1]))
    """
    from sklearn.utils import check_random_state

    _check(convergence_iter, max_iter, damping)
    similarity = _similarities(S, copy)
    size = len(similarity)
    rng = check_random_state(random_state)
    given = None if preference is None else np.asarray(preference)
    if _all_equal(similarity, given):
        result = _arbitrary(similarity, np.median(similarity) if given is None else given)
        return (*result, 0) if return_n_iter else result
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(THREADS)) if size > FEW else None
        _perturb(similarity, given, rng, pool)
        exemplar, steps, converged = _propagate(similarity, convergence_iter, max_iter, damping, pool)
    if verbose:
        sys.stdout.write(f"Converged after {steps - 1} iterations.\n" if converged else "Did not converge\n")
    result = _label(similarity, np.flatnonzero(exemplar), converged)
    return (*result, steps) if return_n_iter else result


def _check(convergence_iter: int, max_iter: int, damping: float) -> None:
    for name, value in (("convergence_iter", convergence_iter), ("max_iter", max_iter)):
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} is {value!r}, but must be a whole number of at least 1.")
    if not 0.5 <= damping < 1:
        raise ValueError(f"damping is {damping!r}, but must be at least 0.5 and below 1.")


def _similarities(values: ArrayLike, copy: bool) -> Matrix:
    from sklearn.utils import check_array

    similarity: Matrix = check_array(values, copy=copy, force_writeable=True)
    if similarity.shape[0] != similarity.shape[1]:
        raise ValueError(f"The matrix of similarities must be square, not {similarity.shape}.")
    return similarity if similarity.dtype.kind == "f" else similarity.astype(np.float64)


def _all_equal(similarity: Matrix, preference: Matrix | None) -> bool:
    if preference is not None and not np.all(preference == preference.flat[0]):
        return len(similarity) == 1
    if len(similarity) == 1 or similarity[0, 1] != similarity[-1, 0]:
        return len(similarity) == 1
    return bool(np.all(similarity[~np.eye(len(similarity), dtype=bool)] == similarity[0, 1]))


def _arbitrary(similarity: Matrix, preference: Matrix) -> tuple[Rows, Rows]:
    """Every point by itself, or one cluster: all the same to the similarities, only the preference decides."""
    warnings.warn("All similarities are equal, so that the exemplars are arbitrary.", stacklevel=3)
    size = len(similarity)
    if np.asarray(preference).flat[0] > similarity.flat[size - 1]:
        return np.arange(size), np.arange(size)
    return np.array([0]), np.zeros(size, np.int64)


def _perturb(
    similarity: Matrix, preference: Matrix | None, rng: "RandomState", pool: ThreadPoolExecutor | None
) -> None:
    """Put the preferences on the diagonal, and break ties by noise in the last digit."""
    work = np.ascontiguousarray(similarity)
    work.flat[:: len(work) + 1] = _median(work) if preference is None else preference
    digit = np.finfo(work.dtype)
    add_noise(work.reshape(-1), digit.eps, digit.tiny * 100, rng, pool)
    if work is not similarity:
        similarity[:] = work


def _median(values: Matrix) -> Any:
    """The median as numpy gives it, from the few values that lie between two ranks of a sample around it."""
    flat = values.reshape(-1)
    sample = np.sort(flat[:: max(len(flat) // SAMPLE, 1)])
    middle, slack = len(sample) // 2, int(4 * len(sample) ** 0.5)
    low, high = sample[max(middle - slack, 0)], sample[min(middle + slack, len(sample) - 1)]
    between = flat[(flat >= low) & (flat <= high)]
    first = (len(flat) - 1) // 2 - np.count_nonzero(flat < low)
    last = first + 1 - len(flat) % 2
    if not 0 <= first <= last < len(between):
        return np.median(flat)
    between.partition((first, last))
    return between[[first, last]].mean()


def _propagate(
    similarity: Matrix, convergence_iter: int, max_iter: int, damping: float, pool: ThreadPoolExecutor | None
) -> tuple[NDArray[np.bool_], int, bool]:
    """Pass messages until the exemplars stay; give them, the number of steps, and whether they did."""
    messages = Messages(similarity.astype(np.float64, copy=False), damping, pool, THREADS)
    before, steady = None, 0
    for step in range(max_iter):
        exemplar = messages.step()
        steady = steady + 1 if before is not None and np.array_equal(exemplar, before) else 1
        before = exemplar
        if step >= convergence_iter and steady >= convergence_iter and exemplar.any():
            return exemplar, step + 1, True
    return exemplar, max_iter, False


def _label(similarity: Matrix, exemplars: Rows, converged: bool) -> tuple[Any, Rows]:
    """Assign each point, move each exemplar to the middle of its cluster, and assign again."""
    if not len(exemplars):
        _warn("no exemplar was found")
        return [], np.full(len(similarity), -1)
    if not converged:
        _warn("the exemplars still changed at the last step")
    own = np.arange(len(exemplars))
    labels = _nearest(similarity, exemplars)
    labels[exemplars] = own
    starts = np.searchsorted(np.sort(labels), own[1:])
    groups = np.split(np.argsort(labels, kind="stable"), starts)
    medoids = np.array([_medoid(similarity, rows) for rows in groups])
    labels = _nearest(similarity, medoids)
    labels[medoids] = own
    centres, labels = np.unique(medoids[labels], return_inverse=True)
    return centres, labels.astype(np.int64)


def _nearest(similarity: Matrix, columns: Rows) -> Rows:
    """Which of the columns is the largest of each row, (N,); row after row, so that no block is copied."""
    return np.array([row.take(columns).argmax() for row in similarity])


def _medoid(similarity: Matrix, rows: Rows) -> Any:
    """The point that the others of its cluster resemble most; summed row after row."""
    totals = np.zeros(len(rows), similarity.dtype)
    for row in rows:
        totals += similarity[row].take(rows)
    return rows[totals.argmax()]


def _warn(what: str) -> None:
    from sklearn.exceptions import ConvergenceWarning

    warnings.warn(f"Affinity propagation did not converge: {what}.", ConvergenceWarning, stacklevel=4)
