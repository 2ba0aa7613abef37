"""Ways through looks: the chain from one picture to another, and an order in which neighbours are alike.

The square root of the Jensen-Shannon divergence is a distance in a Hilbert space [1]_. So two pictures span a line, and
every other picture has a place along it, which needs nothing but three divergences.

References
----------
.. [1] B. Fuglede and F. Topsoe, "Jensen-Shannon divergence and Hilbert space embedding", ISIT 2004.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float

Matrix = NDArray[np.floating[Any]]
Numbers = NDArray[np.floating[Any]]
Rows = NDArray[np.int64]

SWEEPS = 30
"""Most passes of `tour` over all places; each is kept only if the way gets shorter."""
_GAIN = 1e-7


def progress(from_start: Numbers, to_goal: Numbers, whole: float) -> Float:
    r"""Where pictures lie along the line from one picture to another.

    .. math:: p(x) = \frac{J(a, x) - J(x, b) + J(a, b)}{2 J(a, b)}

    Parameters
    ----------
    from_start, to_goal : (N,) float
        Divergences to the start a and to the goal b, nats.
    whole : float
        Divergence of a and b, nats, not 0.

    Returns
    -------
    (N,) float64
        0 at the start, 1 at the goal; the foot of the perpendicular, in the Hilbert space of the divergence.
    """
    return np.asarray((from_start - to_goal + whole) / (2 * whole), np.float64)


def chain(divergence: Matrix, start: int, goal: int, steps: int) -> tuple[int, ...]:
    """The chain of `steps` steps from one picture to another, along which looks change most evenly.

    Of all chains of so many steps whose pictures come ever nearer to the goal, by `progress`, it is the one with the
    smallest sum of squared divergences from picture to picture: a large step costs more than two small ones, and there
    are no detours. Where too few pictures lie between the two, it leads through all of them.

    Parameters
    ----------
    divergence : (N, N) float
        Symmetric, nats.
    steps : int
        At least 1.

    Returns
    -------
    tuple of int
        Rows, the start first and the goal last.

    Raises
    ------
    ValueError
        No step, or start and goal are the same row.
    """
    if steps < 1 or start == goal:
        raise ValueError(f"There is no chain of {steps} steps from row {start} to row {goal}.")
    whole = float(divergence[start, goal])
    if whole <= 0:
        return start, goal
    places = progress(divergence[start], divergence[:, goal], whole)
    between = np.flatnonzero((places > 0) & (places < 1))
    between = between[(between != start) & (between != goal)]
    rows = np.concatenate([[start], between[np.argsort(places[between], kind="stable")], [goal]])
    costs = np.square(divergence[np.ix_(rows, rows)], dtype=np.float64)
    costs[np.tril_indices(len(rows))] = np.inf
    taken = min(steps, len(rows) - 1)
    before = _shortest(costs, taken)
    path = [len(rows) - 1]
    for step in range(taken - 1, -1, -1):
        path.append(int(before[step, path[-1]]))
    return tuple(int(rows[at]) for at in reversed(path))


def _shortest(costs: Float, steps: int) -> Rows:
    """Where each row is reached from at the least cost in 1, 2, … steps from the first, (S, M)."""
    reached = np.full(len(costs), np.inf)
    reached[0] = 0.0
    before = np.zeros((steps, len(costs)), np.int64)
    for step in range(steps):
        whole = reached[:, None] + costs
        before[step] = whole.argmin(axis=0)
        reached = whole.min(axis=0)
    return before


def tour(divergence: Matrix, start: int = 0) -> Rows:
    """An order of all pictures, the start first, in which each is like the one before.

    The nearest picture that was not there yet comes next; then stretches are turned round as long as this makes the sum
    of divergences from picture to picture smaller (2-opt [1]_).

    Returns
    -------
    (N,) int64
        Every row once.

    References
    ----------
    .. [1] G. A. Croes, "A method for solving traveling-salesman problems", Operations Research 6 (1958).
    """
    order = _nearest_next(divergence, start)
    for _ in range(SWEEPS):
        if not _untangle(divergence, order):
            break
    return order


def length(divergence: Matrix, order: Rows) -> float:
    """Sum of divergences from picture to picture, nats."""
    return float(divergence[order[:-1], order[1:]].sum(dtype=np.float64))


def _nearest_next(divergence: Matrix, start: int) -> Rows:
    size = len(divergence)
    order, free = np.empty(size, np.int64), np.ones(size, bool)
    at = start
    for place in range(size):
        order[place] = at
        free[at] = False
        if place + 1 < size:
            at = int(np.where(free, divergence[at], np.inf).argmin())
    return order


def _untangle(divergence: Matrix, order: Rows) -> bool:
    """Turn stretches round where the way gets shorter; whether any was."""
    size, turned = len(order), False
    for place in range(size - 2):
        here, following = order[place], order[place + 1]
        ends = order[place + 2 :]
        after = np.append(order[place + 3 :], -1)
        old = divergence[here, following] + np.where(after >= 0, divergence[ends, after], 0.0)
        new = divergence[here, ends] + np.where(after >= 0, divergence[following, after], 0.0)
        gain = old - new
        best = int(gain.argmax())
        if gain[best] > _GAIN:
            stop = place + 3 + best
            order[place + 1 : stop] = order[place + 1 : stop][::-1].copy()
            turned = True
    return turned
